import { createHash } from 'node:crypto'
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Act } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { Table, Value } from '../lib/spreadsheet-table.ts'
import { csvOf } from '../lib/spreadsheet-write-csv.ts'
import { writeXlsx } from '../lib/spreadsheet-write-xlsx.ts'
import type { LocalDate } from '../lib/time.ts'
import { COLUMNS, PAID, UNPAID } from './cash-report.ts'
import * as store from './cash-store.ts'
import { holdsAt } from './holds.ts'
import { holdWords } from './list-words.ts'

/** A file as it is handed over: the same list with the same holds has the same bytes, whoever writes it and when. */
export interface CashFile {
  readonly name: string
  readonly bytes: Buffer
  /** Of the bytes, in hex: what the service organisation confirms on its receipt. */
  readonly sha256: string
}

const INFO = [
  { header: 'Mục', width: 28 },
  { header: 'Nội dung', width: 70 },
]

const CARRIED = ['Gồm', 'Các khoản chưa nhận của những tháng trước, chi tiếp'] as const

/**
 * Writes a cash list as the file that goes to the service organisation (Decree 20/2021 Art 34), with empty columns for
 * what becomes of each row: its report is the same file filled in (cash-report.ts). What must wait on the day `on` is filled
 * in as not received, with the reason: whoever died since the release is not paid, and no representative for them. Beside the
 * rows: count, sum and the hash that the database made of the list. One commune's list is small and is made in memory.
 * Throws DomainError `cash-list-missing`. Leaves an audit event with the file's hash.
 */
export async function writeCashList(
  tx: Tx,
  by: Act,
  what: {
    readonly cashListId: string
    readonly format: 'xlsx' | 'csv'
    readonly on: LocalDate
  },
): Promise<CashFile> {
  const { cashListId, format, on } = what
  const head = await store.headOf(tx, cashListId)
  if (head === undefined) {
    throw new DomainError('not-found', 'cash-list-missing', `Không có danh sách ${cashListId}`)
  }
  const rows = await store.rowsOf(tx, cashListId)
  const held = await heldOf(tx, { cashListId, on })
  const told = (reference: string): readonly [string, string] => {
    const why = held.get(reference)
    return why === undefined ? ['', ''] : [UNPAID, holdWords(why)]
  }
  const table: Table = {
    name: 'Danh sách',
    columns: COLUMNS,
    rows: rows.map(({ reference, name, amount }, at) => [
      ...[String(at + 1), reference, name, amount],
      ...told(reference),
    ]),
  }
  const info: readonly (readonly [string, Value])[] = [
    ['Danh sách chi tiền mặt', cashListId],
    ...(head.carried ? [CARRIED] : []),
    ['Xã, phường', head.commune],
    ['Số dòng', String(head.rowCount)],
    ['Tổng số tiền (đồng)', head.total],
    ['Mã kiểm tra của danh sách', head.contentHash],
    ['Cách ghi cột Kết quả', `${PAID} hoặc ${UNPAID}; ${UNPAID} thì ghi lý do`],
  ]
  const bytes = await collected((out) =>
    format === 'csv'
      ? pipeline(Readable.from(csvOf(table, info)), out)
      : writeXlsx(out, [table, { name: 'Thông tin', columns: INFO, rows: info }]),
  )
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  await recordActs(tx, by, [
    {
      ...{ act: 'cash.write-list', subject: `cash-list:${cashListId}` },
      ...{ communeId: head.communeId, detail: { format, sha256, rows: rows.length } },
    },
  ])
  return { name: `${cashListId}.${format}`, bytes, sha256 }
}

/** Which rows of a cash list must wait on a day, and why, by reference. */
export async function heldOf(
  tx: Tx,
  of: { readonly cashListId: string; readonly on: LocalDate },
): Promise<ReadonlyMap<string, string>> {
  return holdsAt(tx, await store.questionsOf(tx, of.cashListId), of.on)
}

async function collected(write: (out: Writable) => Promise<void>): Promise<Buffer> {
  const pieces: Buffer[] = []
  const out = new Writable({
    write: (piece: Buffer, _encoding, done) => {
      pieces.push(piece)
      done()
    },
  })
  await write(out)
  return Buffer.concat(pieces)
}
