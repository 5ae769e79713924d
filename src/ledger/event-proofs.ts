import type { Tx } from '../lib/db.ts'
import { DomainError, invariant } from '../lib/errors.ts'
import * as store from './event-proofs-store.ts'
import { inclusionOf } from './merkle.ts'
import type { Inclusion } from './merkle.ts'
import { asker } from './verify-ask.ts'
import { auditHeadText, eventText } from './verify-audit-bytes.ts'
import type { EventRow } from './verify-audit-bytes.ts'
import { lastAuditHead } from './verify-audit-heads.ts'
import type { AuditHead } from './verify-audit-heads.ts'
import { instantOf } from './verify-bytes.ts'

const FORMAT = 'an-sinh-event-proof.v1'

/** That an event is in a sealed block of the trail: its leaf is SHA-256(00 ‖ text), the path leads to the block's root. */
interface ProvenEvent extends Inclusion {
  readonly id: string
  /** event.v1 of docs/adr/0019. */
  readonly text: string
  readonly block: number
}

/** That events stand in the audit trail whose last head is `head`, to be checked without the database. */
export interface TrailProof {
  readonly format: typeof FORMAT
  readonly events: readonly ProvenEvent[]
  /** audit-head.v1 of each block from the first that is needed to the last: each names the one before it. */
  readonly heads: readonly string[]
  readonly head: AuditHead
  /** How many events about the same came after the last head: they are not in the proof. */
  readonly unsealed: number
}

/** What somebody did, as JSON has it; the time as ISO 8601 with microseconds. */
export interface TrailAct {
  readonly id: string
  readonly at: string
  readonly actor: string
  readonly via: string
  readonly act: string
  readonly subject: string
  readonly detail: unknown
}

/**
 * What was done to some subjects ("list:…"), in order, as far as it is sealed, and that it stands in the audit trail: inclusion by
 * RFC 6962 §2.1.1, then the chain of heads up to the last one. That nothing else was done it does not prove; `verify` of the
 * whole trail does. Throws DomainError: event-unsealed (nothing about them is sealed yet), event-altered.
 */
export async function proveEvents(
  tx: Tx,
  subjects: readonly string[],
): Promise<{ readonly acts: readonly TrailAct[]; readonly proof: TrailProof }> {
  const ask = asker(tx)
  const all = await store.eventsOn(ask, subjects)
  const sealed = all.flatMap(({ block, ...event }) => (block === null ? [] : [{ event, block }]))
  const numbers = [...new Set(sealed.map(({ block }) => block))].sort((a, b) => (a < b ? -1 : 1))
  const [first] = numbers
  const head = await lastAuditHead(ask)
  if (first === undefined || head === null) {
    throw refusal('event-unsealed', 'Nhật ký chưa niêm phong: hãy niêm phong sổ rồi xuất lại')
  }
  const chain = await store.auditChainFrom(ask, first)
  const roots = new Map(chain.map(({ number, root }) => [number, root]))
  const leaves = await store.auditLeavesOf(ask, numbers)
  const events = sealed.map(({ event, block }) => {
    const [root, own] = [roots.get(block), leaves.get(block)]
    invariant(root !== undefined && own, 'a sealed event has its block')
    return provenEvent(event, block, { root, leaves: own })
  })
  const unsealed = all.length - sealed.length
  return {
    acts: sealed.map(({ event }) => actOf(event)),
    proof: { format: FORMAT, events, heads: chain.map(auditHeadText), head, unsealed },
  }
}

function provenEvent(
  event: EventRow,
  block: bigint,
  { root, leaves }: { readonly root: string; readonly leaves: Buffer },
): ProvenEvent {
  const text = eventText(event)
  const place = inclusionOf(text, leaves, root)
  if (place === null) {
    const verify = 'hãy chạy npm run verify'
    throw refusal('event-altered', `Sự kiện ${event.id} không như lúc niêm phong: ${verify}`)
  }
  return { id: event.id, text, block: Number(block), ...place }
}

const actOf = ({ id, recordedUs, actor, via, act, subject, detail }: EventRow): TrailAct => ({
  ...{ id, at: instantOf(recordedUs), actor, via, act, subject },
  detail: JSON.parse(detail) as unknown,
})

const refusal = (code: string, message: string) => new DomainError('conflict', code, message)
