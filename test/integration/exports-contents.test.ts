import { beforeAll, expect, test } from '@jest/globals'
import type { ExportName } from '../../src/registry/exports-tables.ts'
import { localDate } from '../../src/lib/time.ts'
import { registry } from '../../src/registry/registry.ts'
import { asking, exportDesk, FORMATS, NAMES } from '../support/export-desk.ts'
import type { ExportDesk } from '../support/export-desk.ts'
import { exported } from '../support/exported.ts'
import * as t from '../support/export-town.ts'
import { leader } from '../support/town.ts'

let town: t.ExportTown
let officer: ExportDesk['officer']
let writing: ExportDesk['writing']
let fileOf: ExportDesk['fileOf']

beforeAll(async () => {
  ;({ town, officer, writing, fileOf } = await exportDesk())
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
  const { rows, info } = await exported(database, leader, 'csv', writing(request, leader))
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

test('a confidential category leaves as a neutral code also as of a day before the decree', async () => {
  const { database } = await t.exportTown()
  await database.admin.query(`update enrolment set valid_from = '2019-01-01'`)
  const request = asking('enrolments', { on: localDate('2020-06-01') })
  const { rows, everything } = await exported(database, officer, 'csv', writing(request))
  expect(everything).not.toContain('HIV')
  expect(rows.map((row) => row['Mã đối tượng']).toSorted()).toEqual(['D5-10', 'D5-15', 'D5-15'])
})

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
  people: { 'Thôn, tổ dân phố': 'Tổ dân phố Hạ' },
  enrolments: {
    ...{ 'Chương trình': 'BTXH', 'Mã đối tượng': 'D5-10', 'Hưởng từ ngày': '01/01/2023' },
    ...{ 'Mức hưởng': '360000', 'Mã hồ sơ': 'HS-0001/2023' },
  },
  accounts: {
    ...{ 'Mã ngân hàng': '970405', 'Số tài khoản': t.ACCOUNTS[0] },
    'Chủ tài khoản': 'NGUYEN THI ANH MAU',
  },
  deaths: {
    ...{ 'Ngày mất': '10/08/2023', 'Số trích lục': '45/TLKT', 'Trạng thái': 'Chờ xác nhận' },
  },
}
