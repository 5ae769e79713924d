import { setTimeout as delay } from 'node:timers/promises'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { registry } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { deskOf, enterPeople, importDay as on } from '../support/import-desk.ts'
import { csvFile, ENROLMENTS, enrolmentRow, PEOPLE, personRow } from '../support/import-files.ts'
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

describe('the same file', () => {
  test('twice has no effect and says when it was taken', async () => {
    const file = csvFile(PEOPLE, [personRow(1)])
    await apply('people', file)
    const before = await stateHash(database.admin)
    const again = await apply('people', { ...file, name: 'ten-khac.csv' })
    expect(again).toMatchObject({ is: 'already' })
    if (again.is === 'already') {
      expect(again.message).toMatch(
        /^Tệp này đã nhận lúc \d\d:\d\d ngày \d\d\/\d\d\/\d{4} \(1 dòng\)/,
      )
    }
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
