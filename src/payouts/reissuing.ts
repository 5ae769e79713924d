import type { Act } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { insertInstructions } from './payouts-store.ts'
import { nextIssue } from './reference.ts'
import type { Failed } from './outcomes-store.ts'

/** A failed instruction and the account that replaces the one that failed. */
export interface Reissue {
  readonly failed: Failed
  readonly newAccountId: string
}

/**
 * Prepares new instructions for entitlements whose old one was REJECTED or RETURNED, to a corrected account. Each is a
 * new instruction of the same entitlement with a new reference (law 3); the database refuses it while the old one is
 * open. Throws DomainError `same-account` when nothing was corrected. Returns the new references, still LISTED: another
 * person approves them.
 */
export async function prepareReissues(
  tx: Tx,
  by: Act,
  reissues: readonly Reissue[],
): Promise<readonly string[]> {
  const unchanged = reissues.find(({ failed, newAccountId }) => failed.accountId === newAccountId)
  if (unchanged !== undefined) {
    throw new DomainError(
      'conflict',
      'same-account',
      `Lệnh ${unchanged.failed.reference}: tài khoản sai chưa được sửa`,
    )
  }
  const rows = reissues.map(({ failed, newAccountId }) => ({
    reference: nextIssue(failed.reference),
    replaces: failed.reference,
    entitlementNumber: failed.entitlementNumber,
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
