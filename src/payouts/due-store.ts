import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { sqlArray } from '../lib/sql-array.ts'
import type { Month } from '../lib/time.ts'
import type { EntitledBefore } from '../registry/registry.ts'

/** Standing entitlements of some people for periods from a month on. One statement however many people. */
export async function entitledBefore(
  tx: Tx,
  people: readonly PersonId[],
  since: Month,
): Promise<readonly EntitledBefore[]> {
  return tx.$queryRaw<EntitledBefore[]>`
    select e.person_id as "personId", e.programme, e.component, e.month::text as period, e.amount, l.month::text as "listMonth"
      from entitlement e join payout_list l on l.id = e.list_id
     where e.live and e.month >= ${since}::date and e.person_id = any (${sqlArray(people)}::uuid[])
     order by e.person_id, e.programme, e.component, e.month`
}
