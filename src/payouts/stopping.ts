import type { Act } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import * as store from './stopping-store.ts'

/**
 * Asks that a payment which was sent already be stopped: a recorded request to the channel, which may come too late. It
 * changes no state and no money: status, enquiry and statement say what became of it. Asking again changes nothing;
 * returns whether the request is new. Throws DomainError `instruction-missing`; `not-sent-yet` while the payment can
 * still be held or cancelled by one act; `stop-too-late` when it is paid, returned or rejected.
 */
async function requestStop(tx: Tx, by: Act, reference: string, reason: string): Promise<boolean> {
  const found = await store.lockInstruction(tx, reference)
  if (found === undefined) {
    throw new DomainError('not-found', 'instruction-missing', `Không có lệnh chi ${reference}`)
  }
  const { state, communeId } = found
  if (['LISTED', 'APPROVED', 'QUEUED', 'HELD', 'CANCELLED'].includes(state)) {
    throw new DomainError(
      'conflict',
      'not-sent-yet',
      `Lệnh chi ${reference} chưa gửi: tạm giữ hoặc hủy lệnh thay vì yêu cầu dừng`,
    )
  }
  if (['PAID', 'RETURNED', 'REJECTED'].includes(state)) {
    throw new DomainError(
      'conflict',
      'stop-too-late',
      `Lệnh chi ${reference} đã có kết quả, không dừng được nữa`,
    )
  }
  if (!(await store.insertRequest(tx, by, { reference, communeId, reason }))) return false
  const subject = `instruction:${reference}`
  await recordActs(tx, by, [
    { act: 'instruction.request-stop', subject, communeId, detail: { reason } },
  ])
  return true
}

/** Stopping what was sent already. */
export const stopping = { request: requestStop, open: store.openRequests }
