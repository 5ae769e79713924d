import { ledger } from '../ledger/ledger.ts'
import type { Tx } from '../lib/db.ts'
import { exceptionRows, exceptionSums, FAST_SECONDS, LATE_DAYS } from './audit-lists-store.ts'
import type { AuditRange, Exception, ExceptionList } from './audit-lists-store.ts'
import { bookOf, parametersOf, periodOf, requireRange } from './book-range.ts'
import type { RangeRequest } from './book-range.ts'
import type { Block, Paper, PaperColumn } from './paper.ts'
import type { Value } from '../lib/spreadsheet-table.ts'
import { rowsOf } from './tally.ts'

/** Days of posting, of the attempt, or in the months of lists, as known when a block was sealed. */
export type AuditPeriod = RangeRequest

/** When a block was sealed, ISO 8601; null: nothing was sealed yet. */
export async function sealedMomentOf(tx: Tx, block: bigint | null): Promise<string | null> {
  return block === null ? null : ((await ledger.sealedHead(tx, block))?.sealedAt ?? null)
}

/**
 * The paper of what may be wrong without being forbidden: a number into which several receive, who receives for many, approvals
 * without time to read, attempts of one person at two duties, changes just before a release. Nothing of a name. Throws DomainError `range`.
 */
export async function auditExceptions(tx: Tx, request: AuditPeriod): Promise<Paper> {
  requireRange(request)
  const { from, to } = request
  const range = { from, to, until: await sealedMomentOf(tx, request.block) }
  const blocks: Block[] = []
  for (const spec of LISTS) blocks.push(await blockOf(tx, spec, range))
  return {
    ...{ ...bookOf(request, 'DSBT'), kind: 'audit-exceptions', title: 'DANH SÁCH BẤT THƯỜNG' },
    ...{ subtitle: [periodOf(request)], layout: 'landscape', total: null },
    query: { id: 'audit-exceptions.v1', parameters: parametersOf(request) },
    signatures: [{ position: ['KIỂM TOÁN VIÊN'], name: null }],
    blocks,
  }
}

async function blockOf(tx: Tx, spec: ListSpec, range: AuditRange): Promise<Block> {
  const { count, amount } = await exceptionSums(tx, spec.list, range)
  const columns = [...spec.columns.map(([column]) => column), AMOUNT]
  return {
    kind: 'table',
    table: {
      ...{ name: spec.name, caption: spec.caption, columns, count },
      rows: async function* () {
        const rows = await exceptionRows(tx, spec.list, range)
        yield* rowsOf(rows.map((row) => [...spec.columns.map(([, cell]) => cell(row)), row.amount]))
      },
      sums: [...spec.columns.map(() => null), amount],
      ...{ sumLabel: 'Cộng', empty: 'Không có trường hợp nào.' },
    },
  }
}

type Cell = (row: Exception) => Value
type Column = readonly [PaperColumn, Cell]

interface ListSpec {
  readonly list: ExceptionList
  readonly name: string
  readonly caption: string
  readonly columns: readonly Column[]
}

const text = (header: string, width: number, cell: Cell): Column => [
  { header, width, sheetWidth: Math.round(width * 0.6) },
  cell,
]
const number = (header: string, cell: Cell): Column => [{ header, width: 24, align: 'right' }, cell]
const AMOUNT: PaperColumn = { header: 'Số tiền (đồng)', width: 30, align: 'right' }

const LIST = text('Danh sách', 40, ({ list }) => list)
const ROW = text('Khoản', 46, ({ entitlement }) => entitlement)
const AT = text('Lúc (giờ quốc tế)', 44, ({ at }) => at)
const COUNT = (header: string) => number(header, ({ count }) => String(count ?? ''))

const CHANGES: Readonly<Record<string, string>> = {
  ...{ account: 'Tài khoản', representation: 'Giấy tờ người nhận thay' },
  ...{ payee: 'Phân công người nhận', hold: 'Bỏ tạm giữ' },
}

const SELF: Readonly<Record<string, string>> = {
  'same-person': 'Cùng một người ở hai phía',
  'duties-apart': 'Hai việc một người không được làm cả hai',
}

const LISTS: readonly ListSpec[] = [
  {
    ...{ list: 'sharedAccounts', name: 'Chung tài khoản' },
    caption: 'Nhiều người nhận vào cùng một số tài khoản trong một tháng',
    columns: [
      ...[text('Nhóm tài khoản', 30, ({ what }) => what), LIST, ROW],
      COUNT('Số người nhận'),
    ],
  },
  {
    ...{ list: 'manyWards', name: 'Nhận thay nhiều người' },
    caption: 'Một người nhận thay nhiều người hưởng trong một tháng (không kể cơ sở trợ giúp)',
    columns: [
      ...[text('Người nhận (mã)', 70, ({ what }) => what), LIST, ROW],
      COUNT('Số người được nhận thay'),
    ],
  },
  {
    ...{ list: 'fastApprovals', name: 'Duyệt quá nhanh' },
    caption: `Quyết định duyệt mất chưa đến ${String(FAST_SECONDS)} giây một dòng`,
    columns: [
      ...[LIST, AT, text('Người duyệt (mã)', 70, ({ what }) => what), COUNT('Số dòng')],
      number('Mili giây một dòng', ({ milliseconds }) => String(milliseconds ?? '')),
    ],
  },
  {
    ...{ list: 'selfApprovals', name: 'Thử tự duyệt' },
    caption: 'Lần thử bị từ chối vì một người không làm hai việc của cùng một khoản tiền',
    columns: [
      ...[AT, text('Người (mã)', 70, ({ what }) => what), text('Vai trò', 40, ({ one }) => one)],
      text('Việc', 46, ({ list }) => list),
      text('Về', 60, ({ about }) => about),
      text('Lý do từ chối', 50, ({ other }) => SELF[other ?? ''] ?? other),
    ],
  },
  {
    ...{ list: 'lateChanges', name: 'Thay đổi trước giải ngân' },
    caption: `Thay đổi trong ${String(LATE_DAYS)} ngày trước khi danh sách được giải ngân`,
    columns: [
      ...[LIST, ROW, text('Thay đổi', 36, ({ what }) => CHANGES[what] ?? what), AT],
      text('Giải ngân lúc', 44, ({ releasedAt }) => releasedAt),
      text('Người nhập (mã)', 50, ({ one }) => one),
      text('Người duyệt (mã)', 50, ({ other }) => other),
    ],
  },
]
