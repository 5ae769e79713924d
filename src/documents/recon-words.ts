import type { LocalDate } from '../lib/time.ts'
import type { PaperTable } from './paper.ts'
import { reasonWords } from './reason-words.ts'
import type { Break } from './reconciliation-store.ts'
import { rowsOf } from './tally.ts'

type Words = Readonly<Record<string, string>>

/** A code in words; without words it stands as it is. */
export const wordOf = (words: Words, code: string): string => words[code] ?? code

export const CHANNELS: Words = { bank: 'Ngân hàng', 'hue-s': 'Ví Hue-S' }
export const LINE_KINDS: Words = { payment: 'Chi', return: 'Hoàn trả', transfer: 'Chuyển quỹ' }
export const LINE_STATES: Words = { OPEN: 'Chưa khớp', MATCHED: 'Khớp', SUSPENSE: 'Chờ xử lý' }

/** States of a payment (docs/glossary.md). */
export const STATES: Words = {
  ...{ LISTED: 'Trong danh sách', APPROVED: 'Đã duyệt', QUEUED: 'Chờ gửi', SUBMITTING: 'Đang gửi' },
  ...{ SUBMITTED: 'Đã gửi, chờ kết quả', ACCEPTED: 'Kênh báo đã thực hiện', PAID: 'Đã chi' },
  ...{ RETURNED: 'Bị hoàn trả', REJECTED: 'Bị từ chối', UNKNOWN: 'Chưa rõ kết quả' },
  ...{ HELD: 'Tạm giữ', CANCELLED: 'Đã hủy' },
}

/** Who signs that both sides were compared. */
export const SIGNERS = [
  { position: ['NGƯỜI ĐỐI CHIẾU'], name: null },
  { position: ['KẾ TOÁN TRƯỞNG'], name: null },
  { position: ['ĐẠI DIỆN TỔ CHỨC CHI TRẢ'], name: null },
]

/** Who is sent it. */
export const RECIPIENTS = ['Tổ chức chi trả', 'Lưu: VT, KT']

const COLUMNS = [
  { header: 'STT', width: 10, align: 'right', sheetWidth: 6 },
  { header: 'Chênh lệch', width: 40, sheetWidth: 28 },
  { header: 'Tham chiếu', width: 40, sheetWidth: 24 },
  { header: 'Từ ngày', width: 24, align: 'center' },
  { header: 'Tuổi (ngày)', width: 18, align: 'right' },
  { header: 'Số tiền (đồng)', width: 30, align: 'right' },
  { header: 'Lý do', width: 40, sheetWidth: 30 },
  { header: 'Người phụ trách', width: 44, sheetWidth: 28 },
] as const

/** What nothing explains, the oldest first, with its age on a day and whoever took it on. */
export function breaksTable(breaks: readonly Break[], on: LocalDate): PaperTable {
  const rows = breaks.map((one, at) => [
    ...[String(at + 1), whatOf(one), one.reference, { day: one.since }],
    ...[String(daysBetween(one.since, on)), one.amount, reasonWords(one.reason)],
    one.owner ?? 'Chưa có người nhận',
  ])
  const sum = breaks.reduce((total, { amount }) => total + amount, 0n)
  return {
    ...{ name: 'Chênh lệch', caption: 'Chênh lệch chưa giải quyết', columns: COLUMNS },
    ...{ count: rows.length, rows: () => rowsOf(rows) },
    sums: [null, null, null, null, null, sum, null, null],
    ...{ sumLabel: 'Cộng', empty: 'Không có chênh lệch.' },
  }
}

function whatOf({ key, what }: Break): string {
  return key.startsWith('line:')
    ? `${wordOf(LINE_KINDS, what)}: sao kê có, sổ chưa rõ`
    : `${wordOf(STATES, what)}: sổ có, sao kê không`
}

const DAY_MS = 86_400_000

function daysBetween(from: LocalDate, to: LocalDate): number {
  return Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS))
}
