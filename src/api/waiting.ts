import type { Action } from '../access/access.ts'
import { actAs } from '../lib/db.ts'
import { proposalsFor } from './proposals-store.ts'
import type { Call, Route } from './route.ts'
import { waitingFor } from './waiting-store.ts'
import type { Asker, WaitingKind } from './waiting-store.ts'

/** What is decided, by what permission, and as which act the audit trail has it. */
const DECISIONS: readonly {
  readonly kind: WaitingKind
  readonly action: Action
  readonly act: string
}[] = [
  { kind: 'list-approval', action: 'lists.approve', act: 'list.approve-rows' },
  { kind: 'list-second-approval', action: 'lists.second-approve', act: 'list.second-approve' },
  { kind: 'list-release', action: 'lists.release', act: 'list.release' },
  {
    kind: 'reissue-approval',
    action: 'reissues.approve',
    act: 'instruction.approve-reissue',
  },
  {
    kind: 'reissue-release',
    action: 'reissues.release',
    act: 'instruction.release-reissue',
  },
  {
    kind: 'account-change',
    action: 'receivers.confirm',
    act: 'registry.approve-account-change',
  },
  { kind: 'death', action: 'people.confirm', act: 'death.confirm' },
  { kind: 'suspension', action: 'enrolments.confirm', act: 'suspension.decide' },
  { kind: 'funeral', action: 'enrolments.confirm', act: 'funeral.decide' },
  { kind: 'merge', action: 'people.confirm', act: 'person.merge' },
]

/** One thing that waits for the reader. */
export interface Waiting {
  readonly kind: WaitingKind | 'proposal'
  readonly id: string
  readonly subject: string
  readonly communeId: number | null
  readonly madeBy: string
  /** What the sign-in lacks before they may: a fresh proof, or a higher assurance. */
  readonly needs: string | null
}

/**
 * Exactly what the reader may decide now, of every kind, each within the communes that its own permission reaches: what
 * they made, or decided before, or whoever they stand in for did, is not among it. At most `limit` of a kind.
 */
export async function waitingForMe(
  call: Call,
  routes: readonly Route[],
  limit: number,
): Promise<readonly Waiting[]> {
  const found: Waiting[] = []
  for (const { kind, action, act } of DECISIONS) {
    const asker = await standAs(call, action, limit)
    if (asker === null) continue
    const rows = await waitingFor(call.tx, kind, act, asker)
    found.push(...rows.map((row) => ({ ...row, kind, needs: asker.needs })))
  }
  const confirming = confirmations(routes)
  const besides = [...confirming.keys()].filter((action) => call.may(action) !== null)
  for (const [action, operations] of confirming) {
    const asker = await standAs(call, action, limit)
    if (asker === null) continue
    const asked = { operations, besides, users: asker.persons, after: null, limit }
    const rows = await proposalsFor(call.tx, asked)
    const { needs } = asker
    found.push(
      ...rows.map(({ id, communeId, proposedBy: madeBy }) => ({
        ...{ kind: 'proposal' as const, id, subject: `proposal:${id}` },
        ...{ communeId, madeBy, needs },
      })),
    )
  }
  await actAs(call.tx, call.by)
  return found
}

/** From here on the transaction sees what a permission of the reader reaches; null when they have none. */
async function standAs(
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
