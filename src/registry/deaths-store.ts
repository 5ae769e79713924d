import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'

/** Why a row of the feed waits for somebody. */
export type DeathProblem = 'unmatched' | 'name-differs' | 'other-day' | 'born-later'

/** What is written of a reported death. */
export interface NewReport {
  readonly id: string
  readonly personId: PersonId | null
  readonly communeId: number | null
  readonly fullName: string
  readonly idNumberIndex: Buffer | null
  readonly idNumberSealed: string | null
  readonly diedOn: LocalDate
  readonly certificate: string
  readonly state: 'WORKLIST' | 'PROPOSED'
  readonly problem: DeathProblem | null
}

/** A person found by ID number, with the death that is reported of her already. */
export interface Found {
  readonly index: string
  readonly personId: PersonId
  readonly communeId: number
  readonly fullName: string
  readonly birthDate: LocalDate
  readonly reportedOn: LocalDate | null
}

/** A report that waits for a person: to be placed, or to be confirmed. */
export interface WaitingReport {
  readonly id: string
  readonly personId: PersonId | null
  readonly fullName: string
  readonly diedOn: LocalDate
  readonly certificate: string
  readonly state: 'WORKLIST' | 'PROPOSED'
  readonly problem: DeathProblem | null
}

/** A death that a second person confirmed. */
export interface ConfirmedDeath {
  readonly id: string
  readonly personId: PersonId
  readonly communeId: number
  readonly diedOn: LocalDate
  readonly certificate: string
}

/** People by the blind index of their ID number (hex), also of one that a row had which was merged into them. */
export async function peopleByIndex(tx: Tx, indexes: readonly Buffer[]): Promise<readonly Found[]> {
  return tx.$queryRaw<Found[]>`
    select encode(i.value_index, 'hex') as index, p.id as "personId", p.commune_id as "communeId", p.full_name as "fullName",
           p.birth_date::text as "birthDate", r.died_on::text as "reportedOn"
      from person_identifier i join person o on o.id = i.person_id and (i.is_current or o.merged_into is not null)
      join person p on p.id = case when o.merged_into is null then o.id else stands_for(o.id) end
      left join death_report r on r.person_id = p.id and r.state in ('PROPOSED', 'CONFIRMED')
     where i.value_index = any(${[...indexes]}::bytea[]) order by i.is_current, p.id`
}

