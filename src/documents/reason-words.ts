/** Reasons of ISO 20022 in the words of prisma/reference/failure_reasons.csv, the commonest where several share a code. */
const WORDS: Readonly<Record<string, string>> = {
  ...{ AC01: 'Sai số tài khoản', AC04: 'Tài khoản đã đóng' },
  ...{ AC06: 'Tài khoản bị khóa, phong tỏa, hạn chế', BE01: 'Tên chủ tài khoản không khớp' },
  ...{ AB05: 'Ngân hàng thụ hưởng gián đoạn, quá thời gian', AM02: 'Vượt hạn mức giao dịch' },
  ...{ RC01: 'Ngân hàng chưa hỗ trợ 247 / sai mã BIN', AM14: 'Vượt hạn mức ví' },
  ...{ AG01: 'Ví chưa liên kết tài khoản ngân hàng', AM04: 'Tài khoản chi không đủ số dư' },
  ...{ AM05: 'Trùng lệnh chi / trùng người hưởng', MD07: 'Người hưởng đã chết' },
}

/** What our channels say of a call without an answer. */
const SILENT = /^(no answer|connection refused)/

/** A reason as whoever reads a paper understands it, with its code; what has no words stands as it is, nothing as nothing. */
export function reasonWords(reason: string | null): string {
  if (reason === null) return ''
  const words = WORDS[reason]
  if (words !== undefined) return `${words} (${reason})`
  return SILENT.test(reason) ? 'Kênh không trả lời' : reason
}
