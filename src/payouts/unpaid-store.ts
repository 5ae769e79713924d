import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { Month } from '../lib/time.ts'

/** A month that was carried for a person and that nobody received. */
export interface UnpaidRow {
  readonly personId: PersonId
  readonly month: Month
}

/**
 * The months from `since` to before `before` of people who received nothing in any of them. A month counts by what it is
 * owed for, whichever list carried it; `ours` are the ISO reasons that speak of us or the bank. One statement: it begins
 * with the few that failed.
 */
export async function unreceived(
  tx: Tx,
  of: {
    readonly since: Month
    readonly before: Month
    readonly months: number
    readonly ours: readonly string[]
  },
): Promise<readonly UnpaidRow[]> {
  return tx.$queryRaw<UnpaidRow[]>`
    with failed as (
      select i.entitlement_number as number from instruction i join payout_list l on l.id = i.list_id
       where i.state in ('REJECTED', 'RETURNED') and l.month >= ${of.since}::date
      union
      select r.entitlement_number from cash_result r join cash_list c on c.id = r.cash_list_id join payout_list l on l.id = c.list_id
       where not r.paid and l.month >= ${of.since}::date),
    people as (
      select distinct e.person_id from failed f join entitlement e on e.number = f.number
       where e.live and e.component <> 'funeral' and e.month >= ${of.since}::date and e.month < ${of.before}::date),
    months as (
      select e.person_id, e.month,
             bool_and(l.state = 'RELEASED' and case e.method
               when 'cash' then exists (select 1 from cash_result r where r.entitlement_number = e.number and not r.paid)
                               and not exists (select 1 from cash_result r where r.entitlement_number = e.number and r.paid)
               else coalesce((select bool_and(i.state = 'RETURNED' or i.state = 'REJECTED' and not coalesce(i.reason, '') = any (${[...of.ours]}::text[]))
                                from instruction i where i.entitlement_number = e.number), false) end) as unpaid
        from people p join entitlement e on e.person_id = p.person_id join payout_list l on l.id = e.list_id
       where e.live and e.component <> 'funeral' and e.month >= ${of.since}::date and e.month < ${of.before}::date
       group by e.person_id, e.month)
    select person_id as "personId", month::text as month from months
     where person_id in (select person_id from months where unpaid group by person_id having count(*) = ${of.months})
     order by person_id, month`
}
