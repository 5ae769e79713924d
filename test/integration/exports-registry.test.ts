import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Act } from '../../src/lib/act.ts'
import type { ExportRequest } from '../../src/registry/exports.ts'
import type { ExportName } from '../../src/registry/exports-tables.ts'
import { registry } from '../../src/registry/registry.ts'
import { exported, refusedExport } from '../support/exported.ts'
import type { WriteExport } from '../support/exported.ts'
import * as t from '../support/export-town.ts'
import { officerOf } from '../support/people.ts'
import { valueOf } from '../support/sql.ts'
import { leader, preparer } from '../support/town.ts'
import { vault } from '../support/vault.ts'

let town: t.ExportTown
let officer: Act

beforeAll(async () => {
  town = await t.exportTown()
  officer = officerOf(town.here.id)
  const report = { personId: t.exportPerson(1), diedOn: t.exportDay, certificate: '45/TLKT' }
  const { app } = town.database
  await app.transact(preparer, (tx) => registry.deaths.report(tx, preparer, report))
})

const COUNTS: Readonly<Record<ExportName, number>> = {
  people: 3,
  enrolments: 3,
  accounts: 2,
  deaths: 1,
}
const NAMES = ['people', 'enrolments', 'accounts', 'deaths'] as const
const FORMATS = ['xlsx', 'csv'] as const
const CASES = NAMES.flatMap((what) => FORMATS.map((format) => [what, format] as const))

const asking = (what: ExportName, more: Partial<ExportRequest> = {}): ExportRequest => ({
  ...{ what, format: 'csv', communeId: null, on: t.exportDay, shown: { count: COUNTS[what] } },
  ...more,
})
const writing =
  (request: ExportRequest, by = officer): WriteExport =>
  (tx, out) =>
    registry.exports.write(tx, vault, by, out, request)
const fileOf = (request: ExportRequest, by = officer) =>
  exported(town.database, by, request.format, writing(request, by))
const lastAudit = () =>
  valueOf(
    town.database.admin,
    `select detail from audit_event where act = 'registry.export' order by id desc limit 1`,
  )
const audits = () =>
  valueOf(
    town.database.admin,
    `select count(*)::int from audit_event where act = 'registry.export'`,
  )

const HERE = [...t.ID_NUMBERS.slice(0, 3), ...t.ACCOUNTS.slice(0, 2)]
const THERE = [t.ID_NUMBERS[3], t.ACCOUNTS[3], 'Hồ Thị Xa']
const marksIn = (text: string, marks: readonly string[]) =>
  marks.filter((mark) => text.includes(mark))

describe.each(CASES)('%s as %s', (what, format) => {
  test('have the count that was shown, or are refused before a byte is written', async () => {
    const { rows, info } = await fileOf(asking(what, { format }))
    expect([rows.length, info['Số dòng']]).toEqual([COUNTS[what], String(COUNTS[what])])
    const other = writing(asking(what, { format, shown: { count: COUNTS[what] + 1 } }))
    const before = await audits()
    expect(await refusedExport(town.database, officer, other)).toEqual({
      ...{ code: 'export-changed', bytes: 0 },
    })
    expect(await audits()).toBe(before)
  })

  test('mask every number, wherever in the file and in its name', async () => {
    const request = asking(what, { format })
    const { everything, info } = await fileOf(request)
    expect(marksIn(everything, HERE)).toEqual([])
    expect(everything).toContain('046*****0011')
    expect(info['Số định danh, số tài khoản']).toBe('Đã che')
    expect(everything).not.toContain('docProps')
    expect(registry.exports.fileName(request)).toMatch(
      /^(nguoi-huong|quyet-dinh-huong|tai-khoan|nguoi-da-mat)-2023-08-10\.(xlsx|csv)$/,
    )
  })

  test('never have a row of a commune that is not theirs, also in clear', async () => {
    const reveal = { purpose: 'Đối chiếu với công an xã' }
    for (const communeId of [null, town.here.id]) {
      const { everything } = await fileOf(asking(what, { format, communeId, reveal }))
      expect(marksIn(everything, [...THERE, town.there.code])).toEqual([])
    }
    const foreign = writing(asking(what, { communeId: town.there.id, shown: { count: 0 } }))
    expect(await refusedExport(town.database, officer, foreign)).toEqual({
      ...{ code: 'export-outside', bytes: 0 },
    })
  })
})

