import type { Act } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'
import * as store from './carrying-store.ts'
import type { StandingRow } from './decision-store.ts'
import { holdsAt } from './holds.ts'
import { requireSameSet } from './list.ts'
import type { FrozenSet } from './list.ts'
import { bookCarried } from './list-money.ts'
import { lockList, lockLists } from './list-store.ts'

/** What a list takes over of earlier months, as it is decided on. */
export interface LeftUnpaid extends FrozenSet {
  /** Unpaid rows that must wait, and why, by entitlement: they stay carried. */
  readonly held: ReadonlyMap<string, string>
}

/**
 * What earlier months of a list's commune left unpaid in cash and that the list may take over on a day: the set to name in
 * `carry`. Whoever has an account by now is still paid in cash for those months.
 */
export async function toCarry(
  tx: Tx,
  of: { readonly listId: string; readonly on: LocalDate },
): Promise<LeftUnpaid> {
  const { held, numbers } = await askedAgain(tx, of)
  return { ...(await store.nameEntitlements(tx, numbers)), held }
}

/**
 * Offers again what earlier months left unpaid in cash, on a further cash list of a released list (Decree 20/2021 Art 34):
 * owed again, and its money held under that list. On the word of somebody who could release the list. Every row is asked
 * again whether it must wait: a dead person's money is not taken over. `seen` is the set of `toCarry`; doing it again
 * changes nothing. Returns the id of the cash list, null when there is nothing to take over. Throws DomainError:
 * list-missing, list-differs, same-person, state-transition, `below-floor` with what is missing.
 */
export async function carry(
  tx: Tx,
  by: Act,
  order: { readonly listId: string; readonly seen: FrozenSet; readonly on: LocalDate },
): Promise<string | null> {
  const { seen, on } = order
  // Lists of earlier months too: holds and other months' lists wait, and what they took is seen below.
  await lockLists(tx, [order.listId, ...(await store.listsLeftUnpaid(tx, order.listId))])
  const list = await lockList(tx, order.listId)
  const before = await store.carriedList(tx, list.id, seen)
  if (before !== undefined) return before
  const { rows, held, numbers } = await askedAgain(tx, { listId: list.id, on })
  const stored = await store.nameEntitlements(tx, numbers)
  requireSameSet(seen, stored)
  if (numbers.length === 0) return null
  const id = await store.insertCarried(tx, list, numbers, by.actor)
  await bookCarried(tx, by, list, { reference: id, rows, on })
  const { communeId } = list
  const { rowCount, contentHash, total } = stored
  const detail = {
    ...{ list: list.number, rows: rowCount, total: total.toString(), contentHash },
    held: held.size,
  }
  await recordActs(tx, by, [{ act: 'cash.carry', subject: `cash-list:${id}`, communeId, detail }])
  return id
}

async function askedAgain(
  tx: Tx,
  of: { readonly listId: string; readonly on: LocalDate },
): Promise<{
  readonly rows: readonly StandingRow[]
  readonly numbers: readonly string[]
  readonly held: ReadonlyMap<string, string>
}> {
  const left = await store.leftUnpaid(tx, of.listId)
  const questions = left.map(({ entitlement: key, ...row }) => ({ key, ...row }))
  const held = await holdsAt(tx, questions, of.on)
  const rows = left.filter(({ entitlement }) => !held.has(entitlement))
  return { rows, held, numbers: rows.map(({ entitlement }) => entitlement) }
}
