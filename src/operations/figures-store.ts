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
    union all select 'ledger_check_last_success_timestamp', jsonb_build_object('depth', depth), extract(epoch from max(recorded_at))::float8
                from invariant_run where violations = '[]' group by depth
    union all select 'ledger_invariant_violations', jsonb_build_object('depth', depth), jsonb_array_length(violations)::float8
                from (select distinct on (depth) depth, violations from invariant_run order by depth, id desc) r`
  return rows.map(({ name, labels, value }) => ({ name, labels: labels ?? {}, value }))
}
