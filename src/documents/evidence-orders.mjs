// What the verifier of an evidence pack asks of order files: Node alone, nothing shared with the program that wrote the pack.
import { leafOf, rootOf, sha256 } from './evidence-chains.mjs'

/**
 * The payment is a line of what was digested when a file was sent, as the trail says. The file itself has names and account numbers
 * of everybody and is not in the pack; who has it gives it (`file`, else null).
 */
export function checkOrders({ orders, payment, timeline, file, check, say }) {
  for (const one of orders) {
    const { digest } = one
    if (digest === null) {
      say(`– tệp lệnh ${one.id}: gói không có mã băm / the pack has no digest of it`)
      continue
    }
    const [format, reference, amount] = digest.text.split('|')
    check(
      format === 'line.v1' && reference === payment.reference && amount === payment.amount,
      `tệp lệnh ${one.id}: dòng là của khoản chi này`,
      'the line is of this payment',
    )
    check(
      rootOf(leafOf(digest.text), digest) === digest.linesRoot && digest.size === one.rows,
      `tệp lệnh ${one.id}: dòng có trong tệp`,
      'the line is in the file',
    )
    const said = timeline.find(
      ({ act, subject }) =>
        act === 'order-file.digest' && subject === `order-file:${one.channel}:${one.id}`,
    )?.detail
    check(
      said?.sha256 === digest.sha256 &&
        said.linesRoot === digest.linesRoot &&
        said.lines === digest.size,
      `tệp lệnh ${one.id}: nhật ký ghi mã băm này khi gửi`,
      'the trail says these hashes',
    )
  }
  if (file !== null) {
    const hash = sha256(file).toString('hex')
    check(
      orders.some((one) => one.digest?.sha256 === hash),
      'tệp lệnh đưa vào là tệp đã gửi',
      'the file given is one that was sent',
    )
    const elements = file.toString('utf8').match(/<CdtTrfTxInf>.*?<\/CdtTrfTxInf>/gs) ?? []
    const own = elements.filter((one) => one.includes(`<EndToEndId>${payment.reference}<`))
    check(
      own.length === 1 && own[0].includes(`<InstdAmt Ccy="VND">${payment.amount}<`),
      'tệp lệnh đưa vào trả đúng số tiền theo mã lệnh chi này',
      'the file given pays this amount by this reference',
    )
  }
}
