import { createHash } from 'node:crypto'
import type { Act } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { readSpreadsheet } from '../lib/read-spreadsheet.ts'
import { addressOf } from '../lib/spreadsheet.ts'
import type { Cell, GivenFile, Sheet, SheetRow } from '../lib/spreadsheet.ts'
import type { LocalDate } from '../lib/time.ts'
import type { CashOutcome } from './channels/cash-service.ts'
import { settle } from './cash.ts'
import type { StoredCashList } from './cash-store.ts'

/** What the service organisation writes of a row. */
export const PAID = 'Đã nhận'
export const UNPAID = 'Chưa nhận'

/** The columns of a cash list's file, in both directions. */
export const COLUMNS = [
  { header: 'STT', width: 6 },
  { header: 'Mã khoản', width: 22 },
  { header: 'Họ và tên người nhận', width: 32 },
  { header: 'Số tiền', width: 14 },
  { header: 'Kết quả', width: 14 },
  { header: 'Lý do chưa nhận', width: 36 },
] as const
const [REFERENCE, AMOUNT, RESULT, REASON] = [1, 3, 4, 5]

/** A report as it was read. */
export interface CashReport {
  readonly sha256: string
  readonly rows: readonly CashOutcome[]
}

/**
 * Reads the report of a cash list: the file that was handed over (cash-file.ts) with its last columns filled in. Guarded
 * and parsed in a process of its own; needs no transaction. Throws the refusals of lib/spreadsheet-refusal.ts, and
 * DomainError `cash-report-file` that names the cell when something of it is missing or unclear: nothing is guessed.
 */
export async function readCashReport(file: GivenFile): Promise<CashReport> {
  const sheet = await readSpreadsheet(file)
  return cashReportOf(sheet, createHash('sha256').update(file.bytes).digest('hex'))
}

/** The report that a parsed file is; `sha256` is of its bytes, in hex. Pure. Throws DomainError `cash-report-file`. */
export function cashReportOf(sheet: Sheet, sha256: string): CashReport {
  const at = sheet.rows.findIndex(({ cells }) => textAt(cells, REFERENCE) === COLUMNS[1].header)
  const header = sheet.rows[at]
  if (header === undefined) throw refused('không có dòng tiêu đề của danh sách chi tiền mặt')
  for (const [column, { header: name }] of COLUMNS.entries()) {
    if (textAt(header.cells, column) !== name)
      throw refused(`ô ${addressOf(column, header.number)} phải là “${name}”`)
  }
  const rows = sheet.rows.slice(at + 1).map(outcomeOf)
  return { sha256, rows }
}

/**
 * Settles a cash list by the file of its report, as `cash.settle` does, and keeps the file's hash in the audit trail. The
 * same or another report of a settled list changes nothing; returns whether it was settled now. Throws DomainError `cash-report-differs`.
 */
export async function settleByReport(
  tx: Tx,
  by: Act,
  cashList: StoredCashList,
  report: CashReport,
  on: LocalDate,
): Promise<boolean> {
  if (!(await settle(tx, by, cashList, report.rows, on))) return false
  const { id, communeId } = cashList
  const detail = { sha256: report.sha256, rows: report.rows.length }
  await recordActs(tx, by, [
    { act: 'cash.take-report', subject: `cash-list:${id}`, communeId, detail },
  ])
  return true
}

function outcomeOf({ number, cells }: SheetRow): CashOutcome {
  const reference = textAt(cells, REFERENCE)
  if (reference === '') throw refused(`ô ${addressOf(REFERENCE, number)} thiếu mã khoản`)
  const result = textAt(cells, RESULT)
  if (result !== PAID && result !== UNPAID)
    throw refused(`ô ${addressOf(RESULT, number)} phải là “${PAID}” hoặc “${UNPAID}”`)
  const reason = textAt(cells, REASON)
  if (result === UNPAID && reason === '')
    throw refused(`ô ${addressOf(REASON, number)} thiếu lý do chưa nhận`)
  const paid = result === PAID
  return { reference, amount: amountAt(cells, number), paid, reason: paid ? null : reason }
}

function amountAt(cells: readonly Cell[], row: number): bigint {
  const text = textAt(cells, AMOUNT)
  if (/^[0-9]{1,15}$|^[0-9]{1,3}(\.[0-9]{3})+$/.test(text)) return BigInt(text.replaceAll('.', ''))
  throw refused(`ô ${addressOf(AMOUNT, row)} không phải số tiền`)
}

const textAt = (cells: readonly Cell[], column: number): string =>
  cells.find((cell) => cell.column === column)?.text ?? ''

const refused = (what: string): DomainError =>
  new DomainError('invalid', 'cash-report-file', `Báo cáo chi tiền mặt: ${what}`)