test('numbers are in clear for a purpose alone, which the audit trail keeps', async () => {
  const reveal = { purpose: 'Đối chiếu với ngân hàng' }
  const { rows, info, kinds } = await fileOf(asking('accounts', { format: 'xlsx', reveal }))
  expect(rows.map((row) => [row['Số định danh'], row['Số tài khoản']]).toSorted()).toEqual([
    [t.ID_NUMBERS[0], t.ACCOUNTS[0]],
    [t.ID_NUMBERS[1], t.ACCOUNTS[1]],
  ])
  // As text, so that no spreadsheet takes the zeros away.
  expect(kinds).toMatchObject({ 'Số định danh': 'text', 'Số tài khoản': 'text', 'Mã xã': 'text' })
  expect(info['Số định danh, số tài khoản']).toBe('Đầy đủ, để: Đối chiếu với ngân hàng')
  expect(await lastAudit()).toEqual({
    ...{ what: 'accounts', format: 'xlsx', count: 2, purpose: reveal.purpose },
  })
  const before = await audits()
  const silent = writing(asking('accounts', { reveal: { purpose: ' ' } }))
  expect(await refusedExport(town.database, officer, silent)).toEqual({ code: 'purpose', bytes: 0 })
  expect(await audits()).toBe(before)
  await fileOf(asking('accounts'))
  expect(await lastAudit()).toMatchObject({ purpose: null })
})

test('the audit trail has one event a commune of whoever may not see them all', async () => {
  const two = officerOf(town.here.id, town.there.id)
  await fileOf(asking('people', { shown: { count: 4 } }), two)
  const communes = `select array_agg(commune_id order by id) from
    (select * from audit_event where act = 'registry.export' order by id desc limit 2) a`
  expect(await valueOf(town.database.admin, communes)).toEqual([town.here.id, town.there.id])
})

test.each(FORMATS)('%s say what they are beside the rows, with the sum', async (format) => {
  const province = asking('enrolments', { format, shown: { count: 4 } })
  const { info } = await fileOf(province, leader)
  const sum = format === 'csv' ? '1.800.000' : '1800000'
  expect(info).toMatchObject({
    'Nội dung': 'Quyết định hưởng',
    'Bộ lọc: xã': 'Tất cả các xã trong phạm vi',
    'Bộ lọc: tính đến ngày': '10/08/2023',
    'Số dòng': '4',
    'Tổng số tiền (đồng)': sum,
    'Người xuất': leader.actor,
  })
  expect(info['Xuất lúc']).toMatch(/^\d\d:\d\d \d\d\/\d\d\/\d{4}$/)
  const one = await fileOf(asking('enrolments', { format, communeId: town.here.id }))
  expect(one.info['Bộ lọc: xã']).toBe(`${town.here.fullName} (${town.here.code})`)
})

test('the sum is over every page', async () => {
  const { database } = await t.exportTown()
  // A page is 2,000 lines: this makes three, the last of them short.
  await database.admin.query(
    `with p as (
       insert into person (id, commune_id, full_name, sex, birth_date, given_name, name_key)
       select gen_random_uuid(), $2, 'Lê Thị Bé', 'female', '1940-01-01', 'Bé', 'le thi be' from generate_series(1, 4100) returning id)
     insert into enrolment
     select (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid(), 'person_id', p.id))).*
       from p, enrolment e where e.person_id = $1`,
    [t.exportPerson(1), town.here.id],
  )
  const request = asking('enrolments', { shown: { count: 4104 } })
  const write: WriteExport = (tx, out) => registry.exports.write(tx, vault, leader, out, request)
  const { rows, info } = await exported(database, leader, 'csv', write)
  expect(rows).toHaveLength(4104)
  expect(info['Tổng số tiền (đồng)']).toBe('1.477.800.000')
})

