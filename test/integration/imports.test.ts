import { beforeEach, describe, expect, test } from '@jest/globals'
import { localDate } from '../../src/lib/time.ts'
import type { GivenFile } from '../../src/lib/spreadsheet.ts'
import { registry } from '../../src/registry/registry.ts'
import type { ImportDecision, ImportReport } from '../../src/registry/imports.ts'
import type { KindName } from '../../src/registry/imports-kind.ts'
import { actOf } from '../support/act.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import {
  csvFile,
  ENROLMENTS,
  enrolmentRow,
  idNumber,
  PEOPLE,
  personRow,
  xlsxFile,
} from '../support/import-files.ts'
import { stateHash } from '../support/ledger-state.ts'
import { refusalOf } from '../support/outcome.ts'
import { valueOf } from '../support/sql.ts'
import { leader, preparer } from '../support/town.ts'
import { vault } from '../support/vault.ts'

const { imports } = registry
const on = localDate('2023-08-10')
let database: FreshDatabase

beforeEach(async () => {
  database = await freshDatabase()
})

async function check(
  kind: KindName,
  given: GivenFile | Promise<GivenFile>,
  by = preparer,
): Promise<ImportReport> {
  const file = await imports.read(kind, await given)
  return database.app.transact(by, (tx) => imports.check(tx, vault, file, on))
}

async function apply(
  kind: KindName,
  given: GivenFile | Promise<GivenFile>,
  decision: Partial<ImportDecision> = {},
  by = preparer,
) {
  const file = await imports.read(kind, await given)
  const { rows, change } = await database.app.transact(by, (tx) =>
    imports.check(tx, vault, file, on),
  )
  const seen = { count: rows.good, change: change ?? 0n }
  const all = { on, rows: 'all', seen, confirmedBy: leader.actor, ...decision } as const
  return database.app.transact(by, (tx) => imports.apply(tx, vault, by, file, all))
}

const count = (table: string) => valueOf(database.admin, `select count(*)::integer from ${table}`)
const faultsOf = ({ faults }: ImportReport) =>
  faults.map(({ cell, message }) => `${cell}: ${message}`)
const enterPeople = (n: number) =>
  apply(
    'people',
    csvFile(
      PEOPLE,
      Array.from({ length: n }, (_, i) => personRow(i + 1)),
    ),
  )

