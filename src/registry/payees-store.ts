import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { columnRows } from '../lib/column-rows.ts'
import type { Columns } from '../lib/column-rows.ts'
import { sqlArray } from '../lib/sql-array.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import type { PayeeRelation, PayeeSettings } from './payee-rules.ts'

/** A person and a programme whose payee is asked for. */
export interface Asked {
  readonly personId: PersonId
  readonly programme: string
}

/** A payee's papers and circumstances. Dates are days; `until` is the day after the last. */
interface RepresentationColumns {
  readonly kind: Exclude<PayeeRelation, 'self'> | null
  readonly from: LocalDate | null
  readonly until: LocalDate | null
  readonly revokedOn: LocalDate | null
}

/** The payee in force for a person and programme, with all that holds and warnings are drawn from. */
export interface PayeeFacts extends RepresentationColumns {
  readonly at: number
  readonly bornOn: LocalDate | null
  readonly diedOn: LocalDate | null
  readonly payeeId: PersonId | null
  readonly payeeDiedOn: LocalDate | null
  readonly representationId: string | null
  readonly method: 'account' | 'cash' | null
  readonly accountId: string | null
  readonly accountKind: 'bank' | 'wallet' | null
  /** The names of the account's holder and of whose account it is, where they are not written the same. */
  readonly holderName: string | null
  readonly ownerName: string | null
  readonly everPaid: boolean
  /** What the channel answered last of the account's holder; null: it was never asked. */
  readonly verdict: string | null
  /** How many unrelated people receive through the account's number; null: nobody else. */
  readonly sharing: number | null
  /** How many people the payee represents; null: nobody. */
  readonly wards: number | null
  readonly beforePayee: PersonId | null
  readonly beforeAccount: string | null
}

/**
 * The last assignment that touches a month for each that is asked, by `at`, its place in the question: a few look-ups by
 * key each (`offset 0` keeps the planner from reading everybody instead), in one statement. Facts are those of `day`. People
 * without an assignment have nulls; what was assigned before is told only where nothing was paid into the account yet.
 */
export async function payeeFacts(
  tx: Tx,
  of: { readonly month: Month; readonly day: LocalDate; readonly people: readonly Asked[] },
): Promise<readonly PayeeFacts[]> {
  return columnRows(tx.$queryRaw<{ columns: Columns<PayeeFacts> }[]>`
    with facts as materialized (
    select q.at::integer as at, q.person_id, w.birth_date, y.payee_id, y.representation_id, y.method,
           y.payment_account_id as account_id, a.kind as account_kind, a.holder_name,
           case when a.person_id = q.person_id then w.full_name else (
             select o.full_name from person o where o.id = a.person_id) end as owner_name,
           a.first_paid_at is not null as ever_paid, r.kind, lower(r.validity) as valid_from, upper(r.validity) as valid_until,
           r.revoked_on, b.payee_id as before_payee, b.payment_account_id as before_account
      from unnest(${sqlArray(of.people.map((p) => p.personId))}::uuid[], ${sqlArray(of.people.map((p) => p.programme))}::text[])
             with ordinality as q (person_id, programme, at)
      left join lateral (select p.birth_date, p.full_name from person p where p.id = q.person_id offset 0) w on true
      left join lateral (select * from payee y where y.person_id = q.person_id and y.programme = q.programme
             and y.period && daterange(${of.month}::date, (${of.month}::date + interval '1 month')::date)
           order by y.since desc, y.recorded_at desc limit 1) y on true
      left join representation r on r.id = y.representation_id
      left join payment_account a on a.id = y.payment_account_id
      left join lateral (select p.payee_id, p.payment_account_id from payee p
             where a.first_paid_at is null and p.person_id = q.person_id and p.programme = q.programme and p.id <> y.id
               and p.since <= y.since
           order by p.since desc, p.recorded_at desc limit 1) b on true
     order by q.at),
    died as (select * from death_days(array(select person_id from facts union select payee_id from facts))),
    through as (select array_agg(account_id) as accounts, array_agg(payee_id) as payees from facts where account_id is not null),
    shared as (select s.* from through cross join lateral sharing_payees(accounts, payees, ${of.day}::date) s),
    ward as (select * from wards_of(array(select payee_id from facts where kind is not null), ${of.day}::date)),
    answer as (
      select distinct on (payment_account_id) payment_account_id as account_id, verdict from account_verification
       where payment_account_id = any ((select accounts from through)::uuid[]) order by payment_account_id, asked_at desc)
    select json_build_object('at', json_agg(f.at), 'bornOn', json_agg(f.birth_date), 'diedOn', json_agg(d.died_on),
           'payeeId', json_agg(f.payee_id), 'payeeDiedOn', json_agg(g.died_on), 'representationId', json_agg(f.representation_id),
           'method', json_agg(f.method), 'accountId', json_agg(f.account_id), 'accountKind', json_agg(f.account_kind),
           'holderName', json_agg(case when f.holder_name <> f.owner_name then f.holder_name end),
           'ownerName', json_agg(case when f.holder_name <> f.owner_name then f.owner_name end),
           'everPaid', json_agg(f.ever_paid), 'verdict', json_agg(v.verdict), 'sharing', json_agg(s.sharing), 'wards', json_agg(w.wards),
           'kind', json_agg(f.kind), 'from', json_agg(f.valid_from), 'until', json_agg(f.valid_until),
           'revokedOn', json_agg(f.revoked_on), 'beforePayee', json_agg(f.before_payee),
           'beforeAccount', json_agg(f.before_account)) as columns
      from facts f left join died d on d.id = f.person_id left join died g on g.id = f.payee_id
      left join shared s on s.account = f.account_id and s.payee = f.payee_id
      left join ward w on w.representative = f.payee_id
      left join answer v on v.account_id = f.account_id`)
}

