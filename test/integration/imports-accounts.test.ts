import { beforeEach, describe, expect, test } from '@jest/globals'
import { registry } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { deskOf, enterPeople, faultsOf } from '../support/import-desk.ts'
import { csvFile, ENROLMENTS, enrolmentRow, idNumber } from '../support/import-files.ts'
import { refusalOf } from '../support/outcome.ts'
import { valueOf } from '../support/sql.ts'
import { leader, preparer } from '../support/town.ts'
const { imports } = registry

let database: FreshDatabase
const { check, apply } = deskOf(() => database)

beforeEach(async () => {
  database = await freshDatabase()
})

describe('accounts', () => {
  const ACCOUNTS = ['Số định danh', 'BIN', 'STK', 'Chủ tài khoản']

  test('an account is entered sealed, on two people’s word; a person with another one is not changed', async () => {
    await enterPeople(database, 6)
    const account = (n: number, bin: string, stk: string, holder = 'NGUYEN THI ANH MAU') => [
      ...[idNumber(n), bin, stk, holder],
    ]
    const first = csvFile(ACCOUNTS, [
      account(1, '970405', '0123456789'),
      account(2, '', '0905000123'),
    ])
    expect(await apply('accounts', first)).toMatchObject({ rows: 2 })
    const stored = `select string_agg(kind || coalesce(bank_code, ''), ' ' order by kind) from payment_account where number_sealed not like '%0123456789%'`
    expect(await valueOf(database.admin, stored)).toBe('bank970405 wallet')
    const rows = [
      account(1, '970405', '0123456789'),
      account(2, '970405', '0999999999'),
      account(3, '111111', '0999999999'),
      account(4, '970405', '12'),
      account(5, '970405', '0988888888', 'TRAN VAN BINH MAU'),
      account(6, '970405', '0977777777', 'ANH NGUYEN THI MAU'),
    ]
    const report = await check('accounts', csvFile(ACCOUNTS, rows))
    expect(report.rows).toEqual({ total: 6, good: 1, same: 1, bad: 4 })
    expect(report.goodRows).toEqual([7])
    expect(faultsOf(report).map((fault) => fault.slice(0, 30))).toEqual(
      [
        'C3: Người này đang có tài khoản khác',
        'B4: Không có ngân hàng nhận chuyển',
        'C5: Số tài khoản phải có 6 đến 19',
        'D6: Tên chủ tài khoản không phải tên',
      ].map((f) => f.slice(0, 30)),
    )
  })

  test('an account is received through where nobody was assigned, whichever file comes first', async () => {
    await enterPeople(database, 4)
    const account = (n: number) => [
      idNumber(n),
      '970405',
      `012345678${String(n)}`,
      'NGUYEN THI ANH MAU',
    ]
    await apply('enrolments', csvFile(ENROLMENTS, [enrolmentRow(1), enrolmentRow(3)]))
    const payee = `insert into payee (id, person_id, programme, commune_id, period, since, payee_id, method, entered_by, confirmed_by)
      select gen_random_uuid(), e.person_id, 'BTXH', e.commune_id, '[2023-08-01,)', '2023-08-01', e.person_id, 'cash', $1, $2
        from enrolment e join import_row r on r.subject = 'enrolment:' || e.id where r.row_number = 3`
    await database.admin.query(payee, [preparer.actor, leader.actor])
    const numbers = csvFile(ACCOUNTS, [account(1), account(2), account(3), account(4)])
    expect(await apply('accounts', numbers).then(({ is }) => is, refusalOf)).toBe('applied')
    await apply('enrolments', csvFile(ENROLMENTS, [enrolmentRow(2)]))
    const { rows } = await database.admin.query<{ row: number; method: string; since: string }>(
      `select i.row_number as row, y.method, y.since::text from payee y
         join import_row i on i.subject = 'person:' || y.person_id
         left join payment_account a on a.id = y.payment_account_id and a.person_id = y.payee_id
        where y.payee_id = y.person_id and (y.method = 'cash' or a.id is not null) order by 1`,
    )
    expect(rows).toEqual([
      { row: 2, method: 'account', since: '2023-08-01' },
      { row: 3, method: 'account', since: '2023-08-01' },
      { row: 4, method: 'cash', since: '2023-08-01' },
    ])
  })
})

test.each(['people', 'enrolments', 'accounts', 'deaths'] as const)(
  'the template of %s is a file of that kind, explained, with examples that can be read',
  async (kind) => {
    const file = await imports.read(kind, { name: 'mau.xlsx', bytes: await imports.template(kind) })
    expect(await check(kind, file)).toMatchObject({ problem: null, rows: { total: 0, bad: 0 } })
  },
)
