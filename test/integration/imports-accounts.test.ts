import { beforeEach, describe, expect, test } from '@jest/globals'
import { registry } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { deskOf, enterPeople, faultsOf } from '../support/import-desk.ts'
import { csvFile, ENROLMENTS, enrolmentRow, idNumber } from '../support/import-files.ts'
import { refusalOf } from '../support/outcome.ts'
import { valueOf } from '../support/sql.ts'
const { imports } = registry

let database: FreshDatabase
const { check, apply } = deskOf(() => database)

beforeEach(async () => {
  database = await freshDatabase()
})

describe('accounts and deaths', () => {
  const ACCOUNTS = ['Số định danh', 'BIN', 'STK', 'Chủ tài khoản']
  const DEATHS = ['Số định danh', 'Họ tên', 'Ngày mất', 'Số trích lục']

  test('an account is entered sealed, on two people’s word; a person with another one is not changed', async () => {
    await enterPeople(database, 4)
    const account = (n: number, bin: string, stk: string) => [
      idNumber(n),
      bin,
      stk,
      'NGUYEN THI ANH MAU',
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
    ]
    const report = await check('accounts', csvFile(ACCOUNTS, rows))
    expect(report.rows).toEqual({ total: 4, good: 0, same: 1, bad: 3 })
    expect(faultsOf(report).map((fault) => fault.slice(0, 30))).toEqual(
      [
        'C3: Người này đang có tài khoản khác',
        'B4: Không có ngân hàng nhận chuyển',
        'C5: Số tài khoản phải có 6 đến 19',
      ].map((f) => f.slice(0, 30)),
    )
  })

  test('a death shows what stops, and is not applied while nothing takes it', async () => {
    await enterPeople(database, 2)
    await apply('enrolments', csvFile(ENROLMENTS, [enrolmentRow(1)]))
    const row = [idNumber(1), 'Nguyễn Thị Ánh Mẫu', '08/08/2023', '45/TLKT']
    const file = csvFile(DEATHS, [row])
    expect(await check('deaths', file)).toMatchObject({ change: -360_000n, problem: null })
    expect(await apply('deaths', file).then(() => 'taken', refusalOf)).toBe('import-kind-closed')
    const wrong = csvFile(DEATHS, [[idNumber(2), 'Trần Văn Mẫu', '11/08/2023', '46/TLKT']])
    expect(faultsOf(await check('deaths', wrong))[0]).toMatch(/^B2: Họ tên khác/)
  })
})

test.each(['people', 'enrolments', 'accounts', 'deaths'] as const)(
  'the template of %s is a file of that kind, explained, with examples that can be read',
  async (kind) => {
    const file = await imports.read(kind, { name: 'mau.xlsx', bytes: await imports.template(kind) })
    expect(await check(kind, file)).toMatchObject({ problem: null, rows: { total: 0, bad: 0 } })
  },
)
