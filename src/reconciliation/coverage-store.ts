import type { Tx } from '../lib/db.ts'
import type { Month } from '../lib/time.ts'
import { payouts } from '../payouts/payouts.ts'

/**
 * One commune's month in figures. Each is computed from its own source and none as a difference of the others, so that
 * "entitled = paid + cash + carried + owed" is a check and not an identity. Ledger subjects begin with the month's number.
 */
export interface CommuneFigures {
  readonly code: string
  readonly name: string
  /** Rows of the released list, as they were frozen. */
  readonly cases: number
  readonly entitled: bigint
  /** Distinct entitlements whose payment line is matched and not returned; statement lines. */
  readonly casesPaid: number
  readonly paid: bigint
  /** Return lines matched. */
  readonly returned: number
  readonly returnedAmount: bigint
  /** Ledger: balance of 1121-HELD of the month's list, with what it took over of earlier months. */
  readonly held: bigint
  /** Cash rows of the month's list reported paid by the service organisation, in whichever month they were fetched. */
  readonly casesCash: number
  readonly cash: bigint
  /** Ledger: balance of 3388-UNPAID of the month's entitlements. */
  readonly carried: bigint
  /** Ledger: balance of 1130-TRANSIT of the month's payments. */
  readonly inFlight: bigint
  /** Ledger: balance of 3388-BEN of the month's entitlements, what is still owed. */
  readonly owed: bigint
  /** Statement lines that name a payment of the commune and match nothing, in either direction. */
  readonly unexplained: bigint
}

/** The province's month: communes, and coverage counted from matched money against the targets of the provincial report. */
export interface Coverage {
  readonly communes: readonly CommuneFigures[]
  readonly cases: number
  readonly casesPaid: number
  readonly communesPaid: number
  /** Statement lines that nothing explains, of the whole province, also those that name no commune; their sum in đồng. */
  readonly unexplained: number
  readonly unexplainedAmount: bigint
}

/**
 * Counts the coverage of a month. A commune counts when at least one of its cases was paid through an account. What belongs to
 * the month is found by its number, with which references and subjects begin: ranges of an index, of the month's rows alone.
 */
export async function coverageOf(tx: Tx, month: Month): Promise<Coverage> {
  const { from, to } = payouts.numbersOf(month)
  const communes = await tx.$queryRaw<CommuneFigures[]>`
    with due as (
      select commune_id, row_count as cases, total as entitled from payout_list where month = ${month}::date and state = 'RELEASED'),
    lines as (
      select s.commune_id, s.kind, s.reference, s.amount from statement_line s
       where s.state = 'MATCHED' and s.kind in ('payment', 'return') and s.reference >= ${from} and s.reference < ${to}),
    settled as (
      select commune_id,
             coalesce(sum(amount) filter (where kind = 'payment'), 0)::bigint - coalesce(sum(amount) filter (where kind = 'return'), 0)::bigint as paid,
             count(*) filter (where kind = 'return')::integer as returned,
             coalesce(sum(amount) filter (where kind = 'return'), 0)::bigint as returned_amount
        from lines group by 1),
    -- The first 14 characters of a reference name the entitlement, whichever issue was paid.
    standing as (
      select commune_id, count(*)::integer as cases_paid
        from (select commune_id, left(reference, 14) from lines group by 1, 2
              having count(*) filter (where kind = 'payment') > count(*) filter (where kind = 'return')) s group by 1),
    cash as (
      select r.commune_id, count(*)::integer as cases, sum(r.amount)::bigint as amount
        from cash_result r join entitlement e on e.number = r.entitlement_number join payout_list l on l.id = e.list_id
       where r.paid and l.month = ${month}::date group by 1),
    book as (
      select commune_id,
             coalesce(sum(balance) filter (where code = '1121-HELD'), 0)::bigint as held,
             coalesce(sum(balance) filter (where code = '1130-TRANSIT'), 0)::bigint as in_flight,
             coalesce(sum(balance) filter (where code = '3388-UNPAID'), 0)::bigint as carried,
             coalesce(sum(balance) filter (where code = '3388-BEN'), 0)::bigint as owed
        from (values ('1121-HELD', 'list:'), ('1130-TRANSIT', 'instruction:'), ('3388-UNPAID', 'entitlement:'), ('3388-BEN', 'entitlement:')) as k (chart, kind)
        cross join lateral (
          select * from account x where x.code = k.chart and x.subject >= k.kind || ${from}::text and x.subject < k.kind || ${to}::text offset 0) a
       where commune_id is not null group by 1),
    stray as (
      select i.commune_id, sum(s.amount)::bigint as amount
        from statement_line s join instruction i on i.reference = s.reference where s.state <> 'MATCHED' group by 1)
    select c.code, c.full_name_vi as name, coalesce(due.cases, 0) as cases, coalesce(due.entitled, 0)::bigint as entitled,
           coalesce(standing.cases_paid, 0) as "casesPaid", coalesce(settled.paid, 0)::bigint as paid,
           coalesce(settled.returned, 0) as returned, coalesce(settled.returned_amount, 0)::bigint as "returnedAmount",
           coalesce(book.held, 0)::bigint as held, coalesce(cash.cases, 0) as "casesCash", coalesce(cash.amount, 0)::bigint as cash,
           coalesce(book.carried, 0)::bigint as carried, coalesce(book.in_flight, 0)::bigint as "inFlight", coalesce(book.owed, 0)::bigint as owed,
           coalesce(stray.amount, 0)::bigint as unexplained
      from commune c
      left join due on due.commune_id = c.id left join settled on settled.commune_id = c.id left join standing on standing.commune_id = c.id
      left join cash on cash.commune_id = c.id left join book on book.commune_id = c.id
      left join stray on stray.commune_id = c.id
     where c.valid_from <= ${month}::date and (c.valid_to is null or c.valid_to >= ${month}::date) order by c.code`
  const [open] = await tx.$queryRaw<{ count: number; amount: bigint }[]>`
    select count(*)::integer as count, coalesce(sum(amount), 0)::bigint as amount from statement_line where state <> 'MATCHED'`
  return {
    communes,
    cases: communes.reduce((sum, { cases }) => sum + cases, 0),
    casesPaid: communes.reduce((sum, { casesPaid }) => sum + casesPaid, 0),
    communesPaid: communes.filter(({ casesPaid }) => casesPaid > 0).length,
    unexplained: open?.count ?? 0,
    unexplainedAmount: open?.amount ?? 0n,
  }
}
