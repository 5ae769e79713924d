import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { columnRows } from '../lib/column-rows.ts'
import type { Columns } from '../lib/column-rows.ts'
import { sqlArray } from '../lib/sql-array.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import type { LawEnrolment, LawPerson } from './rules-facts.ts'
import type { FuneralGround } from './rules-funeral.ts'

/** A person whom a commune's list may have to carry. */
export interface DuePerson extends LawPerson {
  readonly personId: PersonId
}

/** A version of an enrolment with the facts of the law. */
export interface DueEnrolment extends LawEnrolment {
  readonly personId: PersonId
  /** Where it stood in the month that is asked about. */
  readonly communeId: number
  /** Under which its payee is assigned. */
  readonly programme: string
  /** Entered at take-over: owed from the first month that a list of ours carried. */
  readonly takenOver: boolean
  /** The business day of the latest act on it or on its suspensions. */
  readonly actedOn: LocalDate | null
}

/** A funeral case that was decided. */
export interface DueFuneral {
  readonly id: string
  readonly personId: PersonId
  readonly communeId: number
  readonly diedOn: LocalDate
  readonly grounds: readonly FuneralGround[]
}

/** Communes as they are in a month, and the units of earlier maps that have become them: each with the one it is now. */
export async function mapOf(
  tx: Tx,
  communes: readonly number[],
  month: Month,
): Promise<ReadonlyMap<number, number>> {
  const rows = await tx.$queryRaw<{ id: number; now: number }[]>`
    with recursive place (id, now) as (
      select c, c from unnest(${[...communes]}::integer[]) as c
      union select s.old_commune_id, place.now from place join commune_succession s on s.new_commune_id = place.id
       where s.effective_on <= ${month}::date)
    select id, now from place order by id, now`
  return new Map(rows.map(({ id, now }) => [id, now]))
}

/**
 * People of some communes, as they stood in the month, with an enrolment that was open since `since` or acted on since, or with a decided funeral
 * case; in the order of their ids, at most `limit` after `after`.
 */
export async function peopleOf(
  tx: Tx,
  of: {
    readonly communes: readonly number[]
    readonly month: Month
    readonly since: Month
    readonly after: PersonId | null
    readonly limit: number
  },
): Promise<readonly DuePerson[]> {
  return columnRows(tx.$queryRaw<{ columns: Columns<DuePerson> }[]>`
    select json_build_object('personId', json_agg("personId"), 'birthDate', json_agg("birthDate"), 'diedOn', json_agg("diedOn")) as columns from (
    select p.id as "personId", p.birth_date as "birthDate", p.died_on as "diedOn" from (
       (select distinct e.person_id from enrolment e
         where e.commune_id = any(${[...of.communes]}::integer[]) and not e.void and e.valid_from <= ${of.month}::date
           and (e.valid_to is null or e.valid_to >= ${of.since}::date or e.acted_on >= ${of.since}::date)
           and (${of.after}::uuid is null or e.person_id > ${of.after}::uuid)
         order by 1 limit ${of.limit})
       union
       (select distinct e.person_id from enrolment_place h join enrolment e on e.id = h.enrolment_id
         where h.commune_id = any(${[...of.communes]}::integer[]) and h.until >= ${of.month}::date
           and not e.void and e.valid_from <= ${of.month}::date
           and (${of.after}::uuid is null or e.person_id > ${of.after}::uuid)
         order by 1 limit ${of.limit})
       union
       (select f.person_id from funeral_case f
         where f.commune_id = any(${[...of.communes]}::integer[]) and f.state = 'DECIDED' and f.decision_date < ${of.month}::date + interval '1 month'
           and (${of.after}::uuid is null or f.person_id > ${of.after}::uuid)
         order by 1 limit ${of.limit})
       order by 1 limit ${of.limit}) as asked
      cross join lateral (select * from person x where x.id = asked.person_id offset 0) p
     order by p.id) f`)
}

/** Some people with what the law asks about them, in the order of their ids. */
export async function peopleById(
  tx: Tx,
  people: readonly PersonId[],
): Promise<readonly DuePerson[]> {
  return tx.$queryRaw<DuePerson[]>`
    select id as "personId", birth_date::text as "birthDate", died_on::text as "diedOn" from person
     where id = any(${sqlArray(people)}::uuid[]) order by id`
}

