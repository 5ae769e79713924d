import { createHash } from 'node:crypto'
import { Writable } from 'node:stream'
import { beforeEach, describe, expect, test } from '@jest/globals'
import type { Value } from '../../src/lib/spreadsheet-table.ts'
import { writeXlsx } from '../../src/lib/spreadsheet-write-xlsx.ts'
import { COLUMNS } from '../../src/payouts/cash-report.ts'
import type { StoredCashList } from '../../src/payouts/cash-store.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { refusalOf } from '../support/outcome.ts'
import { columnOf } from '../support/sql.ts'
import {
  accountant,
  AMOUNT,
  august,
  enterTown,
  payday,
  releaseLists,
  treasurer,
} from '../support/town.ts'

/** A cash list of four as a file, to the service organisation and back. */
let database: FreshDatabase
let list: StoredCashList

const theList = async (): Promise<StoredCashList> => {
  const [one] = await database.app.transact(treasurer, (tx) => payouts.cash.of(tx, august))
  if (one === undefined) throw new Error('a cash list')
  return one
}
beforeEach(async () => {
  database = await freshDatabase()
  await releaseLists(database, await enterTown(database, [{ cash: 4, bank: 1 }]))
  list = await theList()
  await database.app.transact(treasurer, (tx) => payouts.cash.handOver(tx, treasurer, list, payday))
})

const write = (format: 'xlsx' | 'csv') =>
  database.app.transact(treasurer, (tx) =>
    payouts.cash.writeList(tx, treasurer, { cashListId: list.id, format, on: payday }),
  )
const read = (bytes: Buffer, format = 'csv') =>
  payouts.cash.readReport({ name: `bao-cao.${format}`, bytes })
const settle = async (bytes: Buffer, format = 'csv') => {
  const report = await read(bytes, format)
  return database.app.transact(accountant, (tx) =>
    payouts.cash.settleByReport(tx, accountant, list, report, payday),
  )
}
type Change = (cells: readonly string[], at: number) => readonly string[]
const third: Change = (cells, at) =>
  at === 2 ? [...cells.slice(0, 4), 'Chưa nhận', 'đi vắng'] : cells
/** The handed-over CSV as the service sends it back: all paid, but for what is changed. */
const filled = async (change: Change = (cells) => cells): Promise<Buffer> => {
  const text = (await write('csv')).bytes.toString('utf8')
  let at = 0
  const lines = text.split('\r\n').map((line) => {
    if (!/^[1-9]/.test(line)) return line
    const cells = [...line.split(',').slice(0, 4), 'Đã nhận', '']
    return change(cells, at++).join(',')
  })
  return Buffer.from(lines.join('\r\n'))
}

test('who died since the release is filled in as not received, with the reason', async () => {
  const dead = `update person set died_on = $1 where id = (select e.person_id from cash_list_row c
    join entitlement e on e.number = c.entitlement_number where c.cash_list_id = $2 order by e.number limit 1) returning full_name`
  const before = (await write('csv')).bytes.toString('utf8')
  expect(before).not.toContain('Tạm giữ')
  await database.admin.query(dead, [august, list.id])
  const lines = (await write('csv')).bytes.toString('utf8').split('\r\n')
  const told = lines.filter((line) => line.includes('Tạm giữ'))
  expect(told).toEqual([expect.stringMatching(/^1,.*,Chưa nhận,Tạm giữ: người hưởng đã mất$/)])
})

describe.each(['xlsx', 'csv'] as const)('a cash list as %s', (format) => {
  test('has the same bytes and hash whenever it is written, and its hash is kept', async () => {
    const [one, two] = [await write(format), await write(format)]
    expect(one.bytes.equals(two.bytes)).toBe(true)
    expect(one.sha256).toBe(createHash('sha256').update(two.bytes).digest('hex'))
    const kept = `select detail->>'sha256' from audit_event where act = 'cash.write-list'`
    expect(await columnOf(database.admin, kept)).toEqual([one.sha256, two.sha256])
  })

  test('is no report as long as it is not filled in', async () => {
    const { bytes } = await write(format)
    await expect(read(bytes, format)).rejects.toMatchObject({ code: 'cash-report-file' })
  })
})