describe('a file of people', () => {
  test('is checked without changing anything, then applied with its log and its rows', async () => {
    const file = xlsxFile(PEOPLE, [personRow(1), personRow(2)])
    const before = await stateHash(database.admin)
    const report = await check('people', file)
    expect(report).toMatchObject({ already: null, problem: null, change: null })
    expect(report.rows).toEqual({ total: 2, good: 2, same: 0, bad: 0 })
    expect(await stateHash(database.admin)).toBe(before)
    expect(await apply('people', file)).toMatchObject({ is: 'applied', rows: 2 })
    const { rows } = await database.admin.query(
      `select f.kind, f.file_name, f.rows_total, f.rows_applied, f.rows_same, f.rows_left, f.entered_by, f.confirmed_by,
              (select array_agg(row_number || ' ' || split_part(subject, ':', 1) order by row_number) from import_row) as made,
              (select count(*)::integer from import_row r join person p on r.subject = 'person:' || p.id) as people
         from import_file f`,
    )
    expect(rows).toEqual([
      {
        ...{
          kind: 'people',
          file_name: 'tep.xlsx',
          rows_total: 2,
          rows_applied: 2,
          rows_same: 0,
          rows_left: 0,
        },
        ...{
          entered_by: preparer.actor,
          confirmed_by: leader.actor,
          made: ['2 person', '3 person'],
          people: 2,
        },
      },
    ])
    const event = `select detail->'rows'->>'applied' from audit_event where act = 'import.apply'`
    expect(await valueOf(database.admin, event)).toBe('2')
    expect(await valueOf(database.admin, 'select full_name from person limit 1')).toBe(
      'Nguyễn Thị Ánh Mẫu',
    )
  })

  test('names each wrong cell with its Excel address, and no other row', async () => {
    const [id, name, born, sex, commune] = personRow(1)
    const rows = [
      personRow(1),
      ['46145000123', name, born, sex, commune],
      [idNumber(3), 'Nguy3n', '30/02/1945', 'x', '99999'],
      [idNumber(4), name, born, 'Nam', commune],
      [idNumber(5), name, '05/08/1946', sex, commune],
      [idNumber(6), name, born, sex, '20182x'],
      [idNumber(7), name, born, sex, '12345'],
      personRow(8),
      personRow(8),
      ['999145000001', name, born, sex, commune],
      ['079', '', born, sex, commune],
    ].map((cells) => cells.map((cell) => cell ?? ''))
    const report = await check('people', csvFile(PEOPLE, rows))
    expect(report.rows).toEqual({ total: 11, good: 2, same: 0, bad: 9 })
    expect(report.goodRows).toEqual([2, 11])
    expect(faultsOf(report).map((fault) => fault.slice(0, 40))).toEqual(
      [
        'A3: Mất số 0 ở đầu: có 11 chữ số, phải có 12',
        'B4: Họ tên có chữ số: sửa lại họ tên',
        'C4: Ngày phải là ngày/tháng/năm có thật, ví',
        'D4: Chỉ nhận: Nam hoặc Nữ.',
        'A5: Số định danh có số thứ 4 không khớp giới',
        'A6: Số định danh có số thứ 4 đến 6 không khớp',
        'E7: Mã xã phải có 5 chữ số theo danh mục của',
        'E8: Mã xã không có hiệu lực vào ngày nhập (mã',
        'A9: Trùng với dòng 10 của tệp này: giữ lại một',
        'A10: Trùng với dòng 9 của tệp này: giữ lại một',
        'A12: Số định danh phải có đúng 12 chữ số.',
        'B12: Ô trống, phải có dữ liệu.',
      ].map((fault) => fault.slice(0, 40)),
    )
    for (const { message } of report.faults) expect(message).not.toContain(String(id))
  })

  test('shows the first fifteen bad rows and counts the rest; the file given back has them all', async () => {
    const bad = Array.from({ length: 20 }, (_, i) => ['123', ...personRow(i).slice(1)])
    for (const given of [await xlsxFile(PEOPLE, bad), csvFile(PEOPLE, bad)]) {
      const report = await check('people', given)
      expect(new Set(report.shown.map(({ row }) => row)).size).toBe(15)
      expect(report.moreBadRows).toBe(5)
      const file = await imports.read('people', given)
      const bytes = await imports.answer(file, report)
      const again = await imports.read('people', { name: given.name, bytes })
      expect(again.sheet.rows[0]?.cells.at(-1)).toMatchObject({ text: 'Lỗi' })
      expect(again.sheet.rows[20]?.cells.at(-1)?.text).toMatch(
        /^A21: Số định danh phải có đúng 12 chữ số/,
      )
      expect((await check('people', { name: given.name, bytes })).rows).toEqual(report.rows)
    }
  })

  test('reports one class of error at a time: missing columns, unknown ones, rows, the limit', async () => {
    const row = personRow(1).map((cell, i) => (i === 0 ? 'x' : cell))
    const problemOf = async (header: readonly string[], rows: readonly (readonly string[])[]) =>
      (await check('people', csvFile(header, rows))).problem
    const missing = await problemOf([...PEOPLE.slice(1), 'Lạ'], [row])
    expect(missing).toMatchObject({ code: 'columns-missing' })
    expect(missing?.message).toContain('Thiếu cột “Số định danh” ở dòng 1')
    const unknown = await problemOf([...PEOPLE.slice(0, 5), 'Lạ'], [row])
    expect(unknown?.message).toContain('Không nhận ra cột “Lạ”')
    expect((await problemOf([...PEOPLE.slice(0, 5), 'CCCD'], [row]))?.message).toContain('hai lần')
    expect((await problemOf(['DANH SÁCH', ''], [PEOPLE, row]))?.message).toContain(
      'tệp này có ở dòng 2',
    )
    const many = Array.from({ length: 5_001 }, (_, i) => personRow(i + 1))
    expect(await problemOf(PEOPLE, [...many.slice(1), row])).toBeNull()
    expect((await problemOf(PEOPLE, many))?.message).toContain('5.001 dòng')
  })

  test('with good rows chosen applies these, and the corrected file the others', async () => {
    const rows = [personRow(1), personRow(2), ['123', ...personRow(3).slice(1)]]
    const refusal = apply('people', csvFile(PEOPLE, rows)).then(() => 'taken', refusalOf)
    expect(await refusal).toBe('import-bad-rows')
    const seen = { count: 1, change: 0n }
    expect(await apply('people', csvFile(PEOPLE, rows), { rows: [3], seen })).toMatchObject({
      rows: 1,
    })
    expect(await valueOf(database.admin, 'select rows_left from import_file')).toBe(2)
    const corrected = await check('people', csvFile(PEOPLE, [...rows.slice(0, 2), personRow(3)]))
    expect(corrected.rows).toEqual({ total: 3, good: 2, same: 1, bad: 0 })
    const chosen = apply('people', csvFile(PEOPLE, rows), { rows: [4], seen })
    expect(await chosen).toMatchObject({ is: 'already' })
    const other = csvFile(PEOPLE, [...rows, personRow(9)])
    expect(await apply('people', other, { rows: [4], seen }).then(() => 'taken', refusalOf)).toBe(
      'import-rows',
    )
  })

  test('is not applied on the word of one person, nor when other rows are good than were seen', async () => {
    const file = csvFile(PEOPLE, [personRow(1)])
    const before = await stateHash(database.admin)
    const alone = apply('people', file, { confirmedBy: preparer.actor })
    expect(await alone.then(() => 'taken', refusalOf)).toBe('same-person')
    const other = apply('people', file, { seen: { count: 2, change: 0n } })
    expect(await other.then(() => 'taken', refusalOf)).toBe('import-changed')
    expect(await stateHash(database.admin)).toBe(before)
  })

  test('a number that is somebody else’s is refused', async () => {
    await enterPeople(1)
    const other = personRow(1).map((cell, i) => (i === 1 ? 'Trần Thị Đào Mẫu' : cell))
    expect(faultsOf(await check('people', csvFile(PEOPLE, [other])))[0]).toMatch(
      /^A2: Số này đã có/,
    )
  })
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

  test('eight times at once is applied once', async () => {
    await enterPeople(3)
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
    await enterPeople(1)
    const run = (sql: string) => database.admin.query(sql).then(() => 'done', refusalOf)
    expect(await run('update import_file set rows_applied = 9')).toBe('LB001')
    expect(await run('delete from import_row')).toBe('LB001')
    const copy = `insert into import_file select gen_random_uuid(), kind, file_name, sha256, size_bytes, format, rows_total,
      rows_applied, rows_same, rows_left, communes, change, entered_by, confirmed_by from import_file`
    expect(await run(copy)).toBe('23505')
  })
})

describe('a file of enrolments', () => {
  beforeEach(async () => {
    await enterPeople(3)
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

describe('accounts and deaths', () => {
  const ACCOUNTS = ['Số định danh', 'BIN', 'STK', 'Chủ tài khoản']
  const DEATHS = ['Số định danh', 'Họ tên', 'Ngày mất', 'Số trích lục']

  test('an account is entered sealed, on two people’s word; a person with another one is not changed', async () => {
    await enterPeople(4)
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
    await enterPeople(2)
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
