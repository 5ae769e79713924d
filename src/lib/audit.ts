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
 * The commune under which an event without a place of its own stands: an officer of communes writes no event of the
 * province, so it stands with the first of theirs. Undefined: the province.
 */
export const homeOf = ({ scope }: Act): number | undefined =>
  scope === 'province' ? undefined : scope.communes[0]

/**
 * One event for each commune that something is about, for officers of communes write nothing of the province; one without
 * a commune for who sees the province.
 */
export function inCommunes(
  { scope }: Act,
  communes: readonly number[],
  event: Omit<AuditEvent, 'communeId'>,
): readonly AuditEvent[] {
  if (scope !== 'province') return communes.map((communeId) => ({ ...event, communeId }))
  return [communes.length === 1 ? { ...event, communeId: communes[0] } : event]
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
