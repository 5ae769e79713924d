import type { Tx } from '../lib/db.ts'
import type { Month } from '../lib/time.ts'
import { payouts } from '../payouts/payouts.ts'

/** Months from one to another; of a commune, or of the province with null. */
interface SettlementScope {
  readonly from: Month
  readonly to: Month
  readonly communeId: number | null
}

/** Settlements in sums, đồng: each from its own source, as `reconciliation.coverageOf` has it by commune. */
export interface SettlementSums {
  readonly cases: number
  readonly entitled: bigint
  readonly paid: bigint
  readonly returnedAmount: bigint
  readonly cash: bigint
  readonly carried: bigint
  readonly owed: bigint
}

/** Sums of some months over all communes or one, which the rows by commune or by month must add up to. */
export async function settlementSums(tx: Tx, of: SettlementScope): Promise<SettlementSums> {
  // From the first month's numbers to the last one's: ranges of an index, as coverage has them.
  const [from, to] = [payouts.numbersOf(of.from).from, payouts.numbersOf(of.to).to]
  const [row] = await tx.$queryRaw<SettlementSums[]>`
    with due as (
      select coalesce(sum(row_count), 0)::integer as cases, coalesce(sum(total), 0) as entitled from payout_list
       where month between ${of.from}::date and ${of.to}::date and state = 'RELEASED'
         and (${of.communeId}::integer is null or commune_id = ${of.communeId})),
    lines as (
      select coalesce(sum(amount) filter (where kind = 'payment'), 0) - coalesce(sum(amount) filter (where kind = 'return'), 0) as paid,
             coalesce(sum(amount) filter (where kind = 'return'), 0) as returned
        from statement_line where state = 'MATCHED' and kind in ('payment', 'return')
         and reference >= ${from} and reference < ${to} and (${of.communeId}::integer is null or commune_id = ${of.communeId})),
    cash as (
      select coalesce(sum(r.amount), 0) as amount from cash_result r join entitlement e on e.number = r.entitlement_number
        join payout_list l on l.id = e.list_id
       where r.paid and l.month between ${of.from}::date and ${of.to}::date
         and (${of.communeId}::integer is null or r.commune_id = ${of.communeId})),
    book as (
      select coalesce(sum(balance) filter (where code = '3388-UNPAID'), 0) as carried, coalesce(sum(balance) filter (where code = '3388-BEN'), 0) as owed
        from unnest(array['3388-UNPAID', '3388-BEN']) as k (chart) cross join lateral (
          select * from account x where x.code = k.chart and x.subject >= 'entitlement:' || ${from}::text and x.subject < 'entitlement:' || ${to}::text offset 0) a
       where commune_id is not null and (${of.communeId}::integer is null or commune_id = ${of.communeId}))
    select due.cases, due.entitled::bigint as entitled, lines.paid::bigint as paid, lines.returned::bigint as "returnedAmount",
           cash.amount::bigint as cash, book.carried::bigint as carried, book.owed::bigint as owed from due, lines, cash, book`
  const none = { entitled: 0n, paid: 0n, returnedAmount: 0n, cash: 0n, carried: 0n, owed: 0n }
  return row ?? { cases: 0, ...none }
}

/** The months from one to another that have a released list. */
export async function monthsWithLists(tx: Tx, of: SettlementScope): Promise<readonly Month[]> {
  const rows = await tx.$queryRaw<{ month: Month }[]>`
    select distinct month::text as month from payout_list
     where month between ${of.from}::date and ${of.to}::date and state = 'RELEASED'
       and (${of.communeId}::integer is null or commune_id = ${of.communeId}) order by 1`
  return rows.map(({ month }) => month)
}

/** Whether the transaction sees a commune. */
export async function seesCommune(tx: Tx, communeId: number): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ sees: boolean }[]>`
    select scope_is_province() or ${communeId}::integer = any (scope_communes()) as sees`
  return row?.sees ?? false
}

/** What had to be paid by kind of money, and whether it was for an earlier month. */
export async function componentSums(
  tx: Tx,
  of: SettlementScope,
): Promise<
  readonly {
    readonly component: string
    readonly late: boolean
    readonly count: number
    readonly amount: bigint
  }[]
> {
  return tx.$queryRaw`
    select regexp_replace(e.component, '-[0-9]+$', '') as component, e.month < l.month as late, count(*)::integer as count,
           sum(e.amount)::bigint as amount
      from entitlement e join payout_list l on l.id = e.list_id
     where l.month between ${of.from}::date and ${of.to}::date and l.state = 'RELEASED'
       and (${of.communeId}::integer is null or l.commune_id = ${of.communeId})
     group by 1, 2 order by 1, 2`
}
