import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { access } from '../access/access.ts'
import type { Action } from '../access/access.ts'
import type { Act, PersonId } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import { actAs } from '../lib/db.ts'
import { DomainError, invariant } from '../lib/errors.ts'
import { parseParts } from './contract.ts'
import type { RawParts } from './contract.ts'
import * as store from './proposals-store.ts'
import type { ProposalRow } from './proposals-store.ts'
import { Refusal } from './problem.ts'
import type { Call, Route } from './route.ts'
import { hashOf, sha256, toWire, uuid } from './wire.ts'

/** What the first person is told: what whoever confirms must name. */
export const proposed = z.object({ proposal: uuid, contentHash: sha256 })

/** A request as it was checked and kept, to be checked again when it is carried out. */
const kept = z.object({
  parts: z.object({ params: z.unknown(), query: z.unknown(), body: z.unknown() }),
  origin: z.record(z.string(), z.unknown()),
})

const placeOf = (id: string) => ({ table: 'proposal', column: 'content', row: id })

/** Keeps an act of two as the first person asks for it. Returns its id and the hash of its content. */
export async function propose(call: Call, route: Route, raw: RawParts): Promise<unknown> {
  const { twoPeople, operation } = route
  invariant(twoPeople !== undefined, 'only an act of two is proposed')
  const { tx, by, vault } = call
  const besides = twoPeople.takes?.(call)
  if (besides) call.permit(besides.ask)
  const { communeId, summary } = await twoPeople.view(call)
  const id = randomUUID()
  const contentHash = hashOf({ operation, raw })
  const text = JSON.stringify({ parts: raw, origin: by.origin ?? {} })
  const content = vault.seal(placeOf(id), text)
  const row = { id, operation, communeId, content, contentHash, summary: toWire(summary) }
  const takes = besides?.confirm ?? null
  await store.insertProposal(tx, { ...row, proposedBy: by.actor, besides: takes })
  await recordActs(tx, by, [
    {
      act: 'proposal.make',
      subject: `proposal:${id}`,
      ...(communeId !== null && { communeId }),
      detail: { operation, contentHash },
    },
  ])
  return { proposal: id, contentHash }
}

/** What a person names who decides on a proposal. */
export interface SeenProposal {
  readonly id: string
  readonly contentHash: string
}

/**
 * Carries a proposal out on the word of a second person, who names exactly its content. Both act within what the second
 * may see. Throws DomainError `proposal-missing`, `proposal-decided`, `proposal-differs`, `same-person`; whatever the act
 * itself refuses leaves the proposal open.
 */
export async function confirmProposal(
  call: Call,
  seen: SeenProposal,
  routeOf: (operation: string) => Route | undefined,
): Promise<unknown> {
  const { row, route, second } = await openFor(call, seen, routeOf)
  const { tx, vault } = call
  const { parts, origin } = kept.parse(JSON.parse(vault.open(placeOf(row.id), row.content)))
  const parsed = parseParts(route, parts)
  const besides = route.twoPeople?.takes?.(parsed)
  if (besides) call.permit(besides.confirm)
  const asking = [route.permission, ...(besides ? [besides.ask] : [])]
  await requireStillPermitted(call, row.proposedBy, asking)
  await requireOther(call, row, { route, second })
  const first: Act = { actor: row.proposedBy, via: 'api', scope: second.scope, origin }
  await actAs(tx, first)
  const answer = await route.handle({
    ...call,
    ...parsed,
    by: first,
    ...{ confirmedBy: second.actor, endorsedBy: row.endorsedBy },
  })
  await actAs(tx, second)
  await decide(call, second, row, { state: 'CONFIRMED', reason: null })
  return { answer: toWire(answer ?? {}) }
}

/** Refuses a proposal with a reason, as whoever may confirm it. Throws as `confirmProposal` does. */
export async function refuseProposal(
  call: Call,
  refusal: SeenProposal & { readonly reason: string },
  routeOf: (operation: string) => Route | undefined,
): Promise<void> {
  const { row, second } = await openFor(call, refusal, routeOf)
  await decide(call, second, row, { state: 'REFUSED', reason: refusal.reason })
}

/** Takes one's own proposal back. Throws DomainError `proposal-missing`, `proposal-decided`, `not-theirs`. */
export async function withdrawProposal(call: Call, id: string): Promise<void> {
  const row = requireOpen(await store.lockProposal(call.tx, id))
  if (row.proposedBy !== call.by.actor) {
    throw new DomainError('forbidden', 'not-theirs', 'Chỉ người đề nghị mới rút lại được')
  }
  await decide(call, call.by, row, { state: 'WITHDRAWN', reason: null })
}

/** Whoever approved before is another person than who confirms, and may still approve. */
async function requireOther(
  call: Call,
  { endorsedBy }: ProposalRow,
  { route, second }: { readonly route: Route; readonly second: Act },
): Promise<void> {
  if (endorsedBy === null || route.twoPeople === undefined) return
  if (endorsedBy === second.actor || endorsedBy === second.origin?.deputyFor) {
    throw new DomainError('forbidden', 'same-person', 'Hai người duyệt phải là hai người khác nhau')
  }
  await requireStillPermitted(call, endorsedBy, [route.twoPeople.confirm])
}

/** Finds what is decided on, for somebody who may. Throws as `confirmProposal` does. */
export async function openFor(
  call: Call,
  seen: SeenProposal,
  routeOf: (operation: string) => Route | undefined,
): Promise<{ readonly row: ProposalRow; readonly route: Route; readonly second: Act }> {
  const row = requireOpen(await store.lockProposal(call.tx, seen.id))
  const route = routeOf(row.operation)
  invariant(route?.twoPeople !== undefined, `${row.operation} is an act of two`)
  const second = call.permit(route.twoPeople.confirm)
  if (row.contentHash !== seen.contentHash) {
    throw new DomainError(
      'conflict',
      'proposal-differs',
      'Nội dung đề nghị khác với nội dung đã xem',
    )
  }
  if (row.proposedBy === second.actor || row.proposedBy === second.origin?.deputyFor) {
    throw new DomainError('forbidden', 'same-person', 'Người đề nghị không tự xác nhận')
  }
  return { row, route, second }
}

function requireOpen(row: ProposalRow | undefined): ProposalRow {
  if (row === undefined) {
    throw new DomainError('not-found', 'proposal-missing', 'Không có đề nghị này')
  }
  if (row.state === 'OPEN') return row
  throw new DomainError('conflict', 'proposal-decided', 'Đề nghị này đã được quyết định')
}

/** Whoever asked for it or approved it must still be allowed to: a role may have ended since. */
async function requireStillPermitted(
  call: Call,
  user: PersonId,
  actions: readonly Action[],
): Promise<void> {
  const held = await access.heldOn(call.tx, user, call.today())
  if (actions.some((action) => access.permissionFor(held, action) === null)) {
    throw new Refusal(403, 'not-permitted')
  }
}

async function decide(
  { tx }: Call,
  by: Act,
  row: ProposalRow,
  decision: {
    readonly state: 'CONFIRMED' | 'REFUSED' | 'WITHDRAWN'
    readonly reason: string | null
  },
): Promise<void> {
  await store.decideProposal(tx, row.id, { ...decision, by: by.actor })
  const act = { CONFIRMED: 'confirm', REFUSED: 'refuse', WITHDRAWN: 'withdraw' }[decision.state]
  await recordActs(tx, by, [
    {
      act: `proposal.${act}`,
      subject: `proposal:${row.id}`,
      ...(row.communeId !== null && { communeId: row.communeId }),
      detail: { operation: row.operation, reason: decision.reason },
    },
  ])
}
