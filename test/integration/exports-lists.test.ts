import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Act } from '../../src/lib/act.ts'
import type { ListExport } from '../../src/payouts/list-export.ts'
import type { StoredList } from '../../src/payouts/list.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { draftThere, exportedList, LIST_SUM } from '../support/export-list.ts'
import * as t from '../support/export-town.ts'
import { exported, refusedExport } from '../support/exported.ts'
import type { WriteExport } from '../support/exported.ts'
import { listTown } from '../support/list-town.ts'
import { decideRows } from '../support/lists.ts'
import { officerOf } from '../support/people.ts'
import { valueOf } from '../support/sql.ts'
import { AMOUNT, leader, submit } from '../support/town.ts'
import { vault } from '../support/vault.ts'

let town: t.ExportTown
let list: StoredList
let officer: Act

beforeAll(async () => {
  town = await t.exportTown()
  list = await exportedList(town)
  officer = officerOf(town.here.id)
})

const FORMATS = ['xlsx', 'csv'] as const
const asking = (more: Partial<ListExport> = {}): ListExport => ({
  ...{ listId: list.id, format: 'csv', seen: list },
  ...more,
})
const writing =
  (request: ListExport, by: Act): WriteExport =>
  (tx, out) =>
    payouts.lists.export(tx, vault, by, out, request)
const fileOf = (request: ListExport, by = officer) =>
  exported(town.database, by, request.format, writing(request, by))
const refused = (request: ListExport, by = officer) =>
  refusedExport(town.database, by, writing(request, by))
const audits = () =>
  valueOf(
    town.database.admin,
    `select coalesce(json_agg(detail order by id), '[]') from audit_event where act = 'list.export'`,
  ) as Promise<unknown[]>

const marksIn = (text: string, marks: readonly string[]) =>
  marks.filter((mark) => mark !== '' && text.includes(mark))
const digits = (text = '') => BigInt(text.replaceAll('.', '') || '0')

