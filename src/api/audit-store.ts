import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'

/** An event as it stands in the trail. */
export interface AuditRow {
  readonly id: bigint
  readonly recordedAt: Date
  readonly actor: PersonId
  readonly via: string
  readonly act: string
  readonly subject: string
  readonly communeId: number | null
  readonly detail: unknown
  readonly role: string | null
  readonly deputyFor: PersonId | null
  readonly requestId: string | null
  readonly source: string | null
  readonly forPerson: PersonId | null
  readonly authority: string | null
  readonly counter: string | null
}

/** Events after one (keyset) in the order in which they were written; at most `limit`. */
export async function auditAfter(
  tx: Tx,
  page: { readonly after: bigint; readonly limit: number },
): Promise<readonly AuditRow[]> {
  return tx.$queryRaw<AuditRow[]>`
    select id, recorded_at as "recordedAt", actor, via, act, subject, commune_id as "communeId", detail, role, deputy_for as "deputyFor",
           request_id as "requestId", source, for_person as "forPerson", authority, counter
      from audit_event where id > ${page.after}::bigint order by id limit ${page.limit}`
}

/** The events of one thing, in order; 1,000 at the most. */
export async function auditOf(tx: Tx, subject: string): Promise<readonly AuditRow[]> {
  return tx.$queryRaw<AuditRow[]>`
    select id, recorded_at as "recordedAt", actor, via, act, subject, commune_id as "communeId", detail, role, deputy_for as "deputyFor",
           request_id as "requestId", source, for_person as "forPerson", authority, counter
      from audit_event where subject = ${subject} order by id limit 1000`
}
