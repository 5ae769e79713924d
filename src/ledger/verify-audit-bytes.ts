import { hash } from 'node:crypto'
import { hashLeaf, instantOf } from './verify-bytes.ts'

/*
 * The bytes of the audit trail's seal, written down a second time and on purpose (docs/adr/0019): nothing here is shared
 * with the SQL that seals.
 */

/** A row of audit_event; values as PostgreSQL prints them, because that is what was hashed. */
export interface EventRow {
  readonly id: string
  readonly xid: string
  readonly recordedUs: string
  readonly actor: string
  readonly via: string
  readonly act: string
  readonly subject: string
  readonly communeId: string | null
  readonly role: string | null
  readonly deputyFor: string | null
  readonly requestId: string | null
  readonly source: string | null
  readonly forPerson: string | null
  readonly authority: string | null
  readonly counter: string | null
  readonly detail: string
}

/** Returns the leaf hash of an event: event.v1 of docs/adr/0019. */
export const eventLeaf = (event: EventRow): string => hashLeaf(eventText(event))

/** Returns what of an event is hashed. */
export function eventText(e: EventRow): string {
  const parts = [
    'event.v1',
    e.id,
    e.xid,
    instantOf(e.recordedUs),
    e.actor,
    field(e.via),
    field(e.act),
    field(e.subject),
    e.communeId ?? '-',
    field(e.role),
    e.deputyFor ?? '-',
    field(e.requestId),
    field(e.source),
    e.forPerson ?? '-',
    field(e.authority),
    field(e.counter),
    field(e.detail),
  ]
  return parts.join('|')
}

const field = (text: string | null): string =>
  text === null ? '-' : `${String(Buffer.byteLength(text))}:${text}`

/** Returns the head of a block: audit-head.v1 of docs/adr/0019, over what the block's row says. */
export const auditHead = (block: AuditHeadFields): string =>
  hash('sha256', `\x02${auditHeadText(block)}`)

interface AuditHeadFields {
  readonly number: bigint
  readonly eventCount: number
  readonly totalEvents: bigint
  readonly lastXid: string
  readonly lastId: string
  readonly root: string
  readonly ledgerBlock: string | null
  readonly ledgerHead: string | null
  readonly previousHead: string
}

/** The text of a head, of which auditHead is the hash. */
export function auditHeadText(block: AuditHeadFields): string {
  const { ledgerBlock, ledgerHead } = block
  const ledger = ledgerBlock === null ? '-' : `${ledgerBlock}:${ledgerHead ?? ''}`
  return (
    `audit-head.v1|${block.number}|${block.eventCount}|${block.totalEvents}|${block.lastXid}|${block.lastId}` +
    `|${block.root}|${ledger}|${block.previousHead}`
  )
}
