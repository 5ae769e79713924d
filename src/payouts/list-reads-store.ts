import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { ListState } from './list.ts'

/** Count and sum (đồng) of a list's rows by one property: 'programme', 'method', 'channel', 'component', 'warning', 'decision'. */
export interface Tally {
  readonly by: string
  readonly key: string
  readonly count: number
  readonly total: bigint
}

/** A row of a list as the officer reads it. */
export interface ReadRow {
  readonly row: number
  readonly number: string
  readonly personId: PersonId
  readonly fullName: string
  readonly programme: string
  readonly component: string
  readonly period: string
  readonly categoryCode: string
  readonly amount: bigint
  readonly explanation: string
  /** Mã hồ sơ of the enrolment that the row rests on; null: not known, or no enrolment. */
  readonly dossierNumber: string | null
  /** Thôn, tổ dân phố in which they lived in the list’s commune by the end of its month; null: not known. */
  readonly village: string | null
  readonly method: 'account' | 'cash'
  readonly payeeId: PersonId
  /** Null when the payee belongs to a commune that the transaction may not see. */
  readonly payeeName: string | null
  readonly relation: string
  readonly hold: string | null
  readonly warnings: readonly string[]
  readonly decision: 'approve' | 'refuse-row' | null
  readonly state: string | null
  readonly live: boolean
}

/** An act on a list, in order. */
export interface TimelineAct {
  readonly act: string
  readonly actor: PersonId
  readonly at: Date
  readonly detail: unknown
}

/** Something that came back to the person who prepared it, with the reason. */
export interface ReturnedToMaker {
  readonly number: string
  readonly listId: string
  readonly state: ListState
  /** Places of the refused rows; null when the whole list was refused. */
  readonly rows: readonly number[] | null
  readonly total: bigint
  readonly reasonCode: string
  readonly reason: string
  readonly by: PersonId
}

/** How long a person looked at a row: until their next opening or decision on the same list. */
export interface ReviewTime {
  readonly row: number
  readonly person: PersonId
  readonly openedAt: Date
  /** Null while nothing followed. */
  readonly milliseconds: number | null
}

/** Count and sum of a list's rows by each property. A row has several warnings, or none: that tally does not add up to the list. */
export async function talliesOf(tx: Tx, listId: string): Promise<readonly Tally[]> {
  return tx.$queryRaw<Tally[]>`
    with e as (
      select e.*, (select d.decision from list_decision d where d.list_id = e.list_id and e.row = any (d.rows) order by d.id desc limit 1) as decision
        from entitlement e where e.list_id = ${listId}::uuid),
    k as (
      select amount, by, key from e cross join lateral (values ('programme', programme), ('method', method), ('channel', channel),
        ('component', component), ('decision', coalesce(decision, 'undecided'))) v (by, key) where key is not null
      union all select amount, 'warning', w from e cross join lateral unnest(warnings) w)
    select by, key, count(*)::integer as count, sum(amount)::bigint as total from k group by 1, 2 order by 1, 2`
}

/**
 * A page of rows by given name, then the whole name, in Vietnamese order: after a row of the same list, or from the first. Of
 * the whole list names alone are looked at and put in order, of the rest only the page's.
 * Every row of Article 5 has its neutral code and no point of the law, or those that must would stand out (Decree 20/2021
 * Art 8.1.b).
 */
