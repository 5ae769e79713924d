import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'

/** One thing that happened to an object. */
export interface TimelineEvent {
  readonly at: Date
  readonly act: string
  readonly actor: PersonId
  readonly via: string
  readonly role: string | null
  readonly deputyFor: PersonId | null
  readonly forPerson: PersonId | null
  readonly authority: string | null
  readonly counter: string | null
  readonly detail: unknown
}

/** The acts about one subject, in the order in which they were written; 1,000 at the most. */
export async function actsOn(tx: Tx, subject: string): Promise<readonly TimelineEvent[]> {
  return tx.$queryRaw<TimelineEvent[]>`
    select recorded_at as at, act, actor, via, role, deputy_for as "deputyFor", for_person as "forPerson", authority, counter, detail
      from audit_event where subject = ${subject} order by id limit 1000`
}

/** The acts and the changes of state of an instruction, in order of time; 1,000 of each at the most. */
export async function instructionActs(
  tx: Tx,
  reference: string,
): Promise<readonly TimelineEvent[]> {
  return tx.$queryRaw<TimelineEvent[]>`
    select * from (
      (select recorded_at as at, act, actor, via, role, deputy_for as "deputyFor", for_person as "forPerson", authority, counter, detail
         from audit_event where subject = ${`instruction:${reference}`} order by id limit 1000)
      union all
      (select recorded_at, 'instruction.' || lower(to_state), actor, via, null, null, null, null, null,
              jsonb_strip_nulls(jsonb_build_object('from', from_state, 'to', to_state, 'attempt', attempt, 'reason', reason))
         from instruction_event where reference = ${reference} order by id limit 1000)) t
     order by at`
}
