import { ledger } from '../ledger/ledger.ts'
import type { Tx } from '../lib/db.ts'
import type { Value } from '../lib/spreadsheet-table.ts'
import { bookOf, parametersOf, periodOf, requireRange } from './book-range.ts'
import type { RangeRequest } from './book-range.ts'
import type { Paper, PaperTable } from './paper.ts'
import { rowsOf } from './tally.ts'

const TRIAL_COLUMNS = [
  { header: 'Số hiệu', width: 26, sheetWidth: 16 },
  { header: 'Tên tài khoản', width: 58, sheetWidth: 44 },
  { header: 'Dư đầu kỳ Nợ', width: 28, align: 'right' },
  { header: 'Dư đầu kỳ Có', width: 28, align: 'right' },
  { header: 'Phát sinh Nợ', width: 28, align: 'right' },
  { header: 'Phát sinh Có', width: 28, align: 'right' },
  { header: 'Dư cuối kỳ Nợ', width: 28, align: 'right' },
  { header: 'Dư cuối kỳ Có', width: 28, align: 'right' },
] as const

/** Bảng cân đối phát sinh of a range; each pair of sums is equal. Throws DomainError `range`. */
export async function trialBalance(tx: Tx, range: RangeRequest): Promise<Paper> {
  requireRange(range)
  const lines = await ledger.books.trialBalanceBetween(tx, range)
  const rows = lines.map(({ code, opening, debit, credit, closing }): readonly Value[] => {
    const { name, grows } = ledger.books.accountName(code)
    return [code, name, ...sides(opening, grows), debit, credit, ...sides(closing, grows)]
  })
  const sums = TRIAL_COLUMNS.map((_, at) =>
    at < 2 ? null : rows.reduce((sum, row) => sum + amountAt(row, at), 0n),
  )
  const table: PaperTable = {
    ...{ name: 'Bảng cân đối phát sinh', columns: TRIAL_COLUMNS, count: rows.length, sums },
    rows: () => rowsOf(rows),
    ...{ sumLabel: 'Tổng cộng', empty: 'Không có số dư và phát sinh trong khoảng này.' },
  }
  return {
    ...bookOf(range, 'BCĐPS'),
    ...{ kind: 'trial-balance', title: 'BẢNG CÂN ĐỐI PHÁT SINH', subtitle: [periodOf(range)] },
    ...{ layout: 'landscape', total: sums[4] ?? 0n },
    query: { id: 'trial-balance.v1', parameters: parametersOf(range) },
    blocks: [{ kind: 'table', table }],
  }
}

/** A balance stands on the side of its account, and on the other when it has turned. */
function sides(
  balance: bigint,
  grows: 'debit' | 'credit',
): readonly [bigint | null, bigint | null] {
  const amount = balance < 0n ? -balance : balance
  if (amount === 0n) return [null, null]
  return (grows === 'debit') === balance > 0n ? [amount, null] : [null, amount]
}

function amountAt(row: readonly Value[], at: number): bigint {
  const cell = row[at]
  return typeof cell === 'bigint' ? cell : 0n
}
