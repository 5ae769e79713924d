import type { Act } from '../lib/act.ts'
import type { Database } from '../lib/db.ts'
import { asker, openFeed, preferIndexes } from './verify-ask.ts'
import type { Ask } from './verify-ask.ts'
import { checkAuditBlock } from './verify-audit-blocks.ts'
import type { AuditBlockRow } from './verify-audit-blocks.ts'
import { eventLeaf } from './verify-audit-bytes.ts'
import type { EventRow } from './verify-audit-bytes.ts'
import { auditHeadsOf, lastAuditHead } from './verify-audit-heads.ts'
import type { AuditHead } from './verify-audit-heads.ts'
import { collectFindings } from './verify-findings.ts'
import type { Finding, Report } from './verify-findings.ts'

export { exportAuditHead, parseAuditHead } from './verify-audit-heads.ts'
export type { AuditHead } from './verify-audit-heads.ts'

/** What the audit trail is found to be. */
export interface AuditVerification {
  readonly ok: boolean
  readonly sealedEvents: number
  /** Events that no block covers yet: a consistent change of them does not show. */
  readonly unsealedEvents: number
  readonly blocks: number
  /** The last head, to be kept outside; null when nothing is sealed. */
  readonly head: AuditHead | null
  readonly findings: readonly Finding[]
  readonly truncated: boolean
}

const BLOCKS = `select b.number, b.event_count as "eventCount", b.total_events as "totalEvents", b.last_xid::text as "lastXid",
  b.last_id::text as "lastId", b.leaf_hashes as "leafHashes", encode(b.root, 'hex') as root, b.ledger_block::text as "ledgerBlock",
  encode(s.head, 'hex') as "ledgerHead", encode(b.previous_head, 'hex') as "previousHead", encode(b.head, 'hex') as head
  from audit_block b left join seal_block s on s.number = b.ledger_block order by b.number`
/** A block of 10,000 events carries 320 kB of leaf hashes. */
const BLOCKS_PAGE = 2
const EVENTS = `select e.id::text as id, e.xid::text as xid, (extract(epoch from e.recorded_at) * 1000000)::bigint::text as "recordedUs",
  e.actor::text as actor, e.via, e.act, e.subject, e.commune_id::text as "communeId", e.role, e.deputy_for::text as "deputyFor",
  e.request_id as "requestId", e.source, e.for_person::text as "forPerson", e.authority, e.counter, e.detail::text as detail
  from audit_event e order by e.xid, e.id`

/**
 * The auditor's check of the audit trail (docs/adr/0019): reads every event of one snapshot and recomputes leaves, roots
 * and heads in this process, sharing no SQL with the seal; the ledger's heads that the blocks cover are compared too.
 * Takes a database (the report role is enough), who asks (of the whole province), and heads kept outside, without which a
 * tail that was cut off with its blocks does not show. What is wrong is returned, not thrown.
 */
export async function verifyAudit(
  db: Database,
  by: Act,
  { anchors = [] }: { readonly anchors?: readonly AuditHead[] } = {},
): Promise<AuditVerification> {
  const verify: Parameters<typeof db.transact<AuditVerification>>[1] = async (tx) => {
    await tx.$executeRaw`set transaction read only`
    const ask = asker(tx)
    const { report, result } = collectFindings()
    const walked = await walkEvents(ask, report)
    await checkAnchors(ask, anchors, report)
    const { findings, truncated } = result()
    const head = await lastAuditHead(ask)
    return { ok: findings.length === 0, ...walked, head, findings, truncated }
  }
  return db.transact(by, verify, 'RepeatableRead')
}

async function walkEvents(ask: Ask, report: Report) {
  await preferIndexes(ask, true)
  const blocks = await openFeed<AuditBlockRow>(ask, 'verify_audit_blocks', BLOCKS, BLOCKS_PAGE)
  const events = await openFeed<EventRow>(ask, 'verify_audit_events', EVENTS)
  const counts = { sealedEvents: 0, unsealedEvents: 0, blocks: 0 }
  let previous: AuditBlockRow | undefined
  for (let block = await blocks.next(); block !== undefined; block = await blocks.next()) {
    const { lastXid, lastId } = block
    const content = {
      leaves: [] as string[],
      ids: [] as string[],
      last: undefined as EventRow | undefined,
    }
    await events.drain(
      (event) => !isBehind(event, { xid: lastXid, id: lastId }),
      (event) => {
        content.leaves.push(eventLeaf(event))
        content.ids.push(event.id)
        content.last = event
      },
    )
    checkAuditBlock(block, previous, content, report)
    counts.sealedEvents += content.ids.length
    counts.blocks += 1
    previous = block
  }
  await events.drain(
    () => true,
    () => void (counts.unsealedEvents += 1),
  )
  await preferIndexes(ask, false)
  return counts
}

/** Whether an event comes after a place in the order of sealing. */
function isBehind(event: EventRow, place: { readonly xid: string; readonly id: string }): boolean {
  const [own, last] = [BigInt(event.xid), BigInt(place.xid)]
  return own > last || (own === last && BigInt(event.id) > BigInt(place.id))
}

async function checkAnchors(
  ask: Ask,
  anchors: readonly AuditHead[],
  report: Report,
): Promise<void> {
  const heads = await auditHeadsOf(
    ask,
    anchors.map(({ block }) => block),
  )
  let holds = 0
  for (const anchor of anchors.toSorted((one, other) => one.block - other.block)) {
    const { block } = anchor
    const stored = heads.get(block)
    if (stored?.head !== anchor.head || stored.totalEvents !== anchor.totalEvents) {
      const gone = stored === undefined
      report(
        'anchor',
        { block },
        `Nhật ký, khối ${block}: ${gone ? 'không còn khối này (bị cắt đuôi hoặc phục hồi bản cũ)' : 'khác mã đã lưu bên ngoài'}; đúng đến khối ${holds}`,
        `audit block ${block}: ${gone ? 'it is gone (truncated, or an older state restored)' : 'its head is not the one kept outside'}; good up to block ${holds}`,
      )
      return
    }
    holds = block
  }
}
