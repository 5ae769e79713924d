import type { Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'

/** What came of a row as far as the ledger was sealed. */
export interface RowResult {
  readonly row: number
  /** Null: nothing yet, or it is on its way. */
  readonly kind: 'paid' | 'fetched' | 'returned' | 'failed' | 'unfetched' | null
  /** The day on which it happened. */
  readonly on: LocalDate | null
  /**
   * What the person had not received of earlier months’ lists at that time, in đồng: told once a list, on the person's
   * first row. Null when nothing is.
   */
  readonly unpaidBefore: bigint | null
}

/**
 * What came of some rows of a list, and what their people had not received of earlier months, by entries up to a sealed block
 * (0: nothing was sealed): whoever asks again under the same head reads the same. One statement. An instruction failed when its last
 * attempt was not executed.
 */
export async function rowResults(
  tx: Tx,
  of: { readonly listId: string; readonly rows: readonly number[]; readonly block: bigint },
): Promise<ReadonlyMap<number, RowResult>> {
  const found = await tx.$queryRaw<RowResult[]>`
    with head as (select last_xid, last_id from seal_block where number = ${of.block}::bigint),
    page as (
      select e.row, e.number, e.person_id, l.month,
             e.row = (select min(x.row) from entitlement x where x.list_id = e.list_id and x.person_id = e.person_id) as first
        from entitlement e join payout_list l on l.id = e.list_id
       where e.list_id = ${of.listId}::uuid and e.row = any (${[...of.rows]}::integer[])),
    before as (
      select p.row, b.number, b.amount from page p join entitlement b on b.person_id = p.person_id join payout_list s on s.id = b.list_id
       where p.first and s.state = 'RELEASED' and s.month < p.month
         and not exists (select from head h join journal_entry u on (u.xid, u.id) <= (h.last_xid, h.last_id)
                          where u.reference in ('un-accrual:' || b.number, 'unpaid-stopped:' || b.number))
         and (exists (select from cash_result c where c.entitlement_number = b.number and not c.paid)
              or exists (select from instruction i where i.entitlement_number = b.number and (i.attempt > 1 or i.state in ('REJECTED', 'RETURNED'))))),
    told as (
      select distinct on (a.number) a.number, o.kind, o.day
        from (select number from page union select number from before) a cross join head h cross join lateral (
          select case when r.id is null then 'paid' else 'returned' end as kind, coalesce(r.occurred_on, p.occurred_on) as day,
                 r.id is null as received, i.reference
            from instruction i join journal_entry p on p.reference = 'paid:' || i.reference and (p.xid, p.id) <= (h.last_xid, h.last_id)
            left join journal_entry r on r.reference = 'returned:' || i.reference and (r.xid, r.id) <= (h.last_xid, h.last_id)
           where i.entitlement_number = a.number
          union all
          select 'failed', n.occurred_on, false, i.reference
            from instruction i cross join lateral (
              select k from generate_series(1, i.attempt) k join journal_entry s on s.reference = 'submit:' || i.reference || ':' || k
                 and (s.xid, s.id) <= (h.last_xid, h.last_id) order by k desc limit 1) last
            join journal_entry n on n.reference = 'not-executed:' || i.reference || ':' || last.k and (n.xid, n.id) <= (h.last_xid, h.last_id)
           where i.entitlement_number = a.number
          union all
          select case when c.paid then 'fetched' else 'unfetched' end, j.occurred_on, c.paid, c.cash_list_id
            from cash_result c join journal_entry j on j.reference = case when c.paid then 'cash-paid:' else 'cash-unpaid:' end || c.cash_list_id
             and (j.xid, j.id) <= (h.last_xid, h.last_id)
           where c.entitlement_number = a.number) o
       order by a.number, o.received desc, o.day desc, o.reference desc)
    select p.row, t.kind, t.day::text as on, (
             select sum(b.amount)::bigint from before b join told o on o.number = b.number
              where b.row = p.row and o.kind in ('returned', 'failed', 'unfetched')) as "unpaidBefore"
      from page p left join told t on t.number = p.number`
  return new Map(found.map((one) => [one.row, one]))
}
