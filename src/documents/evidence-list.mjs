// What the verifier of an evidence pack asks of the list: Node alone, nothing shared with the program that wrote the pack.
import { sha256 } from './evidence-chains.mjs'

/** That the payment is a row of its list, which three people prepared, approved and released as the trail says. */
export function checkList({ list, payment, timeline, check, say }) {
  const hashed = JSON.parse(list.rowAsHashed)
  const approval = list.decisions.find(
    ({ decision, rows: places }) => decision === 'approve' && places.includes(list.row),
  )
  // The hash of one row is that of its text; of several it takes the others, which are not this payment's: then nothing in the pack
  // binds this row to the approval, and what agrees is not called right.
  const checkRow = (holds, vi, en) => {
    if (holds && approval?.rows.length !== 1) {
      say(`– ${vi}: chưa kiểm được vì duyệt nhiều dòng / not checked, of several rows: ${en}`)
    } else check(holds, vi, en)
  }
  checkRow(
    hashed[1] === String(list.row) &&
      hashed[2] === payment.entitlement.number &&
      hashed[9] === payment.entitlement.amount &&
      payment.amount === payment.entitlement.amount,
    `dòng ${list.row} của danh sách ${list.number} là khoản này`,
    'the row of the approved list is this payment',
  )
  check(
    new Set([list.preparedBy, list.approvedBy, list.releasedBy]).size === 3,
    'ba người khác nhau lập, duyệt và giải ngân',
    'three people prepared, approved and released it',
  )
  checkRow(approval !== undefined, 'dòng này được duyệt', 'the row was approved')
  check(approval?.by !== list.preparedBy, 'không phải bởi người lập', 'not by who prepared it')
  check(
    approval?.rows.length !== 1 ||
      approval.contentHash === sha256(list.rowAsHashed).toString('hex'),
    'mã băm của dòng được duyệt một mình đúng',
    'the hash of a row approved alone is right',
  )

  check(
    approval === undefined ||
      timeline.some(
        ({ act, subject, actor, detail }) =>
          act === 'list.approve-rows' &&
          subject === `list:${list.number}` &&
          actor === approval?.by &&
          detail.contentHash === approval.contentHash &&
          detail.rowCount === approval.rows.length &&
          detail.total === approval.total,
      ),
    'nhật ký: đúng người ấy duyệt đúng các dòng ấy',
    'the trail: these rows were approved by that person',
  )

  // What people did to the list names what was submitted, approved and released: count, sum and hash. Less than all stands where rows
  // were refused or stopped in between.
  const actOn = (names, by) =>
    timeline.find(
      ({ act, subject, actor }) =>
        names.includes(act) && subject === `list:${list.number}` && by(actor),
    )?.detail
  const isWhole = (set) =>
    set?.contentHash === list.contentHash &&
    set.rowCount === list.rowCount &&
    set.total === list.total
  const submitted = actOn(['list.submit'], (actor) => actor === list.preparedBy)
  const approved = actOn(
    ['list.approve', 'list.second-approve'],
    (actor) => actor !== list.preparedBy && actor !== list.releasedBy,
  )
  const released = actOn(['list.release'], (actor) => actor === list.releasedBy)
  check(isWhole(submitted), 'nhật ký: lập đúng danh sách này', 'the trail: this list was submitted')
  for (const [set, vi, en] of [
    [approved, 'duyệt', 'approved'],
    [released, 'giải ngân', 'released'],
  ]) {
    check(
      set !== undefined && (set.rowCount < list.rowCount || isWhole(set)),
      `nhật ký: ${vi} ${set?.rowCount}/${list.rowCount} dòng của danh sách này`,
      `the trail: rows of this list were ${en}`,
    )
  }
}
