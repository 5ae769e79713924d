import { setTimeout as delay } from 'node:timers/promises'
import { beforeEach, describe, expect, test } from '@jest/globals'
import type { GivenFile } from '../../src/lib/spreadsheet.ts'
import { registry } from '../../src/registry/registry.ts'
import { actOf } from '../support/act.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { deskOf, enterPeople, importDay as on } from '../support/import-desk.ts'
import {
  ANH,
  csvFile,
  ENROLMENTS,
  enrolmentRow,
  idNumber,
  PEOPLE,
  personRow,
} from '../support/import-files.ts'
import { stateHash } from '../support/ledger-state.ts'
import { refusalOf } from '../support/outcome.ts'
import { valueOf } from '../support/sql.ts'
import { leader, preparer } from '../support/town.ts'
import { vault } from '../support/vault.ts'
const { imports } = registry

let database: FreshDatabase

/** Something that one part of a test waits for until another opens it. */
function gate() {
  let open = (): void => undefined
  const promise = new Promise<void>((resolve) => (open = resolve))
  return { promise, open: () => open() }
}
const { check, apply } = deskOf(() => database)
const TAKEN = /^Tệp này đã nhận lúc \d\d:\d\d ngày \d\d\/\d\d\/\d{4} \(1 dòng\)/
/** What an officer saw of a file of one death whose person is paid nothing yet. */
const SEEN = { seen: { count: 1, change: 0n } }

beforeEach(async () => {
  database = await freshDatabase()
})

const count = (table: string) => valueOf(database.admin, `select count(*)::integer from ${table}`)

test('a number in the name of a file is kept masked', async () => {
  await apply('people', csvFile(PEOPLE, [personRow(1)], 'tep cua 046143000001.csv'))
  expect(await valueOf(database.admin, 'select file_name from import_file')).toBe(
    'tep cua 046*****0001.csv',
  )
})

/** A death as both doors take it: an officer's file of deaths, and the civil-status feed. */
const DEATHS = ['so_dinh_danh', 'ho_ten', 'ngay_chet', 'so_giay_chung_tu']
const deathOf = (n: number) => csvFile(DEATHS, [[idNumber(n), ANH, '08/08/2023', '45/TLKT']])
const feed = async (given: GivenFile, by = preparer) => {
  const file = await imports.read('deaths', given)
  return database.app.transact(by, (tx) => registry.deaths.receiveFeed(tx, vault, by, file))
}

/** The message that a file was taken before, or what else came of it. */
const saidOf = (outcome: Promise<{ readonly is: string; readonly message?: string }>) =>
  outcome.then(({ is, message }) => message ?? is, refusalOf)

describe('the same bytes as a file of deaths and as the civil-status feed', () => {
  beforeEach(async () => {
    await enterPeople(database, 2)
  })

  test('have one effect, whichever door comes first', async () => {
    await apply('deaths', deathOf(1))
    await feed(deathOf(2))
    const before = await stateHash(database.admin)
    expect(await saidOf(feed(deathOf(1)))).toMatch(TAKEN)
    expect(await saidOf(apply('deaths', deathOf(2), SEEN))).toMatch(TAKEN)
    expect((await check('deaths', deathOf(2))).already).toMatch(TAKEN)
    expect(await stateHash(database.admin)).toBe(before)
  })

  test('at once through both doors are taken once', async () => {
    const file = await imports.read('deaths', deathOf(1))
    const decision = { on, rows: 'all', seen: SEEN.seen, confirmedBy: leader.actor } as const
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        database.app.transact<{ readonly is: string }>(preparer, (tx) =>
          n % 2 === 0
            ? registry.deaths.receiveFeed(tx, vault, preparer, file)
            : imports.apply(tx, vault, preparer, file, decision),
        ),
      ),
    )
    expect(outcomes.filter(({ is }) => is === 'already')).toHaveLength(7)
    expect([await count('death_report'), await count('import_file')]).toEqual([1, 2])
  })

  test('are known also to who does not see the communes of the first', async () => {
    const there = actOf({ communes: [999_999] })
    await feed(deathOf(1))
    expect(await saidOf(feed(deathOf(1), there))).toMatch(TAKEN)
    expect((await check('deaths', deathOf(1), there)).already).toMatch(TAKEN)
  })
})

describe('the same file', () => {
  test('twice has no effect and says when it was taken', async () => {
    const file = csvFile(PEOPLE, [personRow(1)])
    await apply('people', file)
    const before = await stateHash(database.admin)
    expect(await saidOf(apply('people', { ...file, name: 'ten-khac.csv' }))).toMatch(TAKEN)
    expect((await check('people', file)).already).toMatch(/đã nhận lúc/)
    expect(await stateHash(database.admin)).toBe(before)
  })

  test('begun before the first has committed waits for it, and has no effect', async () => {
    const file = await imports.read('people', csvFile(PEOPLE, [personRow(1)]))
    const seen = { count: 1, change: 0n }
    const decision = { on, rows: 'all', seen, confirmedBy: leader.actor } as const
    const [applied, committing] = [gate(), gate()]
    const first = database.app.transact(preparer, async (tx) => {
      const result = await imports.apply(tx, vault, preparer, file, decision)
      applied.open()
      await committing.promise
      return result
    })
    await applied.promise
    const second = database.app
      .transact(preparer, (tx) => imports.apply(tx, vault, preparer, file, decision))
      .then(({ is }) => is, refusalOf)
    const waiting = `select count(*)::integer from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    while ((await valueOf(database.admin, waiting)) === 0) await delay(20)
    committing.open()
    expect((await first).is).toBe('applied')
    expect(await second).toBe('already')
  })

  test('eight times at once is applied once', async () => {
    await enterPeople(database, 3)
    const rows = [1, 2, 3].map((n) => enrolmentRow(n))
    const file = await imports.read('enrolments', csvFile(ENROLMENTS, rows))
    const decision = {
      on,
      rows: 'all',
      seen: { count: 3, change: 1_080_000n },
      confirmedBy: leader.actor,
    } as const
    const all = await Promise.all(
      Array.from({ length: 8 }, () =>
        database.app.transact(preparer, (tx) => imports.apply(tx, vault, preparer, file, decision)),
      ),
    )
    expect(all.map(({ is }) => is).toSorted()).toEqual([
      ...Array<string>(7).fill('already'),
      'applied',
    ])
    expect(await count('enrolment')).toBe(3)
  })

  test('the log cannot be changed, nor doubled, by SQL', async () => {
    await enterPeople(database, 1)
    const run = (sql: string) => database.admin.query(sql).then(() => 'done', refusalOf)
    expect(await run('update import_file set rows_applied = 9')).toBe('LB001')
    expect(await run('delete from import_row')).toBe('LB001')
    const copy = `insert into import_file select gen_random_uuid(), kind, file_name, sha256, size_bytes, format, rows_total,
      rows_applied, rows_same, rows_left, communes, change, entered_by, confirmed_by from import_file`
    expect(await run(copy)).toBe('23505')
  })
})
