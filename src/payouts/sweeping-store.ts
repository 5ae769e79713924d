import type { Tx } from '../lib/db.ts'
import type { ChannelName } from './channels/channel.ts'

/** Payments of received files that no status report has named for longer than the channel may take: UNKNOWN. */
export async function giveUpOnLateReports(
  tx: Tx,
  olderThanMs: number,
  channel: ChannelName,
): Promise<number> {
  return tx.$executeRaw`
    update instruction set state = 'UNKNOWN', reason = 'not in the status report'
     where state = 'SUBMITTED' and channel = ${channel}
       and moved_at < clock_timestamp() - make_interval(secs => ${olderThanMs / 1000}::double precision)`
}