describe.each(FORMATS)('a commune’s list as %s', (format) => {
  test('has the rows and the sum that were frozen, and says which list it is', async () => {
    const { rows, info } = await fileOf(asking({ format }))
    expect(rows).toHaveLength(list.rowCount)
    const sum = rows.reduce((total, row) => total + digits(row['Tổng']), 0n)
    expect([sum, digits(info['Tổng số tiền (đồng)'])]).toEqual([LIST_SUM, list.total])
    expect(info).toMatchObject({
      ...{ 'Danh sách': list.number, 'Mã trong hệ thống': list.id, 'Phiên bản': '1' },
      ...{ 'Trạng thái': 'Đã trình duyệt', 'Mã băm (SHA-256)': list.contentHash },
      ...{ Tháng: '08/2023', Xã: `${town.here.fullName} (${town.here.code})` },
      ...{ 'Số dòng': '6', 'Người xuất': officer.actor },
      'Trong đó còn hiệu lực': '6 dòng, 9.280.000 đồng',
      'Khoản: Trợ cấp hằng tháng': '4 dòng, 1.980.000 đồng',
      'Hình thức: Tiền mặt': '2 dòng, 7.300.000 đồng',
      'So với tháng trước: mới': '6 dòng, 9.280.000 đồng',
      'Bộ lọc': 'Không: mọi dòng của danh sách',
    })
    expect(info['Xuất lúc']).toMatch(/^\d\d:\d\d \d\d\/\d\d\/\d{4}$/)
  })

  test('masks every number, wherever in the file and in its name', async () => {
    for (const by of [officer, leader]) {
      const { everything, rows } = await fileOf(asking({ format }), by)
      expect(marksIn(everything, [...t.ID_NUMBERS, ...t.ACCOUNTS])).toEqual([])
      expect(everything).not.toContain('docProps')
      expect(rows.map((row) => row['Số định danh'])).toContain('046*****0011')
      expect(rows.map((row) => row['Số tài khoản'])).toContain('••••8901')
    }
    expect(payouts.lists.exportName(list, format)).toBe(`danh-sach-${list.number}.${format}`)
  })

  test('shows what belongs to another commune to nobody who may not see it, also in clear', async () => {
    const reveal = { purpose: 'Đối chiếu' }
    const foreign = ['Hồ Thị Xa', ...[t.ID_NUMBERS[3], t.ACCOUNTS[3]]]
    const here = await fileOf(asking({ format, reveal }))
    expect(marksIn(here.everything, foreign)).toEqual([])
    const ward = here.rows.find((row) => row['Truy lĩnh'] !== '')
    expect(ward).toMatchObject({
      ...{ 'Người nhận thay': 'Ngoài phạm vi', 'Số tài khoản': 'Ngoài phạm vi' },
      ...{ 'Quan hệ': 'Người được ủy quyền', 'Giấy tờ': expect.stringContaining('giấy ủy quyền') },
    })
    const province = await fileOf(asking({ format, reveal }), leader)
    expect(marksIn(province.everything, foreign)).toEqual([foreign[0], foreign[2]])
    const there = officerOf(town.there.id)
    expect(await refused(asking({ format }), there)).toEqual({ code: 'list-missing', bytes: 0 })
  })

  test('has confidential categories as a neutral code, and others of Article 5 too', async () => {
    const { everything, rows } = await fileOf(asking({ format, reveal: { purpose: 'Đối chiếu' } }))
    expect(everything).not.toMatch(/HIV|5\.8/)
    const shown = rows.map((row) => [row['Mã đối tượng'], row['Hệ số'], row['Khoản']].join(' '))
    expect(shown.toSorted()).toEqual([
      ...['D5-10  Chi một lần', 'D5-10 1,0 Trợ cấp hằng tháng'],
      ...Array<string>(3).fill('D5-15 1,5 Trợ cấp hằng tháng'),
      'MTP_CD 20,0 Mai táng',
    ])
  })

  test('keeps what would run as a formula as text', async () => {
    const { everything, rows, kinds } = await fileOf(asking({ format }))
    expect(rows.map((row) => row['Họ và tên'])).toContain(t.HOSTILE)
    expect(everything).not.toMatch(/<f[ >]/)
    if (format === 'csv') expect(everything).toContain(`"'=HYPERLINK(`)
    else expect(kinds).toMatchObject({ 'Số định danh': 'text', 'Số tài khoản': 'text' })
  })
})

test('each amount stands once among the kinds of money, and in the total', async () => {
  const { rows } = await fileOf(asking())
  const KINDS = ['Mức/tháng', 'Truy lĩnh', 'Mai táng', 'Chi một lần']
  const sums = KINDS.map((kind) => rows.reduce((sum, row) => sum + digits(row[kind]), 0n))
  expect(sums).toEqual([1_440_000n, 540_000n, 7_200_000n, 100_000n])
  for (const row of rows) {
    expect(KINDS.map((kind) => row[kind]).filter((cell) => cell !== '')).toEqual([row['Tổng']])
  }
  const arrears = rows.find((row) => row['Truy lĩnh'] !== '')
  expect(arrears).toMatchObject({
    ...{ 'Tháng hưởng': '07/2023', 'Ngày sinh': '1945', 'Mã khoản hưởng': '2308-19750-00004' },
    'Cảnh báo':
      'Truy lĩnh tháng trước; Giấy tờ đại diện sắp hết hạn; Người nhận thay mới, chưa nhận thành công lần nào',
    'Ghi chú': 'Tạm giữ: đang tạm dừng hưởng',
  })
})

test('rows are by given name in Vietnamese order, numbered from 1', async () => {
  const own = await t.exportTown()
  const { id } = await exportedList(own)
  const names = ['Trần Thị Đào', 'Nguyễn Văn Dào', 'Lê Ăn']
  for (const [at, name] of names.entries()) await t.rename(own.database, at + 1, name)
  const request = asking({ listId: id })
  const { rows } = await exported(own.database, leader, 'csv', (tx, out) =>
    payouts.lists.export(tx, vault, leader, out, request),
  )
  expect(rows.map((row) => `${String(row['STT'])} ${String(row['Họ và tên'])}`)).toEqual([
    ...['1 Lê Ăn', '2 Lê Ăn', '3 Nguyễn Văn Dào'],
    ...['4 Trần Thị Đào', '5 Trần Thị Đào', '6 Trần Thị Đào'],
  ])
})

