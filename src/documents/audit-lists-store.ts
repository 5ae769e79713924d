import { Prisma } from '../generated/prisma/client.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'

/** Which lists are looked at, by the months that they pay; nothing that was recorded after `until` (ISO 8601; null: nothing at all). */
export interface AuditRange {
  readonly from: LocalDate
  readonly to: LocalDate
  readonly until: string | null
}

/** What may be wrong without being forbidden; each a set of rows. */
export type ExceptionList = keyof typeof EXCEPTIONS

/** So long before a release a change is one just before it. */
export const LATE_DAYS = 3
/** Seconds a row below which nobody read what they approved. */
export const FAST_SECONDS = 2

/** Released lists of the range and their rows that stood then: what came later changes nothing of them. */
const rowsOf = ({ from, to, until }: AuditRange) => Prisma.sql`
  released as (
    select l.*, r.at as released_at from payout_list l cross join lateral (
      select min(a.recorded_at) as at from audit_event a where a.subject = 'list:' || l.number and a.act = 'list.release') r
     where l.state = 'RELEASED' and r.at <= ${until}::timestamptz
       and l.month between date_trunc('month', ${from}::date) and ${to}::date),
  standing as (
    select e.number, e.person_id, e.payee_id, e.programme, e.relation, e.representation_id, e.payment_account_id, e.amount,
           l.number as list, l.month as paid_month, l.released_at
      from released l join entitlement e on e.list_id = l.id
     where not exists (select from list_decision d where d.list_id = l.id and d.decision <> 'approve' and e.row = any (d.rows)
                          and d.recorded_at <= ${until}::timestamptz))`

const settingOf = (name: string) =>
  Prisma.sql`(select value from payee_setting where name = ${name}::text)`

/** Rows that are paid into a number into which several receive in the month. */
const sharedAccounts = (range: AuditRange) => Prisma.sql`
  with ${rowsOf(range)},
  paid as (select s.*, a.number_index from standing s join payment_account a on a.id = s.payment_account_id),
  shared as (select paid_month, number_index, count(distinct payee_id)::integer as payees from paid group by 1, 2
              having count(distinct payee_id) >= ${settingOf('shared_account_payees')})
  select p.number as entitlement, p.list, p.amount, s.payees as count, encode(substr(p.number_index, 1, 4), 'hex') as what
    from shared s join paid p using (paid_month, number_index)`

/** Rows whose receiver receives for many others in the month; institutions do. */
const manyWards = (range: AuditRange) => Prisma.sql`
  with ${rowsOf(range)},
  ward as (select * from standing where payee_id <> person_id and relation <> 'institution'),
  many as (select paid_month, payee_id, count(distinct person_id)::integer as wards from ward group by 1, 2
            having count(distinct person_id) > ${settingOf('wards_max')})
  select w.number as entitlement, w.list, w.amount, m.wards as count, w.payee_id::text as what
    from many m join ward w using (paid_month, payee_id)`

/**
 * Approvals for which there was no time: from when whoever approved first opened a row since their decision before on the list, else
 * from their act before, at the earliest from when the list was submitted.
 */
const approvals = (range: AuditRange) => Prisma.sql`
  with ${rowsOf(range)},
  decided as (
    select d.*, l.number as list, s.at as submitted_at from released l join list_decision d on d.list_id = l.id cross join lateral (
      select min(a.recorded_at) as at from audit_event a where a.subject = 'list:' || l.number and a.act = 'list.submit') s
     where d.decision = 'approve' and d.recorded_at <= ${range.until}::timestamptz),
  act as (
    select a.actor, a.recorded_at as at, null::bigint as decision from audit_event a where a.actor in (select decided_by from decided)
    union all select decided_by, recorded_at, id from decided),
  before as (select decision, lag(at) over (partition by actor order by at, decision) as at from act),
  timed as (
    select d.*, extract(epoch from d.recorded_at - greatest(d.submitted_at, coalesce(o.at, b.at))) as seconds
      from decided d join before b on b.decision = d.id cross join lateral (
        select min(r.opened_at) as at from row_opening r
         where r.list_id = d.list_id and r.opened_by = d.decided_by and r.opened_at < d.recorded_at
           and r.opened_at > coalesce((select max(x.recorded_at) from list_decision x where x.list_id = d.list_id
                                          and x.decided_by = d.decided_by and x.recorded_at < d.recorded_at), '-infinity')) o)
  select t.id, t.list_id, t.rows, t.list, t.decided_by::text as what, t.row_count as count, t.total as amount,
         to_char(t.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at,
         round(1000 * t.seconds / t.row_count)::integer as milliseconds
    from timed t where t.seconds < ${FAST_SECONDS}::integer * t.row_count`

