import { formatDate } from '../lib/time.ts'
import type { LocalDate } from '../lib/time.ts'
import { printed } from './clean-text.ts'
import type { Paper, Stamp, Written } from './paper.ts'
import type { Tagged } from './pdf-engine.ts'
import { MM, paragraph } from './pdf-page.ts'
import type { Pages } from './pdf-page.ts'
import { drawQr } from './pdf-qr.ts'

/** What a doubter needs: which query, under which head, the hash of the rows; with a QR when it is issued. */
export function drawEvidence(
  pages: Pages,
  parent: Tagged,
  of: { readonly paper: Paper; readonly stamp: Stamp; readonly written: Written },
): void {
  const { issue } = of.stamp
  const side = issue === null ? 0 : 26 * MM
  pages.room(Math.max(side, 24 * MM) + 4 * MM)
  pages.y += 4 * MM
  const top = pages.y
  if (issue !== null) {
    drawQr(pages, parent, { text: issue.address(of.written.rowsHash), x: pages.left, side })
  }
  const indent = side === 0 ? 0 : side + 4 * MM
  const place = { x: pages.left + indent, width: pages.width - indent }
  pages.y = top
  for (const line of evidenceOf(of)) {
    paragraph(pages, parent, line, { font: 'regular', size: 8.5, place })
  }
  pages.y = Math.max(pages.y, top + side)
}

function evidenceOf(of: {
  readonly paper: Paper
  readonly stamp: Stamp
  readonly written: Written
}): readonly string[] {
  const { paper, stamp, written } = of
  const { query } = paper
  const parameters = Object.entries(query.parameters).map(([name, value]) => `${name}=${value}`)
  return [
    stamp.issue === null
      ? 'Bản thể hiện, chưa phát hành: không có số, không có giá trị thay cho văn bản đã phát hành.'
      : `Mã văn bản: ${stamp.issue.code} (quét mã QR hoặc gửi tệp để kiểm tra).`,
    ...[stamp.issue?.replaces ?? null].filter((line) => line !== null),
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
