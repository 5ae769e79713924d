import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'

/** An act with a role that its actor had for less than an hour. */
export interface FreshRoleAct {
  readonly id: bigint
  readonly recordedAt: Date
  readonly actor: PersonId
  readonly act: string
  readonly subject: string
  readonly communeId: number | null
  readonly role: string
  readonly deputyFor: PersonId | null
  /** When the second person gave the role, or the leave cover. */
  readonly roleSince: Date
}

/**
 * What was done with a role in the hour after it was given (reliability.md, D3 row 4), of some days of Vietnam, in the order
 * of the trail after an id. Whoever had the role before by another grant is not among it. At most `limit`.
 */
export async function freshRoleActs(
  tx: Tx,
  page: {
    readonly from: LocalDate
    readonly to: LocalDate
    readonly after: bigint
    readonly limit: number
  },
): Promise<readonly FreshRoleAct[]> {
  return tx.$queryRaw<FreshRoleAct[]>`
    select e.id, e.recorded_at as "recordedAt", e.actor, e.act, e.subject, e.commune_id as "communeId", e.role,
           e.deputy_for as "deputyFor", f.since as "roleSince"
      from audit_event e
      cross join lateral (
        select g.confirmed_at as since from role_grant g
         where e.deputy_for is null and g.user_id = e.actor and g.role = e.role
           and e.recorded_at >= g.confirmed_at and e.recorded_at < g.confirmed_at + interval '1 hour'
        union all
        select d.confirmed_at from delegation d
         where d.from_user = e.deputy_for and d.to_user = e.actor and d.role = e.role
           and e.recorded_at >= d.confirmed_at and e.recorded_at < d.confirmed_at + interval '1 hour'
        order by 1 desc limit 1) f
     where e.recorded_at >= ${page.from}::date::timestamp at time zone 'Asia/Ho_Chi_Minh'
       and e.recorded_at < (${page.to}::date + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh'
       and e.role is not null and e.id > ${page.after}::bigint
       and not exists (
         select from role_grant o
          where e.deputy_for is null and o.user_id = e.actor and o.role = e.role
            and o.confirmed_at <= e.recorded_at - interval '1 hour' and (o.ended_at is null or o.ended_at > e.recorded_at)
            and o.valid @> (e.recorded_at at time zone 'Asia/Ho_Chi_Minh')::date)
     order by e.id limit ${page.limit}`
}
