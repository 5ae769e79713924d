import type { Writable } from 'node:stream'
import type { Act } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError, invariant } from '../lib/errors.ts'
import { exportOf, wordsOf } from '../lib/spreadsheet-export.ts'
import type { Export, ExportFormat, ExportTotal } from '../lib/spreadsheet-export.ts'
import type { Value } from '../lib/spreadsheet-table.ts'
import type { Vault } from '../lib/vault.ts'
import { registry } from '../registry/registry.ts'
import { recordList } from './drawing-up.ts'
import { requireSameSet } from './list.ts'
import type { FrozenSet, StoredList } from './list.ts'
import { infoOf } from './list-export-info.ts'
import { paperFacts } from './list-export-store.ts'
import type { PaperFacts } from './list-export-store.ts'
import { rowsByName } from './list-reads-store.ts'
import type { ReadRow } from './list-reads-store.ts'
import { readList } from './list-store.ts'
import {
  componentWords,
  holdWords,
  LIST_STATES,
  relationWords,
  warningWords,
} from './list-words.ts'

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
 * Columns: domain.md, section 6 “Suggested list columns”, of which address and money unpaid before are not known yet.
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

type Numbers = ReturnType<typeof registry.exports.numbers>

/** A row of the list with what only the paper says. */
interface PaperRow extends ReadRow {
  readonly facts: PaperFacts
}

function fileOf(tx: Tx, list: StoredList, numbers: Numbers): Export {
  return exportOf<PaperRow>({
    title: 'Danh sách chi trả',
    columns: COLUMNS,
    page: async (after, limit) => {
      const of = { listId: list.id }
      const rows = await rowsByName(tx, { ...of, after: after?.row ?? null, limit })
      const facts = await paperFacts(tx, { ...of, rows: rows.map(({ row }) => row) })
      return rows.map((row) => ({ ...row, facts: factsOf(facts, row) }))
    },
    row: (row, place) => [
      ...whoCells(row, place, numbers),
      ...amountCells(row, list),
      ...receiverCells(row, numbers),
      ...[warningWords(row.warnings), noteOf(row, list)],
    ],
    amount: ({ amount }) => amount,
  })
}

function factsOf(facts: ReadonlyMap<number, PaperFacts>, { row }: ReadRow): PaperFacts {
  const found = facts.get(row)
  invariant(found !== undefined, 'both queries read one list in one snapshot')
  return found
}

const COLUMNS = [
  ...[
    { header: 'STT', width: 6 },
    { header: 'Mã khoản hưởng', width: 18 },
  ],
  ...[{ header: 'Họ và tên', width: 30 }, { header: 'Ngày sinh' }],
  ...[{ header: 'Số định danh', width: 18 }, { header: 'Chương trình' }],
  ...[
    { header: 'Mã đối tượng', width: 16 },
    { header: 'Hệ số', width: 8 },
  ],
  ...[{ header: 'Khoản', width: 22 }, { header: 'Tháng hưởng' }],
  ...[{ header: 'Mức/tháng' }, { header: 'Truy lĩnh' }, { header: 'Mai táng' }],
  ...[{ header: 'Chi một lần' }, { header: 'Tổng' }],
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

function whoCells(row: PaperRow, place: number, numbers: Numbers): readonly Value[] {
  const { facts, period } = row
  return [
    ...[String(place), row.number, row.fullName, registry.exports.birthCell(facts)],
    ...[numbers.idNumber(facts), row.programme, row.categoryCode],
    row.component === 'one-off' ? '' : (facts.coefficient ?? '').replace('.', ','),
    ...[componentWords(row.component), `${period.slice(5, 7)}/${period.slice(0, 4)}`],
  ]
}

/** The amount stands once among the kinds of money, and in the total. */
function amountCells({ component, period, amount }: ReadRow, list: StoredList): readonly Value[] {
  const kind =
    component === 'funeral' || component === 'one-off'
      ? component
      : period < list.month
        ? 'arrears'
        : 'month'
  const cells = ['month', 'arrears', 'funeral', 'one-off'].map((one) =>
    one === kind ? amount : null,
  )
  return [...cells, amount]
}

function receiverCells(row: PaperRow, numbers: Numbers): readonly Value[] {
  const { facts, method, payeeId, personId } = row
  const bank = facts.channel === 'hue-s' ? 'Hue-S' : (facts.bank ?? '')
  const unseen = method === 'account' && facts.accountId === null
  const represented = payeeId !== personId
  return [
    ...[method === 'account' ? 'Tài khoản' : 'Tiền mặt', unseen && bank === '' ? OUTSIDE : bank],
    unseen ? OUTSIDE : numbers.account(facts),
    ...(represented
      ? [row.payeeName ?? OUTSIDE, relationWords(row.relation), facts.document ?? '']
      : ['', '', '']),
  ]
}

/** For what belongs to somebody in a commune that who exports may not see. */
const OUTSIDE = 'Ngoài phạm vi'

function noteOf({ live, decision, hold }: ReadRow, { state }: StoredList): string {
  if (decision === 'refuse-row') return 'Dòng bị trả lại'
  if (!live)
    return state === 'REFUSED' || state === 'WITHDRAWN' ? LIST_STATES[state] : 'Đã dừng chi'
  return hold === null ? '' : holdWords(hold)
}
