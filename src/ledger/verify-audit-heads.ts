import { z } from 'zod'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { asker } from './verify-ask.ts'
import type { Ask } from './verify-ask.ts'

const FORMAT = 'an-sinh-audit-head.v1'

const HEADS = `select b.number, encode(b.head, 'hex') as head, b.total_events as "totalEvents" from audit_block b`

/** A head of the audit trail as JSON. */
export const auditHead = z.strictObject({
  format: z.literal(FORMAT),
  block: z.int().min(1),
  head: z.string().regex(/^[0-9a-f]{64}$/),
  totalEvents: z.int().min(1),
})

/** The head of a block of the audit trail as it is kept outside the database. */
export type AuditHead = Readonly<z.infer<typeof auditHead>>

interface HeadRow {
  readonly number: bigint
  readonly head: string
  readonly totalEvents: bigint
}

const asHead = ({ number, head, totalEvents }: HeadRow): AuditHead => ({
  format: FORMAT,
  block: Number(number),
  head,
  totalEvents: Number(totalEvents),
})

/** Returns the head of the last sealed block of events, ready for JSON, or null when nothing is sealed. */
export async function exportAuditHead(tx: Tx): Promise<AuditHead | null> {
  return lastAuditHead(asker(tx))
}

/** The same, for a verification. */
export async function lastAuditHead(ask: Ask): Promise<AuditHead | null> {
  const [row] = await ask<HeadRow>(`${HEADS} order by b.number desc limit 1`)
  return row === undefined ? null : asHead(row)
}

/** The stored heads of some blocks by number; blocks that are not there are left out. */
export async function auditHeadsOf(
  ask: Ask,
  blocks: readonly number[],
): Promise<ReadonlyMap<number, AuditHead>> {
  const rows = await ask<HeadRow>(`${HEADS} where b.number = any ($1::bigint[])`, blocks)
  return new Map(rows.map((row) => [Number(row.number), asHead(row)]))
}

/** Reads a head that was exported as JSON. Throws DomainError `outside-head` for anything else. */
export function parseAuditHead(text: string): AuditHead {
  try {
    return auditHead.parse(JSON.parse(text))
  } catch (error) {
    const message = `Mã đầu chuỗi nhật ký không hợp lệ / not an exported audit head: ${String(error)}`
    throw new DomainError('invalid', 'outside-head', message)
  }
}
