import { formatDate } from '../lib/time.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Verdict } from './verifying.ts'

const VERDICTS: Readonly<Record<Verdict['verdict'], string>> = {
  genuine: '✓ Đúng là văn bản đã phát hành, không bị sửa',
  added:
    '! Bản đã phát hành nằm nguyên vẹn trong tệp, nhưng có phần thêm vào sau đó (chữ ký của cán bộ, hoặc nội dung khác): hãy kiểm tra các chữ ký',
  altered: '✗ ĐÃ BỊ SỬA: có văn bản mang mã này, nhưng nội dung đưa ra khác với bản đã phát hành',
  unknown: '✗ Không có văn bản nào như vậy được phát hành từ hệ thống này',
}

const ROWS: Readonly<Record<NonNullable<Verdict['rows']>, string>> = {
  stand: '✓ Các dòng của văn bản vẫn đúng với sổ hiện nay',
  changed: '! Các dòng nay đã khác: hãy lấy văn bản mới',
  unreadable: '! Các dòng nay không còn đọc lại được',
  unread: '- Chưa đọc lại các dòng: kiểm tra này không dùng cơ sở dữ liệu',
}

/** A verdict in lines of Vietnamese, for whoever holds the paper; nothing of a person. */
export function verdictWords(verdict: Verdict): readonly string[] {
  const { document, rows, until } = verdict
  const words = [VERDICTS[verdict.verdict]]
  if (document !== null) {
    words.push(`  ${document.title}, số ${document.number} ngày ${formatDate(document.issuedOn)}`)
    words.push(headWordsOf(document, verdict))
    if (!document.signed) words.push('! Văn bản phát hành không có chữ ký số của hệ thống')
  }
  if (rows !== null) words.push(ROWS[rows])
  const next = document?.replacedBy ?? null
  if (next !== null) {
    words.push(`! Đã thay thế bằng văn bản số ${next.number} ngày ${formatDate(next.issuedOn)}`)
  }
  if (until !== null) words.push(untilWords(until))
  return words
}

type Document = NonNullable<Verdict['document']>

function headWordsOf({ headBlock, head }: Document, { headStands, until }: Verdict): string {
  if (headBlock === null || head === null) return '! Lập khi sổ chưa có khối niêm phong nào'
  const under = `Lập theo khối niêm phong ${String(headBlock)}, mã đầu chuỗi ${head}`
  if (until !== null) {
    return headStands === true
      ? `✓ ${under}: có trong chuỗi dẫn đến mã đã giữ`
      : `✗ ${under}: KHÔNG CÓ trong chuỗi dẫn đến mã đã giữ`
  }
  return headStands === true
    ? `✓ ${under}: sổ vẫn có khối này`
    : `✗ ${under}: SỔ KHÔNG CÒN khối này`
}

function untilWords({ block, sealedAt }: NonNullable<Verdict['until']>): string {
  const day = formatDate(sealedAt.slice(0, 10) as LocalDate)
  return `- Theo sổ văn bản tính đến khối ${String(block)}, niêm phong ngày ${day} (giờ quốc tế): văn bản phát hành sau đó chưa có trong sổ này`
}
