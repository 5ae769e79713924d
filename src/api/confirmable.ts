import type { Action } from '../access/access.ts'
import { actAs } from '../lib/db.ts'
import { proposalsFor } from './proposals-store.ts'
import type { ProposalRow } from './proposals-store.ts'
import type { Call, Route } from './route.ts'
import type { Asker } from './waiting-store.ts'

/** A proposal that the reader may confirm, and what their sign-in lacks for it; null: nothing. */
interface Confirmable {
  readonly row: ProposalRow
  readonly needs: string | null
}

/**
 * Proposals after an id that the reader may confirm, at most `limit` of a permission, in the order of ids: each within the
 * communes that its own permission reaches, and none that they, or whoever they stand in for, made or approved. With `now`
 * only what their sign-in is good for as it is. Afterwards the transaction sees what it saw before.
 */
export async function proposalsForMe(
  call: Call,
  routes: readonly Route[],
  page: { readonly after: string | null; readonly limit: number; readonly now: boolean },
): Promise<readonly Confirmable[]> {
  const { after, limit, now } = page
  const confirming = confirmations(routes)
  const fits = (may: { readonly needs: string | null } | null) =>
    may !== null && !(now && may.needs !== null)
  const besides = [...confirming.keys()].filter((action) => fits(call.may(action)))
  const found: Confirmable[] = []
  for (const [action, operations] of confirming) {
    const asker = await standAs(call, action, limit)
    if (asker === null || !fits(asker)) continue
    const asked = { operations, besides, users: asker.persons, after, limit }
    const rows = await proposalsFor(call.tx, asked)
    found.push(...rows.map((row) => ({ row, needs: asker.needs })))
  }
  await actAs(call.tx, call.by)
  return found.toSorted((a, b) => (a.row.id < b.row.id ? -1 : 1))
}

/** From here on the transaction sees what a permission of the reader reaches; null when they have none. */
export async function standAs(
  call: Call,
  action: Action,
  limit: number,
): Promise<(Asker & { readonly needs: string | null }) | null> {
  const may = call.may(action)
  if (may === null) return null
  await actAs(call.tx, may.by)
  const { actor, origin } = may.by
  const persons = [actor, ...(origin?.deputyFor === undefined ? [] : [origin.deputyFor])]
  return { actor, persons, limit, needs: may.needs }
}

/** The operations of two by what confirming them takes. */
function confirmations(routes: readonly Route[]): ReadonlyMap<Action, readonly string[]> {
  const found = new Map<Action, string[]>()
  for (const { operation, twoPeople } of routes) {
    if (twoPeople === undefined) continue
    found.set(twoPeople.confirm, [...(found.get(twoPeople.confirm) ?? []), operation])
  }
  return found
}
