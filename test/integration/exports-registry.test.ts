import { beforeAll, describe, expect, test } from '@jest/globals'
import { registry } from '../../src/registry/registry.ts'
import { asking, COUNTS, exportDesk, FORMATS, NAMES } from '../support/export-desk.ts'
import type { ExportDesk } from '../support/export-desk.ts'
import { refusedExport } from '../support/exported.ts'
import * as t from '../support/export-town.ts'
import { officerOf } from '../support/people.ts'
import { valueOf } from '../support/sql.ts'
import { leader } from '../support/town.ts'

let town: t.ExportTown
let officer: ExportDesk['officer']
let writing: ExportDesk['writing']
let fileOf: ExportDesk['fileOf']

beforeAll(async () => {
  ;({ town, officer, writing, fileOf } = await exportDesk())
})

const CASES = NAMES.flatMap((what) => FORMATS.map((format) => [what, format] as const))

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