test('numbers are in clear for a purpose alone, which the audit trail keeps', async () => {
  const before = await audits()
  const { everything, info } = await fileOf(
    asking({ reveal: { purpose: 'Đối chiếu với ngân hàng' } }),
  )
  expect(marksIn(everything, t.ID_NUMBERS)).toEqual(t.ID_NUMBERS.slice(0, 3))
  expect(marksIn(everything, t.ACCOUNTS)).toEqual(t.ACCOUNTS.slice(0, 2))
  expect(info['Số định danh, số tài khoản']).toBe('Đầy đủ, để: Đối chiếu với ngân hàng')
  const [event, ...more] = (await audits()).slice(before.length)
  expect(event).toMatchObject({
    ...{ purpose: 'Đối chiếu với ngân hàng', format: 'csv', rowCount: 6 },
    contentHash: list.contentHash,
  })
  expect(more).toEqual([])
  const blank = asking({ reveal: { purpose: ' ' } })
  expect(await refused(blank)).toEqual({ code: 'purpose', bytes: 0 })
  const changed = asking({ seen: { ...list, total: AMOUNT } as StoredList })
  expect(await refused(changed)).toEqual({ code: 'list-differs', bytes: 0 })
  expect(await audits()).toHaveLength(before.length + 1)
})

test('a draft is one, and a refused row stays on the list and says so', async () => {
  const own = await t.exportTown()
  const draft = await draftThere(own)
  const by = (request: ListExport) =>
    exported(own.database, leader, 'csv', (tx, out) =>
      payouts.lists.export(tx, vault, leader, out, request),
    )
  const first = await by({ listId: draft.id, format: 'csv', seen: draft })
  expect(first.info).toMatchObject({ 'Trạng thái': 'Bản nháp', 'Mã băm (SHA-256)': 'Chưa chốt' })
  expect(first.rows).toHaveLength(1)
  const frozen = await exportedList(own)
  await decideRows(own.database, frozen, 'refuse', [1])
  const second = await by({ listId: frozen.id, format: 'csv', seen: frozen })
  expect(second.rows).toHaveLength(6)
  expect(second.info['Trong đó còn hiệu lực']).toBe('5 dòng, 8.920.000 đồng')
  const struck = second.rows.find((row) => row['Ghi chú'] === 'Dòng bị trả lại')
  expect(struck).toMatchObject({ 'Mã khoản hưởng': '2308-19750-00001' })
})

test('a list of which not every row may be read is refused, not cut short', async () => {
  const own = await t.exportTown()
  const frozen = await exportedList(own)
  await own.database.admin.query('alter table person disable trigger user')
  await own.database.admin.query('update person set commune_id = $2 where id = $1', [
    ...[t.exportPerson(3), own.there.id],
  ])
  const by = officerOf(own.here.id)
  const request = { listId: frozen.id, format: 'csv', seen: frozen } as const
  const result = await refusedExport(own.database, by, writing(request, by))
  expect(result).toEqual({ code: 'export-incomplete', bytes: 0 })
})

test('a list of several pages is whole', async () => {
  const { database, commune } = await listTown({ cash: 2_300 })
  const frozen = await submit(database, commune)
  const request = { listId: frozen.id, format: 'csv', seen: frozen } as const
  const write = writing(request, leader)
  const { rows, info } = await exported(database, leader, 'csv', write)
  expect(new Set(rows.map((row) => row['Mã khoản hưởng'])).size).toBe(2_300)
  expect(rows.at(-1)).toMatchObject({ STT: '2300' })
  expect(info['Tổng số tiền (đồng)']).toBe('828.000.000')
})
