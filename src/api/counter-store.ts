import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'

/** What an officer did in a commune over some days, and how much of it on a citizen's word. */
export interface CounterShare {
  readonly communeId: number
  readonly officer: PersonId
  /** Requests that changed something. */
  readonly acts: number
  readonly forCitizens: number
  readonly present: number
  /** Hundredths of a percent, truncated. */
  readonly share: number
}

/** The share of acts that were done for citizens, by commune and officer, from a day until another, both included. */
export async function counterShares(
  tx: Tx,
  of: { readonly from: LocalDate; readonly to: LocalDate },
): Promise<readonly CounterShare[]> {
  return tx.$queryRaw<CounterShare[]>`
    with done as (
      select commune_id, actor, request_id, max(authority) as authority from audit_event
       where via = 'api' and commune_id is not null and request_id is not null
         and recorded_at >= (${of.from}::date)::timestamp at time zone 'Asia/Ho_Chi_Minh'
         and recorded_at < (${of.to}::date + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh'
       group by 1, 2, 3)
    select commune_id as "communeId", actor as officer, count(*)::integer as acts, count(authority)::integer as "forCitizens",
           count(*) filter (where authority = 'present')::integer as present,
           (10000 * count(authority) / count(*))::integer as share
      from done group by 1, 2 order by 1, 2 limit 1000`
}