/** A row of a list whose payee is to be looked at again. */
export interface HeldRow {
  readonly key: string
  readonly personId: PersonId
  /** Its account is changed under the enrolment's programme, also when another took the benefit over. */
  readonly enrolmentId: string
  readonly programme: string
  readonly payeeId: PersonId
  readonly representationId: string | null
  readonly paymentAccountId: string | null
}

/** What decides about a row; the representation only if it is of these two people. */
export interface HoldRowFacts extends RepresentationColumns {
  readonly at: number
  readonly bornOn: LocalDate | null
  /** The first day on which a changed account may be released for; null without a change. */
  readonly coolsUntil: LocalDate | null
}

/**
 * The papers of rows and the cooling-off of their accounts, by `at`: one statement. A list is released from the month
 * before its own on, so an account that holds from a month on is not released for before the month before it.
 */
export async function holdFacts(
  tx: Tx,
  rows: readonly HeldRow[],
): Promise<readonly HoldRowFacts[]> {
  return columnRows(tx.$queryRaw<{ columns: Columns<HoldRowFacts> }[]>`
    select json_build_object('at', json_agg(at), 'bornOn', json_agg("bornOn"), 'kind', json_agg(kind), 'from', json_agg("from"),
           'until', json_agg(until), 'revokedOn', json_agg("revokedOn"), 'coolsUntil', json_agg("coolsUntil")) as columns from (
    select q.at::integer as at, w.birth_date::text as "bornOn", r.kind, lower(r.validity)::text as "from", upper(r.validity)::text as until,
           r.revoked_on::text as "revokedOn",
           (select max(case when c.state = 'approved' then (c.effective_month - interval '1 month')::date else date '9999-12-31' end)::text
              from account_change c
             where c.new_account_id = q.account and c.person_id = q.person_id and c.kind = 'change'
               and c.programme = coalesce((select n.programme from enrolment n where n.id = q.enrolment), q.programme)
           ) as "coolsUntil"
      from unnest(${sqlArray(rows.map((r) => r.personId))}::uuid[], ${sqlArray(rows.map((r) => r.programme))}::text[], ${sqlArray(rows.map((r) => r.payeeId))}::uuid[],
        ${sqlArray(rows.map((r) => r.representationId))}::uuid[], ${sqlArray(rows.map((r) => r.paymentAccountId))}::uuid[], ${sqlArray(rows.map((r) => r.enrolmentId))}::uuid[])
        with ordinality as q (person_id, programme, payee_id, representation_id, account, enrolment, at)
      left join lateral (select p.birth_date from person p where p.id = q.person_id offset 0) w on true
      left join lateral (select * from representation x where x.id = q.representation_id
           and (x.person_id, x.representative_id) = (q.person_id, q.payee_id) offset 0) r on true
     order by q.at) f`)
}

/** When people died, wherever they live; who is not named has not. */
export async function deathDays(
  tx: Tx,
  people: readonly string[],
): Promise<ReadonlyMap<string, LocalDate>> {
  const ids = [...new Set(people)]
  const rows = await tx.$queryRaw<{ id: string; diedOn: LocalDate }[]>`
    select id, died_on::text as "diedOn" from death_days(${sqlArray(ids)}::uuid[])`
  return new Map(rows.map(({ id, diedOn }) => [id, diedOn]))
}

/** The figures that the province may set. */
export async function settings(tx: Tx): Promise<PayeeSettings> {
  const rows = await tx.$queryRaw<{ name: string; value: number }[]>`
    select name, value from payee_setting`
  const valueOf = (name: string) => {
    const found = rows.find((row) => row.name === name)
    if (found === undefined) throw new Error(`payee_setting lacks ${name}`)
    return found.value
  }
  return {
    authorisationMonths: valueOf('authorisation_months'),
    wardsMax: valueOf('wards_max'),
    sharedAccountPayees: valueOf('shared_account_payees'),
    expiryNoticeDays: valueOf('expiry_notice_days'),
  }
}
