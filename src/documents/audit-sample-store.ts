import { Prisma } from '../generated/prisma/client.ts'
import type { Tx } from '../lib/db.ts'
import { addMonths, monthOf } from '../lib/time.ts'
import type { LocalDate } from '../lib/time.ts'
import { riskMarks } from './audit-lists-store.ts'

/** Payments that were posted from one day to another, as of a sealed block: what a sample is drawn from. */
export interface Population {
  readonly from: LocalDate
  readonly to: LocalDate
  readonly block: bigint
  /** When the block was sealed, ISO 8601. */
  readonly until: string
  /** Each đồng counts once, or each payment by its marks of risk. */
  readonly method: 'money-unit' | 'risk'
}

/** What a mark of risk adds to the weight of one that every payment has. */
export const MARK_WEIGHT = 5
/** Lists of so many months before are looked at for marks: a payment may come late. */
const MONTHS_BACK = 3

/**
 * Every payment with its weight, in the order in which it was sealed: rows of the journal that credit a channel or the cash
 * service for what a person was owed.
 */
const weighed = ({ from, to, block, until, method }: Population) => Prisma.sql`
  paid as (
    select e.xid, e.id, p.seq, e.reference, p.posting_date, p.amount, substr(d.subject, 13) as entitlement,
           t.name = 'cash-paid' as in_cash
      from posting p join journal_entry e on e.id = p.entry_id join posting_template t on t.id = e.template_id
      join account d on d.id = p.debit_account and d.code = '3388-BEN'
      join seal_block b on b.number = ${block}::bigint and (e.xid, e.id) <= (b.last_xid, b.last_id)
     where t.name in ('paid', 'cash-paid') and p.posting_date between ${from}::date and ${to}::date),
  marked as (
    select p.*, coalesce(m.marks, '{}') || case when p.in_cash then array['cash'] else '{}' end
                || case when i.replaces is null then '{}' else array['reissued'] end as marks
      from paid p left join instruction i on p.reference = 'paid:' || i.reference
      left join (${riskMarks({ from: addMonths(monthOf(from), -MONTHS_BACK), to, until })}) m using (entitlement)),
  weighed as (
    select m.*, case when ${method}::text = 'money-unit' then m.amount else 1 + ${MARK_WEIGHT}::integer * cardinality(m.marks) end as weight
      from marked m)`

/** How many payments there are, their sum in đồng, and the sum of their weights. */
export async function populationOf(
  tx: Tx,
  of: Population,
): Promise<{ readonly count: number; readonly amount: bigint; readonly weight: bigint }> {
  const [row] = await tx.$queryRaw<{ count: number; amount: bigint; weight: bigint }[]>`
    with ${weighed(of)} select count(*)::integer as count, coalesce(sum(amount), 0)::bigint as amount,
                               coalesce(sum(weight), 0)::bigint as weight from weighed`
  return row ?? { count: 0, amount: 0n, weight: 0n }
}

/** Where a draw begins in the weights, of how many picks, of which sum of weights. */
export interface Draw {
  readonly start: bigint
  readonly size: number
  readonly weight: bigint
}

/**
 * Pick k, from 0, falls on the weight numbered (start + k × sum) div size, counted from 0 over all payments in order: so each is picked in
 * proportion to its weight, and there are as many picks as asked for. One that weighs more than a step may be picked again.
 */
const drawn = (of: Population, { start, size, weight }: Draw) => {
  const before = (place: Prisma.Sql) =>
    Prisma.sql`((${place} * ${size}::bigint - ${start}::bigint + ${weight}::bigint - 1) / ${weight}::bigint)`
  return Prisma.sql`
  with ${weighed(of)},
  placed as (select w.*, (sum(w.weight) over (order by w.xid, w.id, w.seq))::bigint as upto from weighed w),
  picked as (
    select p.*, (${before(Prisma.sql`p.upto`)} - ${before(Prisma.sql`(p.upto - p.weight)`)})::integer as picks from placed p)
  select * from picked where picks > 0`
}

/** A payment that was drawn. */
export interface Drawn {
  readonly reference: string
  readonly entitlement: string
  readonly list: string
  readonly postingDate: LocalDate
  /** đồng */
  readonly amount: bigint
  readonly picks: number
  readonly marks: readonly string[]
}

/** How many payments a draw has, their sum in đồng, and how often they were picked in all. */
export async function drawnSums(
  tx: Tx,
  of: Population,
  draw: Draw,
): Promise<{ readonly count: number; readonly amount: bigint; readonly picks: bigint }> {
  const [row] = await tx.$queryRaw<{ count: number; amount: bigint; picks: bigint }[]>`
    select count(*)::integer as count, coalesce(sum(x.amount), 0)::bigint as amount, coalesce(sum(x.picks), 0)::bigint as picks
      from (${drawn(of, draw)}) x`
  return row ?? { count: 0, amount: 0n, picks: 0n }
}

/** The payments of a draw, in the order of the journal. */
export async function drawnRows(tx: Tx, of: Population, draw: Draw): Promise<readonly Drawn[]> {
  return tx.$queryRaw<Drawn[]>`
    select x.reference, x.entitlement, l.number as list, x.posting_date::text as "postingDate", x.amount, x.picks, x.marks
      from (${drawn(of, draw)}) x join entitlement e on e.number = x.entitlement join payout_list l on l.id = e.list_id
     order by x.xid, x.id, x.seq`
}