export async function rowsByName(
  tx: Tx,
  page: {
    readonly listId: string
    readonly after: number | null
    readonly limit: number
    /** The rows alone that stand. */
    readonly live?: boolean
    /** By name when left out; the largest amount first; as the list numbers them. */
    readonly sort?: 'name' | 'amount' | 'row' | undefined
  },
): Promise<readonly ReadRow[]> {
  const { live = false, sort = 'name' } = page
  return tx.$queryRaw<ReadRow[]>`
    with k as (
      select e.row, p.full_name, case ${sort}::text when 'amount' then -e.amount else 0 end as first,
             (case ${sort}::text when 'name' then p.given_name else '' end) collate "vi-x-icu" as given,
             (case ${sort}::text when 'name' then p.full_name else '' end) collate "vi-x-icu" as whole
        from entitlement e join person p on p.id = e.person_id
       where e.list_id = ${page.listId}::uuid and (e.live or not ${live}::boolean)),
    page as materialized (
      select * from k where ${page.after}::integer is null
          or (k.first, k.given, k.whole, k.row) > (select a.first, a.given, a.whole, a.row from k a where a.row = ${page.after}::integer)
       order by k.first, k.given, k.whole, k.row limit ${page.limit})
    select e.row, e.number, e.person_id as "personId", k.full_name as "fullName", e.programme, e.component, e.month::text as period,
           coalesce((select c.neutral_code from benefit_category c where c.code = e.category_code and c.valid_from <= e.month
              order by c.valid_from desc limit 1), e.category_code) as "categoryCode",
           e.amount, regexp_replace(e.explanation, 'Điều [56][.][^ )]*', 'Điều 6.1', 'g') as explanation, e.method,
           (select n.dossier_number from enrolment n where n.id = e.enrolment_id) as "dossierNumber",
           (select r.village from person_residence r where r.person_id = e.person_id and r.commune_id = e.commune_id
               and r.period && daterange(null, (l.month + interval '1 month')::date) order by r.period desc limit 1) as village,
           e.payee_id as "payeeId", q.full_name as "payeeName", e.relation, e.hold, e.warnings, d.decision,
           (select i.state from instruction i where i.entitlement_number = e.number order by i.reference desc limit 1) as state, e.live
      from page k cross join lateral (select * from entitlement e where e.list_id = ${page.listId}::uuid and e.row = k.row offset 0) e
      join payout_list l on l.id = e.list_id left join person q on q.id = e.payee_id
      left join list_decision d on d.list_id = e.list_id and e.row = any (d.rows) and d.decision <> 'stop'
     order by k.first, k.given, k.whole, k.row`
}

/** The acts on a list in the order in which they happened. */
export async function timelineOf(tx: Tx, listId: string): Promise<readonly TimelineAct[]> {
  return tx.$queryRaw<TimelineAct[]>`
    select a.act, a.actor, a.recorded_at as at, a.detail from audit_event a join payout_list l on a.subject = 'list:' || l.number
     where l.id = ${listId}::uuid order by a.id`
}

/** What of a person's lists was refused and has no version after it, and rows of theirs that were refused; newest first. */
export async function returnedTo(tx: Tx, maker: PersonId): Promise<readonly ReturnedToMaker[]> {
  return tx.$queryRaw<ReturnedToMaker[]>`
    select * from (
      select l.number, l.id as "listId", l.state, null::integer[] as rows, l.total, l.reason_code as "reasonCode", l.reason, l.closed_by as by,
             l.month
        from payout_list l where l.prepared_by = ${maker}::uuid and l.state = 'REFUSED'
         and not exists (select 1 from payout_list n where n.commune_id = l.commune_id and n.month = l.month and n.version > l.version)
      union all
      select l.number, l.id, l.state, d.rows, d.total, d.reason_code, d.reason, d.decided_by, l.month
        from list_decision d join payout_list l on l.id = d.list_id
       where l.prepared_by = ${maker}::uuid and d.decision = 'refuse-row' and l.state in ('SUBMITTED', 'APPROVED', 'RELEASED')) r
     order by month desc, number`
}

/** How long each opened row was looked at, by the order of the same person's openings and decisions. */
export async function reviewTimes(tx: Tx, listId: string): Promise<readonly ReviewTime[]> {
  return tx.$queryRaw<ReviewTime[]>`
    select o.row, o.opened_by as person, o.opened_at as "openedAt",
           (extract(epoch from least(
              (select min(n.opened_at) from row_opening n where n.list_id = o.list_id and n.opened_by = o.opened_by and n.id > o.id),
              (select min(d.recorded_at) from list_decision d where d.list_id = o.list_id and d.decided_by = o.opened_by
                  and d.recorded_at > o.opened_at)) - o.opened_at) * 1000)::integer as milliseconds
      from row_opening o where o.list_id = ${listId}::uuid order by o.id`
}
