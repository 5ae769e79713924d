import { formatDate } from '../lib/time.ts'
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
}

/** A verdict in lines of Vietnamese, for whoever holds the paper; nothing of a person. */
export function verdictWords({ verdict, document, headStands, rows }: Verdict): readonly string[] {
  if (document === null) return [VERDICTS[verdict]]
  const { title, number, issuedOn, headBlock, head, replacedBy } = document
  const under =
    headBlock === null || head === null
      ? '! Lập khi sổ chưa có khối niêm phong nào'
      : `${headStands === true ? '✓' : '✗'} Lập theo khối niêm phong ${String(headBlock)}, mã đầu chuỗi ${head}: ${headStands === true ? 'sổ vẫn có khối này' : 'SỔ KHÔNG CÒN khối này'}`
  return [
    VERDICTS[verdict],
    `  ${title}, số ${number} ngày ${formatDate(issuedOn)}`,
    under,
    ...(rows === null ? [] : [ROWS[rows]]),
    ...(replacedBy === null
      ? []
      : [
          `! Đã thay thế bằng văn bản số ${replacedBy.number} ngày ${formatDate(replacedBy.issuedOn)}`,
        ]),
  ]
}