test.each(FORMATS)(
  'confidential categories leave in %s as a neutral code, whatever the purpose',
  async (format) => {
    for (const reveal of [undefined, { purpose: 'Đối chiếu' }]) {
      const request = asking('enrolments', { format, ...(reveal && { reveal }) })
      const { rows, everything } = await fileOf(request)
      expect(everything).not.toMatch(/HIV|5\.8/)
      // Nor do they stand out: the others of Article 5 have theirs, too.
      expect(rows.map((row) => row['Mã đối tượng']).toSorted()).toEqual(['D5-10', 'D5-15', 'D5-15'])
    }
  },
)

test('what would run as a formula is text in the file, and comes back as it was', async () => {
  const { database } = await t.exportTown()
  const forms = ['=1+1', '+84905', '-2+3', '@SUM(A1)', '＝1+1', '＋1', '－1', '＠SUM', '\t=1|cmd']
  for (let at = 0; at < forms.length; at += 3) {
    const names = forms.slice(at, at + 3)
    for (const [n, name] of names.entries()) await t.rename(database, n + 1, name)
    for (const format of FORMATS) {
      const write = writing(asking('people', { format }))
      const { rows, everything } = await exported(database, officer, format, write)
      const back = rows.map((row) => row['Họ và tên'])
      expect(back.toSorted()).toEqual(
        names.map((name) => (format === 'csv' ? name : name.trim())).toSorted(),
      )
      const cells = format === 'csv' ? everything.split(/[,\r\n]+"?/) : []
      expect(cells.filter((cell) => /^\s*[=+\-@＝＋－＠]/u.test(cell))).toEqual([])
      expect(everything).not.toMatch(/<f[ >]/)
    }
  }
})

test.each(NAMES)(
  '%s come back from the reader of imports with the same cells from both',
  async (what) => {
    const reveal = { purpose: 'Chuyển sang máy khác' }
    const [xlsx, csv] = [
      await fileOf(asking(what, { format: 'xlsx', reveal })),
      await fileOf(asking(what, { format: 'csv', reveal })),
    ]
    for (const [format, { bytes, sheet }] of [
      ['xlsx', xlsx],
      ['csv', csv],
    ] as const) {
      const name = registry.exports.fileName(asking(what, { format }))
      expect((await registry.imports.read(what, { name, bytes })).sheet).toEqual(sheet)
    }
    expect(csv.header).toEqual(xlsx.header)
    const plain = (rows: typeof csv.rows) =>
      rows.map((row) => ({ ...row, 'Mức hưởng': row['Mức hưởng']?.replaceAll('.', '') }))
    expect(plain(csv.rows)).toEqual(plain(xlsx.rows))
    const of = (id: string) => xlsx.rows.find((row) => row['Số định danh'] === id)
    const person = { 'Giới tính': 'Nữ', 'Mã xã': town.here.code, Xã: town.here.fullName }
    const first = { ...person, 'Họ và tên': 'Nguyễn Thị Ánh Mẫu', 'Ngày sinh': '07/03/1945' }
    expect(of(t.ID_NUMBERS[0])).toEqual({ ...first, 'Số định danh': t.ID_NUMBERS[0], ...OWN[what] })
    // Of a birth known by its year no day is made up.
    if (what === 'people') expect(of(t.ID_NUMBERS[2])).toMatchObject({ 'Ngày sinh': '1945' })
  },
)

const OWN: Readonly<Record<ExportName, Readonly<Record<string, string>>>> = {
  people: {},
  enrolments: {
    ...{ 'Chương trình': 'BTXH', 'Mã đối tượng': 'D5-10', 'Hưởng từ ngày': '01/01/2023' },
    'Mức hưởng': '360000',
  },
  accounts: {
    ...{ 'Mã ngân hàng': '970405', 'Số tài khoản': t.ACCOUNTS[0] },
    'Chủ tài khoản': 'NGUYEN THI ANH MAU',
  },
  deaths: {
    ...{ 'Ngày mất': '10/08/2023', 'Số trích lục': '45/TLKT', 'Trạng thái': 'Chờ xác nhận' },
  },
}
