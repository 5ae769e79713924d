import type { Ask } from './verify-ask.ts'
import type { AuditBlockRow } from './verify-audit-blocks.ts'
import type { EventRow } from './verify-audit-bytes.ts'

/** A block of events as a proof needs it; its leaves apart, which are many. */
export type ChainedAuditBlock = Omit<AuditBlockRow, 'leafHashes'>

const EVENTS = `select e.id::text as id, e.xid::text as xid, (extract(epoch from e.recorded_at) * 1000000)::bigint::text as "recordedUs",
  e.actor::text as actor, e.via, e.act, e.subject, e.commune_id::text as "communeId", e.role, e.deputy_for::text as "deputyFor",
  e.request_id as "requestId", e.source, e.for_person::text as "forPerson", e.authority, e.counter, e.detail::text as detail, b.number as block
  from audit_event e left join lateral (select x.number from audit_block x where (x.last_xid, x.last_id) >= (e.xid, e.id)
                                         order by x.number limit 1) b on true
 where e.subject = any ($1::text[]) order by e.id`
const CHAIN = `select b.number, b.event_count as "eventCount", b.total_events as "totalEvents", b.last_xid::text as "lastXid",
  b.last_id::text as "lastId", encode(b.root, 'hex') as root, b.ledger_block::text as "ledgerBlock",
  encode(s.head, 'hex') as "ledgerHead", encode(b.previous_head, 'hex') as "previousHead", encode(b.head, 'hex') as head
  from audit_block b left join seal_block s on s.number = b.ledger_block where b.number >= $1::bigint order by b.number`

/** What was done to some subjects, in order, each with the block that covers it; null: none does yet. */
export async function eventsOn(
  ask: Ask,
  subjects: readonly string[],
): Promise<readonly (EventRow & { readonly block: bigint | null })[]> {
  return ask(EVENTS, subjects)
}

/** The blocks from one on, in order. */
export async function auditChainFrom(
  ask: Ask,
  number: bigint,
): Promise<readonly ChainedAuditBlock[]> {
  return ask<ChainedAuditBlock>(CHAIN, number)
}

/** The leaf hashes of some blocks, by number. */
export async function auditLeavesOf(
  ask: Ask,
  numbers: readonly bigint[],
): Promise<ReadonlyMap<bigint, Buffer>> {
  const rows = await ask<{ number: bigint; leaves: Uint8Array }>(
    `select number, leaf_hashes as leaves from audit_block where number = any ($1::bigint[])`,
    numbers,
  )
  return new Map(rows.map(({ number, leaves }) => [number, Buffer.from(leaves)]))
}