const fastApprovals = (range: AuditRange) =>
  Prisma.sql`select f.list || ' ' || f.id as entitlement, f.* from (${approvals(range)}) f`

/** Changes of who receives a row, and where, in the days before its list was released. */
const lateChanges = (range: AuditRange) => Prisma.sql`
  with ${rowsOf(range)},
  change as (
    select s.*, 'account' as what, a.recorded_at as changed_at, a.entered_by as one, a.confirmed_by as other
      from standing s join payment_account a on a.id = s.payment_account_id
    union all select s.*, 'representation', r.recorded_at, r.entered_by, r.confirmed_by
      from standing s join representation r on r.id = s.representation_id
    union all select s.*, 'payee', y.recorded_at, y.entered_by, y.confirmed_by
      from standing s join payee y on (y.person_id, y.programme) = (s.person_id, s.programme)
    union all select s.*, 'hold', h.lifted_at, h.placed_by, h.lifted_by from standing s join payout_hold h on h.person_id = s.person_id
    union all select s.*, 'hold', h.lifted_at, h.placed_by, h.lifted_by
      from standing s join payout_hold h on h.entitlement_number = s.number)
  select c.number as entitlement, c.list, c.amount, c.what, c.one::text, c.other::text,
         to_char(c.changed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at,
         to_char(c.released_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "releasedAt"
    from change c where c.changed_at <= c.released_at and c.changed_at > c.released_at - make_interval(days => ${LATE_DAYS}::integer)`

/** Acts that were refused because one person would have done two duties; by the day of the attempt, in Vietnam. */
const selfApprovals = ({ from, to, until }: AuditRange) => Prisma.sql`
  select a.id::text as entitlement, a.subject as list, a.actor::text as what, a.role as one, a.detail->>'code' as other,
         a.detail->>'about' as about, 0::bigint as amount,
         to_char(a.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at
    from audit_event a
   where a.act = 'duties.refused' and a.recorded_at <= ${until}::timestamptz
     and (a.recorded_at at time zone 'Asia/Ho_Chi_Minh')::date between ${from}::date and ${to}::date`

const EXCEPTIONS = { sharedAccounts, manyWards, fastApprovals, selfApprovals, lateChanges } as const

/** One row of an exception list; what is null has no meaning in it. */
export interface Exception {
  /** The entitlement, or what else tells the row from others. */
  readonly entitlement: string
  readonly list: string
  /** đồng */
  readonly amount: bigint
  readonly what: string
  readonly count: number | null
  readonly milliseconds: number | null
  readonly one: string | null
  readonly other: string | null
  readonly about: string | null
  readonly at: string | null
  readonly releasedAt: string | null
}

/** How many rows an exception list has, and their sum in đồng. */
export async function exceptionSums(
  tx: Tx,
  list: ExceptionList,
  range: AuditRange,
): Promise<{ readonly count: number; readonly amount: bigint }> {
  const [row] = await tx.$queryRaw<{ count: number; amount: bigint }[]>`
    select count(*)::integer as count, coalesce(sum(x.amount), 0)::bigint as amount from (${EXCEPTIONS[list](range)}) x`
  return row ?? { count: 0, amount: 0n }
}

/** The rows of an exception list. */
export async function exceptionRows(
  tx: Tx,
  list: ExceptionList,
  range: AuditRange,
): Promise<readonly Exception[]> {
  return tx.$queryRaw<Exception[]>`
    select x.* from (${EXCEPTIONS[list](range)}) x order by x.list collate "C", x.entitlement collate "C", x.what collate "C"`
}

/** Marks of risk by entitlement, each once: for whoever samples by risk. */
export const riskMarks = (range: AuditRange) => Prisma.sql`
  select entitlement, array_agg(distinct mark order by mark) as marks from (
    select entitlement, 'shared-account' as mark from (${sharedAccounts(range)}) x
    union all select entitlement, 'many-wards' from (${manyWards(range)}) x
    union all select entitlement, 'late-change' from (${lateChanges(range)}) x
    union all select e.number, 'fast-approval' from (${approvals(range)}) x
      join entitlement e on e.list_id = x.list_id and e.row = any (x.rows)) m
   group by entitlement`
