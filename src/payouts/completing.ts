import type { Act } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { invariant } from '../lib/errors.ts'
import type { LocalDate } from '../lib/time.ts'
import * as rules from './approval-rules-store.ts'
import * as decisions from './decision-store.ts'
import { recordList } from './drawing-up.ts'
import { requireSameSet } from './list.ts'
import type { FrozenSet, StoredList } from './list.ts'
import { bookApproval } from './list-money.ts'
import * as store from './list-store.ts'
import { approveInstructions } from './payouts-store.ts'

/**
 * Approves a list whose last row was decided on: the paying unit's funds are held and what is owed is booked, for the rows
 * that stand. A list that a rule asks about waits for its second approver. Returns the list's state.
 */
export async function completeList(
  tx: Tx,
  by: Act,
  list: StoredList,
  on: LocalDate,
): Promise<'SUBMITTED' | 'APPROVED'> {
  if ((await decisions.countDecided(tx, list.id)) < list.rowCount) return 'SUBMITTED'
  if (await rules.waitsForSecond(tx, list.id)) return 'SUBMITTED'
  const standing = await approved(tx, by, list, on)
  const set = await decisions.nameRows(tx, list.id, placesOf(standing))
  await recordList(tx, by, 'list.approve', list, set)
  return 'APPROVED'
}

/**
 * The list is approved by whoever decided on its rows, who signs it and may withdraw it; a second approver only lets it
 * through. Whoever acts now books it.
 */
async function approved(tx: Tx, by: Act, list: StoredList, on: LocalDate) {
  const approver = await decisions.approverOf(tx, list.id)
  invariant(approver !== undefined, 'an approved list was decided on')
  await store.moveLists(tx, [list.id], 'APPROVED', approver)
  const standing = await decisions.standingRows(tx, list.id)
  await bookApproval(tx, by, list, standing, on)
  await approveInstructions(tx, list.id, approver)
  return standing
}

/**
 * The word of a second approver, who neither prepared the list nor decided on a row of it, where a rule asks for one: the
 * list is approved with it. `seen` is what stands. Throws DomainError: list-differs, same-person, state-transition (rows
 * are not decided on yet, or the list waits for nobody), below-floor.
 */
export async function secondApprove(
  tx: Tx,
  by: Act,
  decision: { readonly listId: string; readonly seen: FrozenSet; readonly on: LocalDate },
): Promise<'APPROVED'> {
  const list = await store.lockList(tx, decision.listId)
  const standing = await decisions.standingRows(tx, list.id)
  const stored = await decisions.nameRows(tx, list.id, placesOf(standing))
  requireSameSet(decision.seen, stored)
  await rules.insertSecond(tx, list, stored, by.actor)
  await recordList(tx, by, 'list.second-approve', list, stored)
  await approved(tx, by, list, decision.on)
  return 'APPROVED'
}

const placesOf = (rows: readonly { readonly row: number }[]) => rows.map(({ row }) => row)
