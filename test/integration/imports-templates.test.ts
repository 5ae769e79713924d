import { beforeEach, expect, test } from '@jest/globals'
import type { KindName } from '../../src/registry/imports-kind.ts'
import type { ImportReport } from '../../src/registry/imports.ts'
import { registry } from '../../src/registry/registry.ts'
import { readHere } from '../support/damage.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { filled, partsOf } from '../support/filled-template.ts'
import { deskOf, enterPeople, faultsOf, importDay as on } from '../support/import-desk.ts'
import { ANH, csvFile, ENROLMENTS, enrolmentRow, idNumber } from '../support/import-files.ts'
import { stateHash } from '../support/ledger-state.ts'
import { refusalOf } from '../support/outcome.ts'
import { valueOf } from '../support/sql.ts'
import { leader, preparer } from '../support/town.ts'
import { vault } from '../support/vault.ts'
const { imports } = registry

/** A kind of file: a row of the person number n, how a spreadsheet damages it, and what is seen of that. */
interface Case {
  readonly row: (n: number) => Readonly<Record<string, string>>
  readonly damage: Readonly<Record<string, string>>
  readonly fault: RegExp
  /** The column of errors, behind all of the template. */
  readonly errors: string
  /** Of a good row, in đồng a month. */
  readonly change: bigint | null
  readonly became: string
}

const CASES: Readonly<Record<KindName, Case>> = {
  people: {
    row: (n) => ({
      ...{ 'Số định danh': idNumber(n + 10), 'Họ và tên': ANH, 'Ngày sinh': '05/08/1943' },
      ...{ 'Giới tính': 'Nữ', 'Mã xã': '19750', 'Số điện thoại': '0905000123' },
    }),
    damage: { 'Số định danh': idNumber(12).slice(1) },
    ...{ fault: /^A3: Mất số 0 ở đầu: có 11 chữ số, phải có 12/, errors: 'I', change: null },
    became: `select count(*)::integer from person p join import_row r on r.subject = 'person:' || p.id`,
  },
  enrolments: {
    row: (n) => ({
      ...{ 'Số định danh': idNumber(n + 1), 'Mã đối tượng': 'NCT_80', 'Mức hưởng': '360.000' },
      ...{
        'Hưởng từ ngày': '01/08/2023',
        'Số quyết định': '9/QĐ',
        'Ngày quyết định': '20/07/2023',
      },
    }),
    damage: { 'Mức hưởng': '360.00' },
    ...{ fault: /^G3: Số tiền phải là đồng chẵn/, errors: 'M', change: 360_000n },
    became: `select count(*)::integer from enrolment where decision_number = '9/QĐ'`,
  },
  accounts: {
    row: (n) => ({
      ...{
        'Số định danh': idNumber(n),
        'Mã ngân hàng': '970405',
        'Chủ tài khoản': 'NGUYEN THI ANH MAU',
      },
      'Số tài khoản': `0012345678${String(n)}`,
    }),
    damage: { 'Số tài khoản': '9876543210123450' },
    ...{ fault: /^C3: Excel chỉ giữ 15 chữ số/, errors: 'E', change: null },
    became: 'select count(*)::integer from payment_account',
  },
  deaths: {
    row: (n) => ({
      ...{ 'Số định danh': idNumber(n), 'Họ và tên': ANH, 'Ngày mất': '08/08/2023' },
      'Số trích lục': `${String(n)}/TLKT`,
    }),
    damage: { 'Số định danh': '4,61430000E+10' },
    ...{ fault: /^A3: Excel đã đổi số thành dạng khoa học/, errors: 'E', change: -360_000n },
    became: `select count(*)::integer from death_report where state = 'PROPOSED'`,
  },
}

let database: FreshDatabase
const { apply } = deskOf(() => database)

beforeEach(async () => {
  database = await freshDatabase()
  await enterPeople(database, 3)
  await apply('enrolments', csvFile(ENROLMENTS, [enrolmentRow(1)]))
})

const read = async (kind: KindName, rows: readonly Readonly<Record<string, string>>[]) =>
  imports.read(kind, { name: 'mau.xlsx', bytes: await filled(await imports.template(kind), rows) })
type ReadFile = Awaited<ReturnType<typeof read>>
const check = (file: ReadFile) =>
  database.app.transact(preparer, (tx) => imports.check(tx, vault, file, on))
const taken = (file: ReadFile, { rows, change }: ImportReport) => {
  const seen = { count: rows.good, change: change ?? 0n }
  const decision = { on, rows: 'all', seen, confirmedBy: leader.actor } as const
  return database.app
    .transact(preparer, (tx) => imports.apply(tx, vault, preparer, file, decision))
    .then(({ is }) => is, refusalOf)
}

test.each(['people', 'enrolments', 'accounts', 'deaths'] as const)(
  'the template of %s is filled, tried, given back with what is wrong, put right and applied once',
  async (kind) => {
    const { row, damage, fault, errors, change, became } = CASES[kind]
    const wrong = await read(kind, [row(1), { ...row(2), ...damage }])
    const before = [await stateHash(database.admin), await valueOf(database.admin, became)] as const
    const report = await check(wrong)
    expect(report).toMatchObject({ change, rows: { total: 2, good: 1, same: 0, bad: 1 } })
    expect(faultsOf(report)).toEqual([expect.stringMatching(fault)])
    expect(await taken(wrong, report)).toBe('import-bad-rows')
    expect(await stateHash(database.admin)).toBe(before[0])

    const back = await imports.answer(wrong, report)
    expect(await partsOf(back, errors)).toEqual(await partsOf(wrong.bytes))
    const { rows } = await readHere({ name: wrong.name, bytes: back })
    const said = rows.map(({ cells }) =>
      cells.filter(({ column }) => column === report.header.errorsAt),
    )
    expect(said.map(([cell]) => cell?.text)).toEqual(['Lỗi', undefined, faultsOf(report)[0]])

    const right = await read(kind, [row(1), row(2)])
    const good = await check(right)
    expect(good.rows).toEqual({ total: 2, good: 2, same: 0, bad: 0 })
    expect(await taken(right, good)).toBe('applied')
    const after = await stateHash(database.admin)
    expect(await valueOf(database.admin, became)).toBe(Number(before[1]) + 2)
    expect(await taken(right, good)).toBe('already')
    expect(await stateHash(database.admin)).toBe(after)
  },
)
