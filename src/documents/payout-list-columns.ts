import type { payouts } from '../payouts/payouts.ts'
import type { Value } from '../lib/spreadsheet-table.ts'
import type { PaperColumn } from './paper.ts'

type Lists = typeof payouts.lists
type Line = Awaited<ReturnType<ReturnType<Lists['lines']>>>[number]
export type Sums = Awaited<ReturnType<Lists['standingSums']>>

/** A column of a list on paper, what stands in it, and what the database says that it sums up to. */
interface ListColumn extends PaperColumn {
  readonly cell: (line: Line, place: number) => Value
  readonly sum?: (sums: Sums) => bigint
  /** Papers that were issued before it was asked for are without it. */
  readonly later?: true
}

const joined = (parts: readonly string[]): string => parts.filter((part) => part !== '').join(', ')

/** Money of one kind: what a line is of another kind leaves it empty. */
const money = (kind: Line['kind'], width: number, sum: (sums: Sums) => bigint) => ({
  ...{ width, align: 'right' as const, sum },
  cell: (line: Line) => (line.kind === kind ? line.amount : null),
})

/** Domain.md §6, “Suggested list columns”. Widths are in mm of what A4 across has, and are only so by what they are to each other. */
const COLUMNS: readonly ListColumn[] = [
  {
    ...{ header: 'STT', width: 7.5, align: 'right', sheetWidth: 6 },
    cell: (_, place) => String(place),
  },
  {
    ...{ header: 'Mã hồ sơ', width: 14, sheetWidth: 18, later: true },
    cell: (line) => line.dossierNumber,
  },
  { header: 'Họ và tên', width: 22, sheetWidth: 30, cell: (line) => line.fullName },
  { header: 'Ngày sinh', width: 16.5, align: 'center', cell: (line) => line.birth },
  { header: 'Số định danh', width: 21, sheetWidth: 18, cell: (line) => line.idNumber },
  {
    ...{ header: 'Thôn, tổ dân phố', width: 16, sheetWidth: 24, later: true },
    cell: (line) => line.village,
  },
  {
    ...{ header: 'Mã đối tượng (hệ số)', width: 14, sheetWidth: 20 },
    cell: ({ categoryCode, coefficient }) =>
      coefficient === '' ? categoryCode : `${categoryCode} (${coefficient})`,
  },
  {
    ...{ header: 'Khoản, tháng hưởng', width: 16.5, sheetWidth: 28 },
    cell: ({ component, period }) => joined([component, period]),
  },
  { header: 'Mức/tháng', ...money('month', 16, (sums) => sums.month) },
  { header: 'Truy lĩnh', ...money('arrears', 12.5, (sums) => sums.arrears) },
  { header: 'Mai táng', ...money('funeral', 13.5, (sums) => sums.funeral) },
  { header: 'Chi một lần', ...money('one-off', 11.5, (sums) => sums.oneOff) },
  {
    ...{ header: 'Tổng', width: 14.5, align: 'right' },
    cell: (line) => line.amount,
    sum: (sums) => sums.total,
  },
  {
    ...{ header: 'Chưa nhận tháng trước', width: 12.5, align: 'right', later: true },
    cell: (line) => line.unpaidBefore,
  },
  {
    ...{ header: 'Hình thức, ngân hàng, số tài khoản', width: 18.5, sheetWidth: 32 },
    cell: ({ method, bank, account }) => joined([method, bank, account]),
  },
  {
    ...{ header: 'Người nhận thay, quan hệ, giấy tờ', width: 22, sheetWidth: 48 },
    cell: ({ payee }) =>
      payee === null ? '' : joined([payee.name, payee.relation, payee.document]),
  },
  {
    ...{ header: 'Kết quả', width: 14, sheetWidth: 24, later: true },
    cell: (line) => line.result,
  },
  { header: 'Ghi chú', width: 13, sheetWidth: 28, cell: (line) => line.note },
]

/** The columns of a paper: those of before, or those of now, which say what is as of a sealed block. */
export const listColumns = (asOfBlock: boolean): readonly ListColumn[] =>
  COLUMNS.filter(({ later }) => asOfBlock || later === undefined)