/** Which of these ID numbers (hex of the index, with the day of death) wait in the worklist already. */
export async function waitingKeys(
  tx: Tx,
  indexes: readonly Buffer[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.$queryRaw<{ key: string }[]>`
    select encode(id_number_index, 'hex') || ' ' || died_on::text as key from death_report
     where id_number_index = any(${[...indexes]}::bytea[]) and state = 'WORKLIST'`
  return new Set(rows.map(({ key }) => key))
}

/** Enters reports, all in one statement. */
export async function insertReports(
  tx: Tx,
  rows: readonly NewReport[],
  by: PersonId,
): Promise<void> {
  await tx.$executeRaw`
    insert into death_report (id, person_id, commune_id, full_name, id_number_index, id_number_sealed, died_on,
      certificate_number, state, problem, proposed_by)
    select r.*, ${by}::uuid
      from unnest(${rows.map((r) => r.id)}::uuid[], ${rows.map((r) => r.personId)}::uuid[], ${rows.map((r) => r.communeId)}::integer[], ${rows.map((r) => r.fullName)}::text[],
        ${rows.map((r) => r.idNumberIndex)}::bytea[], ${rows.map((r) => r.idNumberSealed)}::text[], ${rows.map((r) => r.diedOn)}::date[],
        ${rows.map((r) => r.certificate)}::text[], ${rows.map((r) => r.state)}::text[], ${rows.map((r) => r.problem)}::text[]) as r`
}

/** What waits: reports that nobody could place, and proposals to be confirmed; oldest first. */
export async function waitingReports(tx: Tx, limit: number): Promise<readonly WaitingReport[]> {
  return tx.$queryRaw<WaitingReport[]>`
    select id, person_id as "personId", full_name as "fullName", died_on::text as "diedOn", certificate_number as certificate, state, problem
      from death_report where state in ('WORKLIST', 'PROPOSED') order by recorded_at, id limit ${limit}`
}

/** Places a report of the worklist with a person, on the word of whoever does so; where they live, null when there was none. */
export async function placeReport(
  tx: Tx,
  of: { readonly id: string; readonly personId: PersonId; readonly by: PersonId },
): Promise<{ readonly communeId: number } | null> {
  const [placed = null] = await tx.$queryRaw<{ communeId: number }[]>`
    update death_report r set state = 'PROPOSED', person_id = p.id, commune_id = p.commune_id, proposed_by = ${of.by}::uuid
      from person p where p.id = ${of.personId}::uuid and r.id = ${of.id}::uuid and r.state = 'WORKLIST' and r.died_on >= p.birth_date
    returning r.commune_id as "communeId"`
  return placed
}

/** Confirms proposals and marks the people dead; returns those that were proposed. */
export async function confirmReports(
  tx: Tx,
  ids: readonly string[],
  of: { readonly by: PersonId; readonly on: LocalDate },
): Promise<readonly ConfirmedDeath[]> {
  const confirmed = await tx.$queryRaw<ConfirmedDeath[]>`
    update death_report set state = 'CONFIRMED', decided_by = ${of.by}::uuid, decided_on = ${of.on}::date
     where id = any(${[...ids]}::uuid[]) and state = 'PROPOSED'
    returning id, person_id as "personId", commune_id as "communeId", died_on::text as "diedOn", certificate_number as certificate`
  await tx.$executeRaw`
    update person p set died_on = d.died_on
      from unnest(${confirmed.map((d) => d.personId)}::uuid[], ${confirmed.map((d) => d.diedOn)}::date[]) as d (id, died_on)
     where p.id = d.id`
  return confirmed
}

/** Rejects a report; its commune (null: nobody knows whose death it is), null when none waited. */
export async function rejectReport(
  tx: Tx,
  of: { readonly id: string; readonly by: PersonId; readonly on: LocalDate },
): Promise<{ readonly communeId: number | null } | null> {
  const [rejected = null] = await tx.$queryRaw<{ communeId: number | null }[]>`
    update death_report set state = 'REJECTED', decided_by = ${of.by}::uuid, decided_on = ${of.on}::date
     where id = ${of.id}::uuid and state in ('WORKLIST', 'PROPOSED')
    returning commune_id as "communeId"`
  return rejected
}

/** Ends what the dead had with the month of death (Art 8.2); what would begin later is void. Returns what ended. */
export async function endOfDead(
  tx: Tx,
  deaths: readonly ConfirmedDeath[],
  on: LocalDate,
): Promise<
  readonly { readonly id: string; readonly communeId: number; readonly personId: PersonId }[]
> {
  return tx.$queryRaw`
    update enrolment e set
           void = e.valid_from > d.last,
           valid_to = case when e.valid_from > d.last then e.valid_to else d.last end,
           stop_reason = case when e.valid_from > d.last then e.stop_reason else 'DEATH' end,
           stop_decision = d.certificate, acted_on = ${on}::date
      from (select x.person_id, x.certificate, (date_trunc('month', x.died_on) + interval '1 month - 1 day')::date as last
              from unnest(${deaths.map((d) => d.personId)}::uuid[], ${deaths.map((d) => d.certificate)}::text[],
                     ${deaths.map((d) => d.diedOn)}::date[]) as x (person_id, certificate, died_on)) as d
     where e.person_id = d.person_id and not e.void and (e.valid_to is null or e.valid_to > d.last)
    returning e.id, e.commune_id as "communeId", e.person_id as "personId"`
}
