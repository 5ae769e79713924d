import type { Act } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { ChannelName } from './channels/channel.ts'
import { DECEASED, DUPLICATE, failureReasonOf } from './failure-reasons.ts'
import { channelsOf, retriesOf } from './outcomes-store.ts'
import type { Failed } from './outcomes-store.ts'
import { insertInstructions } from './payouts-store.ts'
import { nextIssue } from './reference.ts'

/** A failed instruction and the account that replaces the one that failed. */
export interface Reissue {
  readonly failed: Failed
  readonly newAccountId: string
}

/** What failure_reasons.csv says of a reason that passes by itself: the same account may be tried again. */
const PASSES = new Set(['yes', 'yes_after_inquiry', 'yes_after_funding'])

/**
 * Prepares new instructions for entitlements whose old one was REJECTED or RETURNED, to a corrected account; to the same
 * one only after a reason that was not the account's and passes (failure_reasons.csv, `retry`). Each is a new instruction
 * of the same entitlement with a new reference (law 3), by the rail of its account; the database refuses it while the old one
 * is open, and an account that is not the receiver's. Throws DomainError `same-account` when nothing was corrected that had
 * to be; whatever the account `duplicate-unclear` when the channel said that it had the payment before, and
 * `receiver-deceased` when it said that the receiver is dead; `account-missing`, `account-not-receivers`, `still-open`. Returns
 * the new references, still LISTED: another person approves them.
 */
export async function prepareReissues(
  tx: Tx,
  by: Act,
  reissues: readonly Reissue[],
): Promise<readonly string[]> {
  await requireCorrected(tx, reissues)
  const channels = await channelsOf(
    tx,
    reissues.map(({ newAccountId }) => newAccountId),
  )
  const rows = reissues.map(({ failed, newAccountId }) => ({
    reference: nextIssue(failed.reference),
    replaces: failed.reference,
    entitlementNumber: failed.entitlementNumber,
    listId: failed.listId,
    channel: railOf(channels, newAccountId),
    paymentAccountId: newAccountId,
    amount: failed.amount,
  }))
  await insertInstructions(tx, rows, by.actor)
  await recordActs(
    tx,
    by,
    reissues.map(({ failed }) => ({
      act: 'instruction.reissue',
      subject: `instruction:${nextIssue(failed.reference)}`,
      communeId: failed.communeId,
      detail: { replaces: failed.reference, reason: failed.reason },
    })),
  )
  return rows.map(({ reference }) => reference)
}

function railOf(channels: ReadonlyMap<string, ChannelName>, accountId: string): ChannelName {
  const channel = channels.get(accountId)
  if (channel !== undefined) return channel
  throw new DomainError('not-found', 'account-missing', 'Không có tài khoản này')
}

/** What no account mends: the faulty datum is another. */
function requireMendable(reissues: readonly Reissue[]): void {
  const twice = reissues.find(({ failed }) => failed.reason === DUPLICATE)
  if (twice !== undefined) {
    throw new DomainError(
      'conflict',
      'duplicate-unclear',
      `Lệnh ${twice.failed.reference}: kênh báo trùng lệnh, có thể đã chi; đối chiếu trước, không lập lại`,
    )
  }
  const dead = reissues.find(({ failed }) => failed.reason === DECEASED)
  if (dead !== undefined) {
    throw new DomainError(
      'conflict',
      'receiver-deceased',
      `Lệnh ${dead.failed.reference}: kênh báo người nhận đã chết; xác minh, dừng dòng này, không lập lại`,
    )
  }
}

/** A retry is refused until the faulty datum has changed. */
async function requireCorrected(tx: Tx, reissues: readonly Reissue[]): Promise<void> {
  requireMendable(reissues)
  const same = reissues.filter(({ failed, newAccountId }) => failed.accountId === newAccountId)
  if (same.length === 0) return
  const codes = same.map(({ failed: { channel, reason } }) =>
    failureReasonOf(channel, reason ?? ''),
  )
  const retries = await retriesOf(
    tx,
    codes.filter((code) => code !== null),
  )
  const unchanged = same.find((_, at) => !PASSES.has(retries.get(codes[at] ?? '') ?? 'no'))
  if (unchanged === undefined) return
  throw new DomainError(
    'conflict',
    'same-account',
    `Lệnh ${unchanged.failed.reference}: tài khoản sai chưa được sửa`,
  )
}
