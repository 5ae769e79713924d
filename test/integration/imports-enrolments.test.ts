import { beforeEach, describe, expect, test } from '@jest/globals'
import { actOf } from '../support/act.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { deskOf, enterPeople, faultsOf } from '../support/import-desk.ts'
import { csvFile, ENROLMENTS, enrolmentRow } from '../support/import-files.ts'
import { valueOf } from '../support/sql.ts'

let database: FreshDatabase
const { check, apply } = deskOf(() => database)

beforeEach(async () => {
  database = await freshDatabase()
})

describe('a file of enrolments', () => {
  beforeEach(async () => {
    await enterPeople(database, 3)
  })

  test('shows the change a month before it is applied', async () => {
    const report = await check(
      'enrolments',
      csvFile(ENROLMENTS, [enrolmentRow(1), enrolmentRow(2, '')]),
    )
    expect(report).toMatchObject({ change: 720_000n, problem: null })
    expect(
      await apply('enrolments', csvFile(ENROLMENTS, [enrolmentRow(1), enrolmentRow(2, '')])),
    ).toMatchObject({ rows: 2 })
    expect(
      await valueOf(
        database.admin,
        'select change::text from import_file order by recorded_at desc limit 1',
      ),
    ).toBe('720000')
    const again = await check('enrolments', csvFile(ENROLMENTS, [enrolmentRow(1), enrolmentRow(3)]))
    expect(again.rows).toEqual({ total: 2, good: 1, same: 1, bad: 0 })
  })

  test('is refused where the registry or the law says otherwise, with the cell', async () => {
    await apply('enrolments', csvFile(ENROLMENTS, [enrolmentRow(1)]))
    const change = (n: number, at: number, text: string) =>
      enrolmentRow(n).map((cell, i) => (i === at ? text : cell))
    const rows = [
      change(1, 2, '01/09/2023'),
      change(9, 1, 'NCT_80'),
      change(2, 1, 'KHONG_CO'),
      change(3, 5, '500.000'),
    ]
    expect(
      faultsOf(await check('enrolments', csvFile(ENROLMENTS, rows))).map((fault) =>
        fault.slice(0, 44),
      ),
    ).toEqual(
      [
        'A2: Người này đang hưởng chương trình này theo',
        'A3: Không có người mang số này trong phạm vi',
        'B4: Mã đối tượng không có trong danh mục đang',
        'F5: Mức hưởng theo luật là 360.000 đồng mỗi tháng',
      ].map((fault) => fault.slice(0, 44)),
    )
  })

  test('of people of another commune finds nobody, and its log is not seen there', async () => {
    const [own, other] = await Promise.all(
      ['19750', '20014'].map((code) =>
        valueOf(
          database.admin,
          `select min(id) from commune where code = '${code}' and valid_to is not null`,
        ),
      ),
    )
    const file = csvFile(ENROLMENTS, [enrolmentRow(1)])
    const here = actOf({ communes: [Number(own)] })
    const there = actOf({ communes: [Number(other)] })
    expect((await check('enrolments', file, here)).rows.good).toBe(1)
    expect(faultsOf(await check('enrolments', file, there))[0]).toMatch(/^A2: Không có người/)
    await apply('enrolments', file, {}, here)
    const seen = (by: typeof here) =>
      database.app.transact(
        by,
        (tx) => tx.$queryRaw`select kind from import_file where kind = 'enrolments'`,
      )
    expect([await seen(here), await seen(there)]).toEqual([[{ kind: 'enrolments' }], []])
    const again = await check('enrolments', file, here)
    expect(again.already).toMatch(/đã nhận lúc/)
  })
})
