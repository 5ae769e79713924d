import type { AccountCode } from '../ledger/chart.ts'
import { ledger } from '../ledger/ledger.ts'
import type { Tx } from '../lib/db.ts'
import type { Value } from '../lib/spreadsheet-table.ts'
import { addDays, addMonths, month as monthNamed } from '../lib/time.ts'
import type { Month } from '../lib/time.ts'
import type { PaperColumn, PaperTable } from './paper.ts'
import { monthsWithLists, settlementSums } from './settlement-store.ts'
import type { SettlementSums } from './settlement-store.ts'
import { rowsOf } from './tally.ts'

/** A column of money of a settlement. */
export const money = (header: string): PaperColumn => ({ header, width: 28, align: 'right' })

/** What must be zero: each part comes from its own source (reconciliation/coverage-store.ts). */
export const differenceOf = (
  unit: Pick<SettlementSums, 'entitled' | 'paid' | 'cash' | 'carried' | 'owed'>,
): bigint => unit.entitled - unit.paid - unit.cash - unit.carried - unit.owed

const YEAR_COLUMNS: readonly PaperColumn[] = [
  { header: 'Tháng', width: 24, align: 'center' },
  { header: 'Số khoản', width: 18, align: 'right' },
  ...['Phải chi', 'Đã chi qua tài khoản', 'Đã chi tiền mặt', 'Chưa lĩnh, chuyển kỳ sau'].map(money),
  ...['Còn phải trả', 'Chênh lệch', 'Hoàn trả trong kỳ'].map(money),
]

/** The months of a year until one, each as its settlement has it, and their sum by a query of its own. */
export async function yearTable(
  tx: Tx,
  { month, communeId }: { readonly month: Month; readonly communeId: number | null },
): Promise<PaperTable> {
  const all = { from: monthNamed(`${month.slice(0, 4)}-01`), to: month, communeId }
  const rows: (readonly Value[])[] = []
  for (const one of await monthsWithLists(tx, all)) {
    const sums = await settlementSums(tx, { from: one, to: one, communeId })
    rows.push([`${one.slice(5, 7)}/${one.slice(0, 4)}`, ...cellsOf(sums)])
  }
  return {
    ...{ name: 'Lũy kế năm', caption: 'Lũy kế từ đầu năm', columns: YEAR_COLUMNS },
    ...{ count: rows.length, rows: () => rowsOf(rows) },
    sums: [null, ...cellsOf(await settlementSums(tx, all))],
    ...{ sumLabel: 'Lũy kế', empty: 'Chưa có tháng nào được chi.' },
  }
}

const cellsOf = (sums: SettlementSums): readonly bigint[] => [
  ...[BigInt(sums.cases), sums.entitled, sums.paid, sums.cash, sums.carried, sums.owed],
  ...[differenceOf(sums), sums.returnedAmount],
]

const FUND_COLUMNS = [
  { header: 'Số hiệu', width: 28, sheetWidth: 16 },
  { header: 'Kinh phí, phí và khoản phải trả', width: 80, sheetWidth: 44 },
  ...['Đầu kỳ', 'Phát sinh Nợ', 'Phát sinh Có', 'Cuối kỳ'].map(money),
] as const

/** Where the money is and whom it is owed to, what the service and the banks cost, and what remains of the estimate. */
const FUNDS: readonly AccountCode[] = [
  ...(['008', '1120', '1121-FREE', '1121-HELD', '1130-TRANSIT', '1388-SVC'] as const),
  ...(['1388-RECOVER', '1388-SUSPENSE', '3371', '3388-UNPAID', '3388-RETURN'] as const),
  ...(['3388-FEE', '3388-SUSPENSE', '511', '611-BEN', '611-FEE', '611-BANK', '611-LOSS'] as const),
]

/** Funds and fees of a month by the trial balance of the ledger: balances in each account’s own direction. */
export async function fundsTable(tx: Tx, month: Month): Promise<PaperTable> {
  const range = { from: month, to: addDays(addMonths(month, 1), -1), block: null }
  const lines = await ledger.books.trialBalanceBetween(tx, range)
  const rows = lines
    .filter(({ code }) => FUNDS.includes(code))
    .map(({ code, opening, debit, credit, closing }): readonly Value[] => [
      ...[code, ledger.books.accountName(code).name, opening, debit, credit, closing],
    ])
  return {
    ...{ name: 'Kinh phí và phí', caption: 'Kinh phí và phí trong kỳ', columns: FUND_COLUMNS },
    ...{ count: rows.length, rows: () => rowsOf(rows) },
    sums: FUND_COLUMNS.map(() => null),
    ...{ sumLabel: '', empty: 'Không có kinh phí trong kỳ này.' },
  }
}
