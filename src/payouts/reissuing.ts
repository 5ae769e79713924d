import type { Act } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { DUPLICATE, failureReasonOf } from './failure-reasons.ts'
import { retriesOf } from './outcomes-store.ts'
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
 * of the same entitlement with a new reference (law 3); the database refuses it while the old one is open. Throws
 * DomainError `same-account` when nothing was corrected that had to be, `duplicate-unclear` when the channel said that it
 * had the payment before, whatever the account. Returns the new references, still LISTED: another
 * person approves them.
 */
export async function prepareReissues(
  tx: Tx,
  by: Act,
  reissues: readonly Reissue[],
): Promise<readonly string[]> {
  await requireCorrected(tx, reissues)
  const rows = reissues.map(({ failed, newAccountId }) => ({
    reference: nextIssue(failed.reference),
    replaces: failed.reference,
    entitlementNumber: failed.entitlementNumber,
    listId: failed.listId,
    channel: failed.channel,
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

/** A retry is refused until the faulty datum has changed. */
async function requireCorrected(tx: Tx, reissues: readonly Reissue[]): Promise<void> {
  const twice = reissues.find(({ failed }) => failed.reason === DUPLICATE)
  if (twice !== undefined) {
    throw new DomainError(
      'conflict',
      'duplicate-unclear',
      `Lệnh ${twice.failed.reference}: kênh báo trùng lệnh, có thể đã chi; đối chiếu trước, không lập lại`,
    )
  }
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
