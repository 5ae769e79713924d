import type { Action } from '../access/access.ts'
import { proposalsForMe, standAs } from './confirmable.ts'
import type { Call, Route } from './route.ts'
import { waitingFor } from './waiting-store.ts'
import type { WaitingKind } from './waiting-store.ts'

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
  const proposals = await proposalsForMe(call, routes, { after: null, limit, now: false })
  found.push(
    ...proposals.map(({ row: { id, communeId, proposedBy: madeBy }, needs }) => ({
      ...{ kind: 'proposal' as const, id, subject: `proposal:${id}` },
      ...{ communeId, madeBy, needs },
    })),
  )
  return found
}
