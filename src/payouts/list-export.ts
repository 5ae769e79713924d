import type { Writable } from 'node:stream'
import type { Act } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { exportOf, wordsOf } from '../lib/spreadsheet-export.ts'
import type { Export, ExportFormat, ExportTotal } from '../lib/spreadsheet-export.ts'
import type { Value } from '../lib/spreadsheet-table.ts'
import type { Vault } from '../lib/vault.ts'
import { registry } from '../registry/registry.ts'
import { recordList } from './drawing-up.ts'
import { MONEY_KINDS, listLines } from './list-lines.ts'
import type { ListLine, ShownNumbers } from './list-lines.ts'
import { requireSameSet } from './list.ts'
import type { FrozenSet, StoredList } from './list.ts'
import { infoOf } from './list-export-info.ts'
import { readList } from './list-store.ts'

/** Which list an officer wants as a file, and the set that the screen showed: the file has that, or is refused. */
export interface ListExport {
  readonly listId: string
  readonly format: ExportFormat
  readonly seen: FrozenSet
  /** Numbers in clear, for this purpose; masked when left out. */
  readonly reveal?: { readonly purpose: string }
}

/**
 * Writes a list to `out` as XLSX or CSV, a page of rows at a time, by given name in Vietnamese order, with the sheet or
 * block “Thông tin”. Any version in any state: the rows are those that were frozen (of a draft, those there are), struck
 * off or not. The transaction must be repeatable read. Numbers are masked unless a purpose is given. Leaves the audit
 * event `list.export` with the purpose. Before anything is written it throws DomainError: list-missing, list-differs (not
 * the set that was seen), export-incomplete (not all rows may be read by who asks), purpose.
 * Columns: domain.md, section 6 “Suggested list columns”. What earlier months left unpaid (Decree 20/2021 Art 34) is as of now,
 * and no part of the sum.
 */
export async function exportList(
  tx: Tx,
  vault: Vault,
  by: Act,
  out: Writable,
  { listId, format, seen, reveal }: ListExport,
): Promise<ExportTotal> {
  const list = await readList(tx, listId)
  requireSameSet(seen, list)
  const numbers = registry.exports.numbers(vault, reveal)
  const file = fileOf(tx, list, numbers)
  const total = await file.total()
  requireWhole(list, total)
  await recordList(tx, by, 'list.export', list, list, { format, purpose: reveal?.purpose ?? null })
  const info = await infoOf(tx, by, list, numbers.words)
  await file.write({ format, out, total, info })
  return total
}

/** The name of a list's file: its number, nothing of a person. */
export const exportName = (list: Pick<StoredList, 'number'>, format: ExportFormat): string =>
  `danh-sach-${list.number}.${format}`

/** A file that lacks a row would be a list that nobody drew up. */
function requireWhole(list: StoredList, total: ExportTotal): void {
  if (total.count === list.rowCount && total.sum === list.total) return
  const stored = wordsOf({ count: list.rowCount, sum: list.total })
  const words = `Danh sách có ${stored}, bạn chỉ được xem ${wordsOf(total)}: không xuất thiếu, hãy nhờ cấp trên xuất.`
  throw new DomainError('conflict', 'export-incomplete', words)
}

function fileOf(tx: Tx, list: StoredList, numbers: ShownNumbers): Export {
  return exportOf<ListLine>({
    title: 'Danh sách chi trả',
    columns: COLUMNS,
    page: listLines(tx, list, numbers),
    row: (line, place) => [...whoCells(line, place), ...amountCells(line), ...receiverCells(line)],
    amount: ({ amount }) => amount,
  })
}

const COLUMNS = [
  ...[
    { header: 'STT', width: 6 },
    { header: 'Mã khoản hưởng', width: 18 },
    { header: 'Mã hồ sơ', width: 18 },
  ],
  ...[{ header: 'Họ và tên', width: 30 }, { header: 'Ngày sinh' }],
  ...[
    { header: 'Số định danh', width: 18 },
    { header: 'Thôn, tổ dân phố', width: 24 },
    { header: 'Chương trình' },
  ],
  ...[
    { header: 'Mã đối tượng', width: 16 },
    { header: 'Hệ số', width: 8 },
  ],
  ...[{ header: 'Khoản', width: 22 }, { header: 'Tháng hưởng' }],
  ...[{ header: 'Mức/tháng' }, { header: 'Truy lĩnh' }, { header: 'Mai táng' }],
  ...[{ header: 'Chi một lần' }, { header: 'Tổng' }],
  { header: 'Chưa nhận tháng trước', width: 18 },
  ...[{ header: 'Hình thức' }, { header: 'Ngân hàng' }, { header: 'Số tài khoản', width: 20 }],
  ...[
    { header: 'Người nhận thay', width: 30 },
    { header: 'Quan hệ', width: 24 },
  ],
  ...[
    { header: 'Giấy tờ', width: 36 },
    { header: 'Cảnh báo', width: 36 },
  ],
  { header: 'Ghi chú', width: 28 },
]

function whoCells(line: ListLine, place: number): readonly Value[] {
  return [
    ...[String(place), line.number, line.dossierNumber, line.fullName, line.birth, line.idNumber],
    ...[
      line.village,
      line.programme,
      line.categoryCode,
      line.coefficient,
      line.component,
      line.period,
    ],
  ]
}

/** The amount stands once among the kinds of money, and in the total; what was left unpaid before stands beside it. */
const amountCells = ({ kind, amount, unpaidBefore }: ListLine): readonly Value[] => [
  ...MONEY_KINDS.map((one) => (one === kind ? amount : null)),
  ...[amount, unpaidBefore],
]

const receiverCells = ({ method, bank, account, payee, warnings, note }: ListLine) => [
  ...[method, bank, account],
  ...(payee === null ? ['', '', ''] : [payee.name, payee.relation, payee.document]),
  ...[warnings, note],
]
