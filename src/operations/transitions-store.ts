import type { Tx } from '../lib/db.ts'

/** How many payments went from one state to another; from nothing: '-'. */
export interface Transition {
  readonly from: string
  readonly to: string
  readonly count: number
}

/**
 * Counts what moved since a moment until one before which nothing is under way any more: whatever is written yet carries a later
 * time, so that each is counted once however long its transaction takes; readers are not waited for. The first call (null) counts nothing.
 */
export async function transitionsSince(
  tx: Tx,
  since: Date | null,
): Promise<{ readonly until: Date; readonly moved: readonly Transition[] }> {
  const [now] = await tx.$queryRaw<{ until: Date }[]>`
    select date_trunc('milliseconds', least(clock_timestamp(), min(xact_start))) as until from pg_stat_activity
     where datname = current_database() and backend_xid is not null`
  const until = now?.until ?? new Date(0)
  if (since === null || until <= since) return { until: since ?? until, moved: [] }
  const moved = await tx.$queryRaw<Transition[]>`
    select coalesce(from_state, '-') as "from", to_state as "to", count(*)::integer as count from instruction_event
     where recorded_at >= ${since}::timestamptz and recorded_at < ${until}::timestamptz group by 1, 2`
  return { until, moved }
}
