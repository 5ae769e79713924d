import type { Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'

/** What a bank or wallet says of a day. Amounts in đồng. */
export interface StatementHead {
  readonly id: string
  readonly channel: string
  readonly payingUnit: string
  readonly day: LocalDate
  readonly opening: bigint
  readonly closing: bigint
}

/** Both sides of what is compared, summed by the database. */
export interface BothSums {
  readonly count: number
  readonly ours: bigint
  readonly debit: bigint
  readonly credit: bigint
  readonly difference: bigint
}

/** A line of a statement with what we booked for it: `ours` and the difference, in đồng with the sign of money coming in. */
export interface DayLine {
  readonly id: string
  readonly kind: string
  readonly reference: string
  readonly entry: string | null
  readonly ours: bigint
  readonly debit: bigint
  readonly credit: bigint
  readonly difference: bigint
  readonly state: string
}

/** What is not explained: a line of a statement, or a payment of ours that no statement has. */
export interface Break {
  readonly key: string
  readonly what: string
  readonly reference: string
  readonly since: LocalDate
  readonly amount: bigint
  readonly reason: string | null
  /** Who took it on: opened the break, or ordered the payment. */
  readonly owner: string | null
}

/** A statement by its id, or undefined. */
export async function statementHead(tx: Tx, id: string): Promise<StatementHead | undefined> {
  const [row] = await tx.$queryRaw<StatementHead[]>`
    select id, channel, paying_unit as "payingUnit", day::text as day, opening, closing from statement where id = ${id}`
  return row
}

/** Lines of a statement after one by id, with the amount that the entry which explains each has booked. */
export async function dayLines(
  tx: Tx,
  of: { readonly statementId: string; readonly after: string; readonly limit: number },
): Promise<readonly DayLine[]> {
  return tx.$queryRaw<DayLine[]>`
    with both_sides as (
      select l.id, l.kind, l.reference, l.state, j.reference as entry,
             case l.direction when 'debit' then l.amount else 0 end as debit, case l.direction when 'credit' then l.amount else 0 end as credit,
             case when l.state = 'MATCHED' then (select coalesce(sum(p.amount), 0) from posting p where p.entry_id = l.entry_id)
                  else 0 end * case l.direction when 'debit' then -1 else 1 end as ours
        from statement_line l left join journal_entry j on j.id = l.entry_id
       where l.statement_id = ${of.statementId} and l.id > ${of.after} order by l.id limit ${of.limit})
    select id, kind, reference, entry, state, debit::bigint as debit, credit::bigint as credit, ours::bigint as ours,
           (credit - debit - ours)::bigint as difference from both_sides order by id`
}

/** Sums of a statement’s lines, which the lines of the paper must add up to. */
export async function daySums(tx: Tx, statementId: string): Promise<BothSums> {
  const [row] = await tx.$queryRaw<BothSums[]>`
    with booked as (
      select l.id, sum(p.amount * case l.direction when 'debit' then -1 else 1 end) as amount
        from statement_line l join posting p on p.entry_id = l.entry_id where l.statement_id = ${statementId} and l.state = 'MATCHED' group by 1)
    select count(*)::integer as count, coalesce(sum(b.amount), 0)::bigint as ours,
           coalesce(sum(l.amount) filter (where l.direction = 'debit'), 0)::bigint as debit,
           coalesce(sum(l.amount) filter (where l.direction = 'credit'), 0)::bigint as credit,
           (coalesce(sum(case l.direction when 'credit' then l.amount else -l.amount end), 0) - coalesce(sum(b.amount), 0))::bigint as difference
      from statement_line l left join booked b on b.id = l.id where l.statement_id = ${statementId}`
  return row ?? { count: 0, ours: 0n, debit: 0n, credit: 0n, difference: 0n }
}

/**
 * What is not explained of a statement, the oldest first: its own lines, and payments of its channel and unit that were sent
 * until its day and that no statement names.
 */
export async function dayBreaks(
  tx: Tx,
  { id, channel, payingUnit, day }: StatementHead,
): Promise<readonly Break[]> {
  return tx.$queryRaw<Break[]>`
    select 'line:' || l.id as key, l.kind as what, l.reference, l.day::text as since, l.amount, l.reason,
           (select coalesce((select u.full_name from app_user u where u.id = a.actor), (select q.full_name from person q where q.id = a.actor))
              from audit_event a where a.subject = 'line:' || l.id and a.act = 'break.open' order by a.id desc limit 1) as owner
      from statement_line l where l.statement_id = ${id} and l.state <> 'MATCHED'
    union all
    select 'instruction:' || i.reference, i.state, i.reference, (i.claimed_at at time zone 'Asia/Ho_Chi_Minh')::date::text, i.amount, i.reason,
           coalesce((select u.full_name from app_user u where u.id = o.ordered_by), (select q.full_name from person q where q.id = o.ordered_by))
      from instruction i left join payment_order o on o.id = i.order_id
     where i.channel = ${channel} and i.paying_unit = ${payingUnit} and i.state in ('SUBMITTING', 'SUBMITTED', 'ACCEPTED', 'UNKNOWN')
       and (i.claimed_at at time zone 'Asia/Ho_Chi_Minh')::date <= ${day}::date
       and not exists (select from statement_line s where s.reference = i.reference)
     order by since, key`
}

/** An order (a batch), or undefined. */
export async function orderHead(
  tx: Tx,
  id: string,
): Promise<
  | {
      readonly id: string
      readonly channel: string
      readonly payingUnit: string
      readonly plannedOn: LocalDate
      readonly orderedBy: string | null
    }
  | undefined
> {
  const [row] = await tx.$queryRaw<
    { id: string; channel: string; payingUnit: string; plannedOn: LocalDate; orderedBy: string }[]
  >`select o.id, o.channel, o.paying_unit as "payingUnit", o.planned_on::text as "plannedOn",
           coalesce((select u.full_name from app_user u where u.id = o.ordered_by), (select q.full_name from person q where q.id = o.ordered_by))
             as "orderedBy" from payment_order o where o.id = ${id}`
  return row
}

/** A payment of a batch beside what statements say of it: `ours` by its state, the difference in đồng. */
export interface BatchLine {
  readonly reference: string
  readonly state: string
  readonly amount: bigint
  readonly ours: bigint
  readonly debit: bigint
  readonly credit: bigint
  readonly difference: bigint
  readonly since: LocalDate | null
  readonly reason: string | null
}

/** What is called sent by us has left, until a statement says otherwise; what came back or was refused has not. */
export async function batchLines(
  tx: Tx,
  of: { readonly orderId: string; readonly after: string; readonly limit: number },
): Promise<readonly BatchLine[]> {
  return tx.$queryRaw<BatchLine[]>`
    with both_sides as (
      select i.reference, i.state, i.amount, i.reason, (i.claimed_at at time zone 'Asia/Ho_Chi_Minh')::date::text as since,
             case when i.state in ('SUBMITTING', 'SUBMITTED', 'ACCEPTED', 'UNKNOWN', 'PAID') then i.amount else 0 end as ours,
             (select coalesce(sum(s.amount), 0) from statement_line s where s.reference = i.reference and s.direction = 'debit') as debit,
             (select coalesce(sum(s.amount), 0) from statement_line s where s.reference = i.reference and s.direction = 'credit') as credit
        from instruction i where i.order_id = ${of.orderId} and i.reference > ${of.after} order by i.reference limit ${of.limit})
    select reference, state, amount, reason, since, ours::bigint as ours, debit::bigint as debit, credit::bigint as credit,
           (ours - debit + credit)::bigint as difference from both_sides order by reference`
}

/** Sums of a batch, which the lines of the paper must add up to. */
export async function batchSums(
  tx: Tx,
  orderId: string,
): Promise<BothSums & { readonly amount: bigint }> {
  const [row] = await tx.$queryRaw<(BothSums & { readonly amount: bigint })[]>`
    with ours as (
      select count(*)::integer as count, coalesce(sum(amount), 0)::bigint as amount,
             coalesce(sum(amount) filter (where state in ('SUBMITTING', 'SUBMITTED', 'ACCEPTED', 'UNKNOWN', 'PAID')), 0)::bigint as ours
        from instruction where order_id = ${orderId}),
    theirs as (
      select coalesce(sum(s.amount) filter (where s.direction = 'debit'), 0)::bigint as debit,
             coalesce(sum(s.amount) filter (where s.direction = 'credit'), 0)::bigint as credit
        from statement_line s join instruction i on i.reference = s.reference where i.order_id = ${orderId})
    select count, amount, ours, debit, credit, (ours - debit + credit)::bigint as difference from ours, theirs`
  return row ?? { count: 0, amount: 0n, ours: 0n, debit: 0n, credit: 0n, difference: 0n }
}
