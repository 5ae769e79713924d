import { beforeEach, describe, expect, test } from '@jest/globals'
import { actOf } from '../support/act.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { deskOf, enterPeople, faultsOf } from '../support/import-desk.ts'
import { csvFile, ENROLMENTS, enrolmentRow, idNumber } from '../support/import-files.ts'
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
      change(1, 2, '01/07/2023'),
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
        'A2: Người này đang hưởng đối tượng này theo quyết định',
        'A3: Không có người mang số này trong phạm vi',
        'B4: Mã đối tượng không có trong danh mục của',
        'F5: Mức hưởng theo luật là 360.000 đồng mỗi tháng',
      ].map((fault) => fault.slice(0, 44)),
    )
  })

  test('keeps the number of the dossier, and refuses what nobody sees in it', async () => {
    const header = [...ENROLMENTS, 'Mã hồ sơ']
    const file = (numbers: readonly string[]) =>
      csvFile(
        header,
        numbers.map((number, at) => [...enrolmentRow(at + 1), number]),
      )
    const wrong = await check('enrolments', file(['HS\u200b1', 'x'.repeat(41), '']))
    expect(faultsOf(wrong).map((fault) => fault.slice(0, 3))).toEqual(['G2:', 'G3:'])
    await apply('enrolments', file(['HS-0001/2023', '']))
    const kept = `select array_agg(coalesce(dossier_number, '-') order by dossier_number) from enrolment`
    expect(await valueOf(database.admin, kept)).toEqual(['HS-0001/2023', '-'])
  })

  test('keeps the decision, and the month that the law gives', async () => {
    const file = csvFile(ENROLMENTS, [enrolmentRow(1), enrolmentRow(2)])
    await apply('enrolments', file)
    const { rows } = await database.admin.query(
      `select decision_number, decision_date::text, valid_from::text, taken_over, acted_on::text,
              (select count(*)::integer from enrolment_act a where a.enrolment_id = e.id and a.act = 'grant') as acts
         from enrolment e`,
    )
    const kept = {
      ...{ decision_number: '123/QĐ-UBND', decision_date: '2023-07-20', acts: 1 },
      ...{ valid_from: '2023-08-01', taken_over: false, acted_on: '2023-08-10' },
    }
    expect(rows).toEqual([kept, kept])
    const granted = `select count(*)::integer from audit_event where act = 'enrolment.grant'`
    expect(await valueOf(database.admin, granted)).toBe(2)
    const july = enrolmentRow(3).map((cell) => (cell === '01/08/2023' ? '01/07/2023' : cell))
    expect(faultsOf(await check('enrolments', csvFile(ENROLMENTS, [july])))).toEqual([
      'C2: Theo luật được hưởng từ tháng 08/2023.',
    ])
  })

  test('shows what the law adds: the age of its head, and only what exceeds the benefit before', async () => {
    const header = [...ENROLMENTS.slice(0, 5), 'Ngày giấy xác nhận khuyết tật']
    const disabled = (n: number, code: string, certified: string) => [
      ...[idNumber(n), code, '01/07/2023', '7/QĐ-UBND', '20/07/2023', certified],
    ]
    await apply('enrolments', csvFile(ENROLMENTS, [enrolmentRow(1)]))
    const file = csvFile(header, [
      disabled(1, 'NKT_N', '12/07/2023'),
      disabled(2, 'NKT_N', '12/07/2023'),
    ])
    expect(await check('enrolments', file)).toMatchObject({ change: 360_000n + 720_000n })
    const faults = csvFile(header, [
      disabled(1, 'NKT_N', ''),
      disabled(2, 'TE_KNN', ''),
      disabled(3, 'DTN_CON', ''),
    ])
    expect(faultsOf(await check('enrolments', faults)).map((fault) => fault.slice(0, 30))).toEqual([
      'B2: Đối tượng NKT_N: thiếu tháng'.slice(0, 30),
      'B3: Theo luật người này không được'.slice(0, 30),
      'B4: Đối tượng này hưởng theo con: quyết'.slice(0, 30),
    ])
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
