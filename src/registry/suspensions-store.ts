import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import type { Decision } from './enrolments-store.ts'

/** One head of a person, and where she has it. */
interface OpenHead {
  readonly personId: PersonId
  readonly head: string
  readonly communeId: number
}

/** A suspension to be proposed. */
export interface SuspensionRow extends OpenHead {
  readonly id: string
  readonly from: Month
  readonly reason: string
  readonly on: LocalDate
}

/** What some people have open in a month and nobody has proposed to suspend. */
export async function openHeads(
  tx: Tx,
  people: readonly PersonId[],
  month: Month,
): Promise<readonly OpenHead[]> {
  return tx.$queryRaw<OpenHead[]>`
    select e.person_id as "personId", e.head, e.commune_id as "communeId" from enrolment e
     where e.person_id = any(${[...people]}::uuid[]) and not e.void and e.valid_from <= ${month}::date
       and (e.valid_to is null or e.valid_to >= ${month}::date)
       and not exists (select 1 from suspension s
             where s.person_id = e.person_id and s.head = e.head and s.state in ('PROPOSED', 'DECIDED'))
     order by e.person_id, e.head`
}

/** What a person has in a month. */
export async function headsOf(
  tx: Tx,
  personId: PersonId,
  month: Month,
): Promise<readonly OpenHead[]> {
  return tx.$queryRaw<OpenHead[]>`
    select person_id as "personId", head, commune_id as "communeId" from enrolment
     where person_id = ${personId}::uuid and not void and valid_from <= ${month}::date
       and (valid_to is null or valid_to >= ${month}::date)`
}

/** Enters proposals by one person. */
export async function insertSuspensions(
  tx: Tx,
  rows: readonly SuspensionRow[],
  proposedBy: PersonId,
): Promise<void> {
  await tx.$executeRaw`
    insert into suspension (id, person_id, head, commune_id, reason, from_month, acted_on, proposed_by)
    select s.*, ${proposedBy}::uuid
      from unnest(${rows.map((r) => r.id)}::uuid[], ${rows.map((r) => r.personId)}::uuid[], ${rows.map((r) => r.head)}::text[],
        ${rows.map((r) => r.communeId)}::integer[], ${rows.map((r) => r.reason)}::text[], ${rows.map((r) => r.from)}::date[],
        ${rows.map((r) => r.on)}::date[]) as s`
}

/** Decides or rejects a proposal; undefined when there is none. */
export async function decide(
  tx: Tx,
  of: {
    readonly id: string
    readonly state: 'DECIDED' | 'REJECTED'
    readonly actor: PersonId
    readonly decision: Decision | null
    readonly on: LocalDate
  },
): Promise<{ readonly communeId: number } | undefined> {
  const [row] = await tx.$queryRaw<{ communeId: number }[]>`
    update suspension set state = ${of.state}, decided_by = ${of.actor}::uuid, decision_number = ${of.decision?.number ?? null},
           decision_date = ${of.decision?.date ?? null}::date, acted_on = ${of.on}::date
     where id = ${of.id}::uuid and state = 'PROPOSED' returning commune_id as "communeId"`
  return row
}

/** Ends a suspension with a month; undefined when it is not in force. */
export async function endSuspension(
  tx: Tx,
  of: {
    readonly id: string
    readonly last: Month
    readonly withArrears: boolean
    readonly actor: PersonId
    readonly decision: Decision
    readonly on: LocalDate
  },
): Promise<{ readonly communeId: number } | undefined> {
  const [row] = await tx.$queryRaw<{ communeId: number }[]>`
    update suspension set state = 'RESUMED', to_month = ${of.last}::date, with_arrears = ${of.withArrears},
           resumed_by = ${of.actor}::uuid, resume_decision = ${of.decision.number}, acted_on = ${of.on}::date
     where id = ${of.id}::uuid and state = 'DECIDED' returning commune_id as "communeId"`
  return row
}
