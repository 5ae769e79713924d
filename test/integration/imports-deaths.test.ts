import { beforeEach, describe, expect, test } from '@jest/globals'
import { month } from '../../src/lib/time.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { registry } from '../../src/registry/registry.ts'
import { actOf } from '../support/act.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { deskOf, enterPeople, faultsOf, importDay } from '../support/import-desk.ts'
import { ANH, csvFile, ENROLMENTS, enrolmentRow, idNumber } from '../support/import-files.ts'
import { refusalOf } from '../support/outcome.ts'
import { valueOf } from '../support/sql.ts'
import { leader, preparer } from '../support/town.ts'
import { vault } from '../support/vault.ts'
const { imports, deaths } = registry

let database: FreshDatabase
const { check, apply } = deskOf(() => database)
const DEATHS = ['Số định danh', 'Họ tên', 'Ngày mất', 'Số trích lục']
const death = (n: number, day = '08/08/2023', name = ANH) => [idNumber(n), name, day, '45/TLKT']

const feed = async (rows: string, by = preparer) => {
  const text = `so_dinh_danh,ho_ten,ngay_chet,so_giay_chung_tu\n${rows}`
  const file = await imports.read('deaths', { name: 'khai-tu.csv', bytes: Buffer.from(text) })
  return database.app.transact(by, (tx) => deaths.receiveFeed(tx, vault, by, file))
}
const waiting = () => database.app.transact(preparer, (tx) => deaths.waiting(tx, 9))

/** What stands against paying: what is due in a month, who is dead, what ended. */
const standing = async (of: string) => {
  const home = await valueOf(database.admin, 'select min(commune_id) from enrolment')
  const due = await database.app.transact(preparer, (tx) =>
    payouts.lists.due(tx, Number(home), month(of)),
  )
  const ended = `select (select count(*)::integer from person where died_on is not null) + (select count(*)::integer
    from enrolment where void or valid_to is not null)`
  const monthly = due.filter(({ period }) => period.startsWith(of))
  return [monthly.map(({ amount }) => amount), await valueOf(database.admin, ended)]
}

beforeEach(async () => {
  database = await freshDatabase()
  await enterPeople(database, 2)
  await apply('enrolments', csvFile(ENROLMENTS, [enrolmentRow(1)]))
})

describe.each([
  ['a file of deaths', () => apply('deaths', csvFile(DEATHS, [death(1)]))],
  ['the civil-status feed', () => feed(death(1).join(','))],
])('%s', (_, take) => {
  test('proposes, stops nothing, and takes another person to confirm', async () => {
    const before = await standing('2023-09')
    expect(before).toEqual([[360_000n], 0])
    await take()
    expect(await standing('2023-09')).toEqual(before)
    const [report] = await waiting()
    expect(report).toMatchObject({ state: 'PROPOSED', diedOn: '2023-08-08' })
    const of = { ids: [report?.id ?? ''], on: importDay }
    const confirm = (by: typeof preparer) =>
      database.app.transact(by, (tx) => deaths.confirm(tx, by, of)).then(() => 'done', refusalOf)
    expect([await confirm(preparer), await confirm(leader)]).toEqual(['same-person', 'done'])
    expect(await standing('2023-09')).toEqual([[], 2])
    expect(await standing('2023-08')).toEqual([[360_000n], 2])
  })

  test('is logged with what each row became', async () => {
    await take()
    const logged = `select f.kind || ' ' || f.rows_applied || ' ' || r.row_number || ' ' || d.state
      from import_file f join import_row r on r.file_id = f.id join death_report d on r.subject = 'death:' || d.id`
    expect(await valueOf(database.admin, logged)).toMatch(/^(deaths|death-feed) 1 2 PROPOSED$/)
    const event = `select count(*)::integer from audit_event e join import_file f on e.subject = 'import-file:' || f.id
      where f.kind in ('deaths', 'death-feed') and e.actor = '${preparer.actor}'`
    expect(await valueOf(database.admin, event)).toBe(1)
  })
})

test('a dry run shows what stops, and names the cells that cannot be', async () => {
  const file = csvFile(DEATHS, [death(1)])
  expect(await check('deaths', file)).toMatchObject({ change: -360_000n, problem: null })
  const wrong = [death(2, '08/08/2023', 'Trần Văn Mẫu'), death(1, '11/08/2023'), death(9)]
  expect(faultsOf(await check('deaths', csvFile(DEATHS, wrong)))).toEqual([
    expect.stringMatching(/^B2: Họ tên khác/),
    'C3: Ngày mất ở sau ngày nhập.',
    expect.stringMatching(/^A4: Không có người mang số này/),
  ])
})

test('what one door has proposed is known at the other', async () => {
  await feed(death(1).join(','))
  expect((await check('deaths', csvFile(DEATHS, [death(1)]))).rows.same).toBe(1)
  const otherDay = csvFile(DEATHS, [death(1, '07/08/2023')])
  expect(faultsOf(await check('deaths', otherDay))[0]).toMatch(/^C2: Hệ thống đã ghi/)
  await apply('deaths', csvFile(DEATHS, [death(2)]))
  expect(await feed(death(2).join(','))).toMatchObject({ known: 1 })
})

test('a feed keeps Excel’s row numbers, also behind an empty row, and columns of its own', async () => {
  const text = `ma_xa,so_dinh_danh,ho_ten,ngay_chet,so_giay_chung_tu\n\n19750,${death(1).join(',')}\n`
  const file = await imports.read('deaths', { name: 'a.csv', bytes: Buffer.from(text) })
  await database.app.transact(preparer, (tx) => deaths.receiveFeed(tx, vault, preparer, file))
  const row = `select row_number from import_row where subject like 'death:%'`
  expect(await valueOf(database.admin, row)).toBe(3)
  const damaged = await feed(`\n${death(1).join(',').slice(1)}`).catch((error: unknown) => error)
  expect(damaged).toMatchObject({ message: expect.stringMatching(/A3: Mất số 0 ở đầu/) })
})

test('a feed is seen by who sees the communes of its people, with a stranger in it by the province', async () => {
  const home = Number(await valueOf(database.admin, 'select min(commune_id) from enrolment'))
  await feed(death(1).join(','))
  await feed([death(2), death(9)].map((row) => row.join(',')).join('\n'))
  const seen = (by: typeof preparer) =>
    database.app.transact(
      by,
      (tx) =>
        tx.$queryRaw`select rows_applied as rows from import_file where kind = 'death-feed' order by 1`,
    )
  expect(await seen(preparer)).toEqual([{ rows: 1 }, { rows: 2 }])
  expect(await seen(actOf({ communes: [home] }))).toEqual([{ rows: 1 }])
  expect(await seen(actOf({ communes: [home + 1] }))).toEqual([])
  const stranger = feed(death(8).join(','), actOf({ communes: [home] }))
  expect(await stranger.then(() => 'taken', refusalOf)).toBe('feed-scope')
})