test('the CSV names the list, its count, sum and the hash of the database', async () => {
  const text = (await write('csv')).bytes.toString('utf8')
  const [hash = ''] = await columnOf<string>(
    database.admin,
    `select encode(content_hash, 'hex') from cash_list`,
  )
  for (const said of [list.id, hash, 'Số dòng,4', 'Tổng số tiền (đồng),1.440.000'])
    expect(text).toContain(said)
})

test('a report as CSV settles the list: paid rows are paid, the others are carried', async () => {
  expect(await settle(await filled(third))).toBe(true)
  expect(await theList()).toMatchObject({ settledOn: payday, unpaid: AMOUNT })
  const results = `select reason from cash_result where not paid`
  expect(await columnOf(database.admin, results)).toEqual(['đi vắng'])
})

test('the same file again, or another report, changes nothing any more', async () => {
  const bytes = await filled(third)
  expect(await settle(bytes)).toBe(true)
  expect(await settle(bytes)).toBe(false)
  expect(await settle(await filled())).toBe(false)
  expect(await theList()).toMatchObject({ unpaid: AMOUNT })
  const kept = `select detail->>'sha256' from audit_event where act = 'cash.take-report'`
  expect(await columnOf(database.admin, kept)).toEqual([
    createHash('sha256').update(bytes).digest('hex'),
  ])
})

test('a report as XLSX settles the list', async () => {
  const rows = await database.app.transact(treasurer, (tx) => payouts.cash.rowsOf(tx, list.id))
  const lines = rows.map(({ reference, name, amount }, at): readonly Value[] => [
    ...[String(at + 1), reference, name, amount],
    ...(at === 0 ? ['Chưa nhận', 'đã chuyển đi'] : ['Đã nhận', null]),
  ])
  const pieces: Buffer[] = []
  const out = new Writable({
    write: (piece: Buffer, _encoding, done) => {
      pieces.push(piece)
      done()
    },
  })
  await writeXlsx(out, [{ name: 'Danh sách', columns: COLUMNS, rows: lines }])
  expect(await settle(Buffer.concat(pieces), 'xlsx')).toBe(true)
  expect(await theList()).toMatchObject({ unpaid: AMOUNT })
})

test.each<readonly [string, string, Change]>([
  ['without a result', 'E11', (c) => [...c.slice(0, 4), '', '']],
  ['with a result that is neither', 'E11', (c) => [...c.slice(0, 4), 'Nhận rồi', '']],
  ['unpaid without a reason', 'F11', (c) => [...c.slice(0, 4), 'Chưa nhận', '']],
  ['without its number', 'B11', (c) => [c[0] ?? '', '', ...c.slice(2)]],
  ['with an amount that is none', 'D11', (c) => [...c.slice(0, 3), '360k', ...c.slice(4)]],
])('a row %s is named by its cell, and nothing is taken', async (_, cell, spoil) => {
  const bytes = await filled((cells, at) => (at === 1 ? spoil(cells, at) : cells))
  await expect(read(bytes)).rejects.toMatchObject({ code: 'cash-report-file' })
  await expect(read(bytes)).rejects.toThrow(cell)
})

test.each<readonly [string, Change]>([
  ['another amount', (c, at) => (at === 1 ? [...c.slice(0, 3), '1.000', ...c.slice(4)] : c)],
  [
    'a row of another list',
    (c, at) => (at === 1 ? [c[0] ?? '', '2308-00000-00001', ...c.slice(2)] : c),
  ],
])('a report with %s differs from the list, and settles nothing', async (_, change) => {
  const bytes = await filled(change)
  expect(await settle(bytes).catch(refusalOf)).toBe('cash-report-differs')
  expect(await theList()).toMatchObject({ settledOn: null })
})
