import type { Act } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { monthOf } from '../lib/time.ts'
import type { LocalDate } from '../lib/time.ts'
import { registry } from '../registry/registry.ts'
import { lockList } from './list-store.ts'
import { insertInstructions } from './payouts-store.ts'
import * as store from './redirecting-store.ts'
import { nextIssue } from './reference.ts'

/**
 * Gives the held payments of a list to the accounts that their receivers have on a day, where those have changed since:
 * what an instruction pays into never changes, so the held one is cancelled and a new one with the next reference, linked
 * to it, stands for the same entitlement and the same held money. The account itself changes by its own control
 * (`registry.accounts.requestChange`, two people, from a later month). Who receives does not change here: such a row is
 * stopped, and the next list carries it to the new receiver. Returns the new references, still LISTED: they are approved
 * and queued as re-issues are, by two other people. Safe to repeat.
 */
export async function redirectHeld(
  tx: Tx,
  by: Act,
  order: { readonly listId: string; readonly on: LocalDate },
): Promise<readonly string[]> {
  const { listId, on } = order
  await lockList(tx, listId)
  const held = await store.lockHeld(tx, listId)
  const now = await registry.payees.of(tx, { month: monthOf(on), on, people: held })
  const moved = held.flatMap((row) => {
    const receiver = now.get(`${row.personId}:${row.programme}`)
    const { payeeId, channel = null, paymentAccountId: accountId = null } = receiver ?? {}
    if (payeeId !== row.payeeId || channel === null || accountId === null) return []
    return accountId === row.accountId ? [] : [{ row, channel, accountId }]
  })
  if (moved.length === 0) return []
  await store.cancelReplaced(
    tx,
    moved.map(({ row }) => row.reference),
  )
  const rows = moved.map(({ row, channel, accountId: paymentAccountId }) => ({
    ...{ reference: nextIssue(row.reference), replaces: row.reference, listId },
    ...{ entitlementNumber: row.entitlementNumber, amount: row.amount, channel, paymentAccountId },
  }))
  await insertInstructions(tx, rows, by.actor)
  await recordActs(
    tx,
    by,
    moved.map(({ row: { reference, communeId } }) => ({
      act: 'instruction.redirect',
      subject: `instruction:${nextIssue(reference)}`,
      communeId,
      detail: { replaces: reference },
    })),
  )
  return rows.map(({ reference }) => reference)
}
