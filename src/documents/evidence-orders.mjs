// What the verifier of an evidence pack asks of order files: Node alone, nothing shared with the program that wrote the pack.
import { createHmac } from 'node:crypto'
import { leafOf, rootOf, sha256 } from './evidence-chains.mjs'

/**
 * The payment is a line of what was digested when a file was sent, as the trail says. The file itself has names and account numbers
 * of everybody and is not in the pack; who has it gives it (`file`, else null).
 */
export function checkOrders({ orders, payment, timeline, file, check, say }) {
  for (const one of orders) {
    const { digest } = one
    if (digest === null) {
      say(`– tệp lệnh ${one.id}: không có mã băm / no digest of this order file was kept`)
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
    const digest = orders.find((one) => one.digest?.sha256 === hash)?.digest
    check(
      digest !== undefined,
      'tệp lệnh đưa vào là tệp đã gửi',
      'the file given is one that was sent',
    )
    const elements = file.toString('utf8').match(/<CdtTrfTxInf>.*?<\/CdtTrfTxInf>/gs) ?? []
    const own = elements.filter((one) => one.includes(`<EndToEndId>${payment.reference}<`))
    const keyed = (text) =>
      createHmac('sha256', Buffer.from(digest?.key ?? '', 'hex'))
        .update(text)
        .digest('hex')
    check(
      own.length === 1 && keyed(own[0]) === digest?.text.split('|').at(-1),
      'phần của khoản chi trong tệp là phần đã ghi khi gửi',
      'the part of the payment in the file is the one that was digested',
    )
  }
}
