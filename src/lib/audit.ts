import type { Act } from './act.ts'
import type { Tx } from './db.ts'

/** What one person did to one thing; `detail` holds no personal data in clear. */
export interface AuditEvent {
  readonly act: string
  readonly subject: string
  readonly communeId?: number | undefined
  readonly detail?: Readonly<Record<string, unknown>>
}

/**
 * Writes audit events in the caller's transaction, so that an act and its trace stand or fall together
 * (docs/architecture.md, law 7). Takes any number; writes them in one statement.
 */
export async function recordActs(tx: Tx, by: Act, events: readonly AuditEvent[]): Promise<void> {
  if (events.length === 0) return
  const paper = by.origin?.document
  const said = paper === undefined ? {} : { authorityDocument: paper }
  await tx.$executeRaw`
    insert into audit_event (actor, via, act, subject, commune_id, detail)
    select ${by.actor}::uuid, ${by.via}, e.act, e.subject, e.commune_id, e.detail::jsonb
      from unnest(${events.map((e) => e.act)}::text[], ${events.map((e) => e.subject)}::text[],
                  ${events.map((e) => e.communeId ?? null)}::integer[],
                  ${events.map((e) => JSON.stringify({ ...e.detail, ...said }))}::text[]) as e (act, subject, commune_id, detail)`
}
