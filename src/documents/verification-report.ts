import { ledger } from '../ledger/ledger.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { formatVnd } from '../lib/money.ts'
import { formatDate } from '../lib/time.ts'
import type { LocalDate } from '../lib/time.ts'
import { requireRange } from './book-range.ts'
import { departmentOn } from './agencies.ts'
import type { Block, Paper, PaperTable } from './paper.ts'
import { line, pagesOf, rowsOf } from './tally.ts'
import { blocksOf, blockSums, entryCount } from './verification-store.ts'
import type { BlockLine } from './verification-store.ts'

interface Days {
  readonly from: LocalDate
  readonly to: LocalDate
}
/** Throws DomainError: range, and document-too-large for a ledger of more entries than are recomputed in one go. */
export async function requireVerifiable(tx: Tx, days: Days, entriesMax: number): Promise<void> {
  requireRange(days)
  const count = await entryCount(tx)
  if (count <= entriesMax) return
  const words = `Sổ có ${formatVnd(BigInt(count))} bút toán: giao kiểm tra thành việc dài.`
  throw new DomainError('invalid', 'document-too-large', words, { count, field: 'to' })
}

type Verification = Awaited<ReturnType<typeof ledger.verify>>

/**
 * Biên bản kiểm tra: what recomputing the whole ledger found, and the blocks that were sealed on the days of a range. Takes as
 * long as the ledger is large. Throws DomainError: range, document-too-large.
 */
export async function verificationReport(
  tx: Tx,
  { from, to }: Days,
  entriesMax: number,
): Promise<Paper> {
  await requireVerifiable(tx, { from, to }, entriesMax)
  const found = await ledger.verify(tx)
  const blocks = await blocksTable(tx, { from, to })
  return {
    ...{ kind: 'verification', agency: departmentOn(to), symbol: 'BBKT' },
    title: 'BIÊN BẢN KIỂM TRA SỔ KẾ TOÁN',
    subtitle: [`Các khối niêm phong từ ngày ${formatDate(from)} đến ngày ${formatDate(to)}`],
    ...{ layout: 'portrait', communeId: null, info: [], total: null },
    query: { id: 'verification.v1', parameters: { from, to } },
    blocks: [
      resultOf(found),
      { kind: 'table', table: checksTable(found) },
      { kind: 'table', table: findingsTable(found) },
      { kind: 'table', table: blocks },
    ],
    recipients: ['Lưu: VT, hồ sơ kiểm tra'],
    signatures: [
      { position: ['NGƯỜI KIỂM TRA'], name: null },
      { position: ['KẾ TOÁN TRƯỞNG'], name: null },
      { position: ['THỦ TRƯỞNG ĐƠN VỊ'], name: null },
    ],
  }
}

function resultOf({ ok, sealedEntries, blocks, truncated }: Verification): Block {
  const what = `Đã tính lại ${String(sealedEntries)} bút toán trong ${String(blocks)} khối niêm phong từ đầu sổ.`
  const result = ok
    ? 'Kết luận: sổ đúng như đã niêm phong, không có sai lệch.'
    : `Kết luận: SỔ CÓ SAI LỆCH, nêu dưới đây${truncated ? ' (chỉ 20 chỗ đầu)' : ''}.`
  return { kind: 'text', text: `${what} ${result}`, style: 'bold' }
}

/** What is looked at, by the names of the checks that can find something. */
const CHECKS: readonly (readonly [string, readonly string[]])[] = [
  ['Nội dung từng bút toán khớp mã băm', ['content-hash', 'reference']],
  [
    'Định khoản theo đúng mẫu, bút toán đảo khớp bút toán gốc',
    ['posting', 'template', 'reversal', 'orphan-posting', 'chart'],
  ],
  [
    'Chuỗi khối niêm phong liền mạch, không thêm bớt',
    ['order', 'leaf', 'block', 'root', 'head', 'sealed-movement', 'anchor'],
  ],
  ['Số dư tài khoản bằng tổng phát sinh, không âm quá mức', ['account', 'balance', 'floor']],
  ['Kỳ đã khóa giữ nguyên số liệu', ['period', 'trial-balance', 'snapshot']],
]

const CHECK_COLUMNS = [
  { header: 'Nội dung kiểm tra', width: 110, sheetWidth: 60 },
  { header: 'Số sai lệch', width: 25, align: 'right' },
  { header: 'Kết quả', width: 30, align: 'center' },
] as const

function checksTable({ findings }: Verification): PaperTable {
  const rows = CHECKS.map(([words, names]) => {
    const count = findings.filter(({ check }) => names.includes(check)).length
    return [words, BigInt(count), count === 0 ? 'Đạt' : 'KHÔNG ĐẠT']
  })
  return {
    ...{ name: 'Nội dung kiểm tra', columns: CHECK_COLUMNS, count: rows.length },
    ...{ rows: () => rowsOf(rows), sums: [null, BigInt(findings.length), null] },
    ...{ sumLabel: 'Cộng sai lệch', empty: 'Không có nội dung kiểm tra.' },
  }
}

const FINDING_COLUMNS = [
  { header: 'Khối', width: 16, align: 'right' },
  { header: 'Bút toán', width: 24, align: 'right' },
  { header: 'Sai lệch', width: 125, sheetWidth: 80 },
] as const

function findingsTable({ findings }: Verification): PaperTable {
  const rows = findings.map(({ block, entryId, message }) => [
    block === undefined ? '' : String(block),
    entryId === undefined ? '' : String(entryId),
    message,
  ])
  return {
    ...{ name: 'Sai lệch', caption: 'Sai lệch', columns: FINDING_COLUMNS, count: rows.length },
    ...{ rows: () => rowsOf(rows), sums: [null, null, null], sumLabel: '' },
    empty: 'Không có sai lệch.',
  }
}

const BLOCK_COLUMNS = [
  { header: 'Khối', width: 14, align: 'right' },
  { header: 'Ngày niêm phong', width: 24, align: 'center' },
  { header: 'Số bút toán', width: 22, align: 'right' },
  { header: 'Tổng phát sinh (đồng)', width: 36, align: 'right' },
  { header: 'Mã đầu chuỗi (SHA-256)', width: 69, sheetWidth: 70 },
] as const

async function blocksTable(tx: Tx, days: Days): Promise<PaperTable> {
  const sums = await blockSums(tx, days)
  return {
    ...{ name: 'Khối niêm phong', caption: 'Khối niêm phong trong khoảng này' },
    ...{ columns: BLOCK_COLUMNS, count: sums.count },
    rows: () =>
      pagesOf<BlockLine>(
        (after, limit) => blocksOf(tx, { ...days, after: after?.number ?? 0n, limit }),
        (one) =>
          line([
            ...[String(one.number), { day: one.sealedOn }, BigInt(one.entries)],
            ...[one.amount, one.head],
          ]),
      ),
    sums: [null, null, sums.entries, sums.amount, null],
    ...{ sumLabel: 'Cộng', empty: 'Không có khối nào được niêm phong trong khoảng này.' },
  }
}
