import { formatDate } from '../lib/time.ts'
import type { LocalDate } from '../lib/time.ts'
import { printed } from './clean-text.ts'
import type { Paper, Stamp, Written } from './paper.ts'
import type { Tagged } from './pdf-engine.ts'
import { drawRecipients } from './pdf-frame.ts'
import { MM, paragraph } from './pdf-page.ts'
import type { Pages } from './pdf-page.ts'
import { drawQr } from './pdf-qr.ts'

/** From one thing at the end of a paper to the next beside it. */
const GAP = 4 * MM
const QR_SIDE = 26 * MM
const RECIPIENTS_WIDTH = 50 * MM

/**
 * The end of a paper: who is sent it, and beside that what a doubter needs: which query, under which head, the hash of the
 * rows; with a QR when it is issued.
 */
export function drawEvidence(
  pages: Pages,
  parent: Tagged,
  of: { readonly paper: Paper; readonly stamp: Stamp; readonly written: Written },
): void {
  const { recipients } = of.paper
  const { issue } = of.stamp
  pages.room(QR_SIDE + 3 * GAP)
  pages.y += GAP
  const top = pages.y
  let { left } = pages
  if (recipients.length > 0) {
    drawRecipients(pages, parent, { recipients, place: { x: left, width: RECIPIENTS_WIDTH } })
    left += RECIPIENTS_WIDTH + GAP
  }
  let bottom = pages.y
  pages.y = top
  if (issue !== null) {
    drawQr(pages, parent, { text: issue.address(of.written.rowsHash), x: left, side: QR_SIDE })
    left += QR_SIDE + GAP
    bottom = Math.max(bottom, top + QR_SIDE)
  }
  const place = { x: left, width: pages.left + pages.width - left }
  for (const line of evidenceOf(of)) {
    paragraph(pages, parent, line, { font: 'regular', size: 8.5, place })
  }
  pages.y = Math.max(bottom, pages.y)
}

function evidenceOf(of: {
  readonly paper: Paper
  readonly stamp: Stamp
  readonly written: Written
}): readonly string[] {
  const { paper, stamp, written } = of
  const { query } = paper
  const replaces = stamp.issue?.replaces ?? null
  const parameters = Object.entries(query.parameters).map(([name, value]) => `${name}=${value}`)
  return [
    stamp.issue === null
      ? 'Bản thể hiện, chưa phát hành: không có số, không có giá trị thay cho văn bản đã phát hành.'
      : `Mã văn bản: ${stamp.issue.code} (quét mã QR hoặc gửi tệp để kiểm tra).`,
    ...(replaces === null ? [] : [replaces(written)]),
    `Truy vấn: ${query.id}; tham số: ${parameters.join(', ')}.`,
    `Số dòng: ${String(written.count)}. Mã băm các dòng (SHA-256): ${written.rowsHash}.`,
    headWords(stamp),
    `Người lập bản này: ${printed(stamp.madeBy)}.`,
  ]
}

/** Under which head, in words. */
export function headWords({ head }: Stamp): string {
  if (head === null) return 'Sổ kế toán chưa có khối niêm phong nào.'
  // Vietnam is seven hours ahead all year.
  const local = new Date(Date.parse(head.sealedAt) + 7 * 3_600_000).toISOString()
  const day = formatDate(local.slice(0, 10) as LocalDate)
  const time = `${local.slice(11, 19)} ngày ${day} (giờ Việt Nam)`
  return `Lập theo khối niêm phong ${String(head.block)}, niêm phong lúc ${time}, mã đầu chuỗi ${head.head}.`
}
