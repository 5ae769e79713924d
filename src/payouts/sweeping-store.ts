import type { Tx } from '../lib/db.ts'
import type { ChannelName } from './channels/channel.ts'

/**
 * Payments of received files that no status report has named for longer than the channel may take: UNKNOWN. They are locked
 * in the order of references, as whoever takes a status file locks them.
 */
export async function giveUpOnLateReports(
  tx: Tx,
  olderThanMs: number,
  channel: ChannelName,
): Promise<number> {
  return tx.$executeRaw`
    with late as materialized (
      select reference from instruction
       where state = 'SUBMITTED' and channel = ${channel}
         and moved_at < clock_timestamp() - make_interval(secs => ${olderThanMs / 1000}::double precision)
       order by reference for no key update)
    update instruction i set state = 'UNKNOWN', reason = 'not in the status report'
      from late where late.reference = i.reference and i.state = 'SUBMITTED'`
}
