import type { Tx } from '../lib/db.ts'
import { payouts } from '../payouts/payouts.ts'

/** A number about the whole, as metrics have it: few labels, never a person or a commune (reliability.md, Part E). */
export interface Figure {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** A row of the one statement below. */
interface FigureRow {
  readonly name: string
  readonly labels: Readonly<Record<string, string>> | null
  readonly value: number
}

/**
 * The figures that the rows tell, in one statement that looks at what is open alone: finished payments are many and say
 * nothing new.
 */
export async function figuresOf(tx: Tx): Promise<readonly Figure[]> {
  const rows = await tx.$queryRaw<FigureRow[]>`
    with open as (
      select state, channel, amount, moved_at from instruction where state in ('LISTED', 'APPROVED', 'SUBMITTED', 'UNKNOWN', 'HELD')
      union all select state, channel, amount, moved_at from instruction where state = 'QUEUED'
      union all select state, channel, amount, moved_at from instruction where state = 'SUBMITTING'),
    given as (
      select user_id as actor, role, confirmed_at, null::uuid as deputy_for from role_grant where confirmed_at > now() - interval '1 day'
      union all select to_user, role, confirmed_at, from_user from delegation where confirmed_at > now() - interval '1 day'),
    fresh as (
      select distinct e.id, e.actor, e.role, e.recorded_at, e.deputy_for is null as own
        from given g join audit_event e on e.actor = g.actor and e.role = g.role and e.deputy_for is not distinct from g.deputy_for
                      and e.recorded_at >= g.confirmed_at and e.recorded_at < g.confirmed_at + interval '1 hour'
       where e.recorded_at > now() - interval '1 day'),
    by_state as (select state, channel, count(*) as n, sum(amount) as money, min(moved_at) as oldest from open group by state, channel)
    select 'payouts_state' as name, jsonb_build_object('state', state, 'channel', channel) as labels, n::float8 as value from by_state
    union all select 'payout_money_million_vnd', jsonb_build_object('state', state, 'channel', channel), money::float8 / 1e6 from by_state
    union all select 'payouts_oldest_age_seconds', jsonb_build_object('state', state, 'channel', channel),
                     extract(epoch from clock_timestamp() - oldest)::float8 from by_state
    union all select 'channel_sending', jsonb_build_object('channel', c), channel_may_send(c)::integer::float8 from unnest(${[...payouts.channelNames]}::text[]) as c
    union all select 'recon_lines', '{"state": "OPEN"}', count(*)::float8 from statement_line where state = 'OPEN'
    union all select 'recon_oldest_open_seconds', '{}', coalesce(extract(epoch from clock_timestamp() - min(s.recorded_at)), 0)::float8
                from statement_line l join statement s on s.id = l.statement_id where l.state = 'OPEN'
    union all select 'outgoing_pending', '{}', count(*)::float8 from outgoing_delivery where state = 'PENDING'
    union all select 'outbox_lag_seconds', '{}', coalesce(extract(epoch from clock_timestamp() - min(e.recorded_at)), 0)::float8
                from outgoing_delivery d join outgoing_event e on e.id = d.event_id where d.state = 'PENDING'
    union all select 'audit_chain_sealed_lag_seconds', '{}', coalesce(extract(epoch from clock_timestamp() - (
                select e.recorded_at from audit_event e,
                       (select coalesce((select last_xid from audit_block order by number desc limit 1), '0') as xid,
                               coalesce((select last_id from audit_block order by number desc limit 1), 0) as id) l
                 where (e.xid, e.id) > (l.xid, l.id) order by e.xid, e.id limit 1)), 0)::float8
    union all select 'audit_checkpoint_age_seconds', '{}', coalesce(extract(epoch from clock_timestamp() - max(sealed_at)), 0)::float8 from audit_block
    union all select 'approval_wait_seconds', '{"what": "proposal"}',
                     coalesce(extract(epoch from clock_timestamp() - min(proposed_at)), 0)::float8 from proposal where state = 'OPEN'
    union all select 'approval_wait_seconds', '{"what": "list"}', coalesce(extract(epoch from clock_timestamp() - min(s.at)), 0)::float8
                from payout_list l
                cross join lateral (select max(e.recorded_at) as at from audit_event e
                                     where e.subject = 'list:' || l.number and e.act = 'list.submit') s
               where l.state = 'SUBMITTED'
    union all select 'statement_gap_days', jsonb_build_object('account', channel || ':' || paying_unit),
                     greatest((clock_timestamp() at time zone 'Asia/Ho_Chi_Minh')::date - 1 - max(day), 0)::float8
                from statement group by channel, paying_unit
    union all select 'fresh_role_acts', '{}', count(*)::float8 from fresh f
               where not exists (
                 select from role_grant o
                  where f.own and o.user_id = f.actor and o.role = f.role and o.confirmed_at <= f.recorded_at - interval '1 hour'
                    and (o.ended_at is null or o.ended_at > f.recorded_at)
                    and o.valid @> (f.recorded_at at time zone 'Asia/Ho_Chi_Minh')::date)
    union all select 'ledger_check_last_success_timestamp', jsonb_build_object('depth', depth), extract(epoch from max(recorded_at))::float8
                from invariant_run where violations = '[]' group by depth
    union all select 'ledger_invariant_violations', jsonb_build_object('depth', depth), jsonb_array_length(violations)::float8
                from (select distinct on (depth) depth, violations from invariant_run order by depth, id desc) r`
  return rows.map(({ name, labels, value }) => ({ name, labels: labels ?? {}, value }))
}
