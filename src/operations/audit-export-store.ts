import type { Tx } from '../lib/db.ts'

/** A place in the order in which events were committed. */
export interface ExportPlace {
  readonly xid: string
  readonly id: string
}

/** An event as it leaves: everything that the trail holds. */
export interface ExportedEvent extends ExportPlace {
  /** With microseconds, UTC. */
  readonly at: string
  readonly act: string
  readonly actor: string
  readonly subject: string
  /** All of it as JSON, keys in the order of the columns. */
  readonly json: string
}

/** How far a collector has the events; a new one has none. */
export async function placeOf(tx: Tx, collector: string): Promise<ExportPlace> {
  await tx.$executeRaw`insert into audit_export (collector) values (${collector}) on conflict do nothing`
  const [row] = await tx.$queryRaw<ExportPlace[]>`
    select last_xid::text as xid, last_id::text as id from audit_export where collector = ${collector}`
  return row ?? { xid: '0', id: '0' }
}

/**
 * The events after a place, in the order of commits: only those below every running transaction, so that none is passed
 * over because it commits late (as the seal takes them, docs/adr/0005).
 */
export async function eventsAfter(
  tx: Tx,
  place: ExportPlace,
  limit: number,
): Promise<readonly ExportedEvent[]> {
  return tx.$queryRaw<ExportedEvent[]>`
    select e.xid::text as xid, e.id::text as id, to_char(e.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
           e.act, e.actor::text as actor, e.subject,
           json_build_object('id', e.id::text, 'recordedAt', to_char(e.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
             'actor', e.actor, 'via', e.via, 'act', e.act, 'subject', e.subject, 'communeId', e.commune_id, 'role', e.role,
             'deputyFor', e.deputy_for, 'requestId', e.request_id, 'source', e.source, 'forPerson', e.for_person,
             'authority', e.authority, 'counter', e.counter, 'detail', e.detail)::text as json
      from audit_event e
     where (e.xid, e.id) > (${place.xid}::xid8, ${place.id}::bigint) and e.xid < pg_snapshot_xmin(pg_current_snapshot())
     order by e.xid, e.id limit ${limit}`
}

/** Remembers that a collector has everything up to a place; a place behind the one that is there changes nothing. */
export async function moveTo(tx: Tx, collector: string, { xid, id }: ExportPlace): Promise<void> {
  await tx.$executeRaw`
    update audit_export set last_xid = ${xid}::xid8, last_id = ${id}::bigint, exported_at = clock_timestamp()
     where collector = ${collector} and (last_xid, last_id) < (${xid}::xid8, ${id}::bigint)`
}