/** Rows merged into some people, in whatever commune, with whom they stand for; null: one of the people was merged itself. */
export async function mergedRows(
  tx: Tx,
  people: readonly PersonId[],
): Promise<readonly { readonly id: PersonId; readonly standsFor: PersonId | null }[]> {
  return tx.$queryRaw<{ id: PersonId; standsFor: PersonId | null }[]>`
    select id, stands_for as "standsFor" from merged_rows(${sqlArray(people)}::uuid[])`
}

/** All versions of the enrolments of some people that begin by a month, wherever; in the order of person and id. */
export async function enrolmentsOf(
  tx: Tx,
  people: readonly PersonId[],
  month: Month,
): Promise<readonly DueEnrolment[]> {
  const asked = sqlArray(people)
  return columnRows(tx.$queryRaw<{ columns: Columns<DueEnrolment> }[]>`
    select json_build_object('id', json_agg(id), 'personId', json_agg("personId"), 'programme', json_agg(programme),
           'head', json_agg(head), 'communeId', json_agg("communeId"), 'takenOver', json_agg("takenOver"),
           'start', json_agg(start), 'last', json_agg(last), 'studyingUntil', json_agg("studyingUntil"),
           'pregnantUntil', json_agg("pregnantUntil"), 'poor', json_agg(poor), 'actedOn', json_agg("actedOn"),
           'suspensions', json_agg(suspensions), 'children', json_agg(children), 'spouseHas', json_agg("spouseHas")) as columns from (
    select e.id, e.person_id as "personId", e.programme, e.head,
           case when ${month}::date < (select max(effective_on) from commune_succession) then coalesce(
             (select h.commune_id from enrolment_place h where h.enrolment_id = e.id and h.until >= ${month}::date order by h.until limit 1),
             e.commune_id) else e.commune_id end as "communeId", e.taken_over as "takenOver",
           to_char(e.valid_from, 'YYYY-MM-01') as start, to_char(e.valid_to, 'YYYY-MM-01') as last,
           e.studying_until as "studyingUntil", e.pregnant_until as "pregnantUntil", e.poor,
           greatest(e.acted_on, s.acted_on) as "actedOn", coalesce(s.months, '[]') as suspensions,
           case when e.head in ('DTN_CON', 'CS_NKT_MT') then (
             select coalesce(json_agg(json_build_object('birthDate', c.birth_date, 'studyingUntil', c.studying_until) order by c.number), '[]')
               from enrolment_child c where c.enrolment_id = e.id) else '[]' end as children,
           case when e.head = 'CS_NKT_MT' and e.spouse_id is not null then (
             select json_build_object('from', to_char(o.valid_from, 'YYYY-MM-01'), 'to', to_char(o.valid_to, 'YYYY-MM-01'))
               from enrolment o
              where o.person_id = e.spouse_id and o.head = e.head and not o.void
                and (o.valid_from, o.person_id) < (e.valid_from, e.person_id) order by o.valid_from desc limit 1) end as "spouseHas"
      from enrolment e
      left join (
        select x.person_id, x.head, max(x.acted_on) as acted_on, json_agg(json_build_object('from', x.from_month, 'to', x.to_month,
                 'withArrears', coalesce(x.with_arrears, false))) as months
          from suspension x where x.person_id = any(${asked}::uuid[]) and x.state in ('DECIDED', 'RESUMED') group by 1, 2) s
        on s.person_id = e.person_id and s.head = e.head
     where e.person_id = any(${asked}::uuid[]) and not e.void and e.valid_from <= ${month}::date
     order by e.person_id, e.id) f`)
}

/** The funeral cases of some people that were decided by the end of a month. */
export async function funeralsOf(
  tx: Tx,
  communes: readonly number[],
  people: readonly PersonId[],
  month: Month,
): Promise<readonly DueFuneral[]> {
  return tx.$queryRaw<DueFuneral[]>`
    select id, person_id as "personId", commune_id as "communeId", died_on::text as "diedOn", grounds from funeral_case
     where person_id = any(${sqlArray(people)}::uuid[]) and commune_id = any(${[...communes]}::integer[])
       and state = 'DECIDED' and decision_date < ${month}::date + interval '1 month'`
}

/** Who organises funerals, by funeral case: its support is paid to them, in cash (Art 11). */
export async function organisersOf(
  tx: Tx,
  ids: readonly string[],
): Promise<ReadonlyMap<string, PersonId>> {
  const rows = await tx.$queryRaw<{ id: string; organiserId: PersonId }[]>`
    select id, organiser_id as "organiserId" from funeral_case where id = any(${[...ids]}::uuid[])`
  return new Map(rows.map(({ id, organiserId }) => [id, organiserId]))
}
