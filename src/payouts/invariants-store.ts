import type { Tx } from '../lib/db.ts'
import type { ChannelName } from './channels/channel.ts'

/** An instruction whose money in transit is not what its state says. Amounts in đồng. */
export interface Violation {
  readonly reference: string
  readonly channel: ChannelName
  readonly state: string
  readonly expected: bigint
  readonly inTransit: bigint
}

/** Named at the most: the first are enough to stop, and to begin looking. */
const NAMED_MAX = 20

/**
 * Compares the state of instructions with the money in transit: exactly their amount while they are out, nothing before
 * and after (reliability.md C2, I3 and I5; accounting.md, 1130-TRANSIT). Looks at all that is out and at what moved in the last hour,
 * so that it costs the same however long the history is.
 */
export async function findViolations(tx: Tx): Promise<readonly Violation[]> {
  return tx.$queryRaw<Violation[]>`
    with watched as (
      select reference, channel, state, amount from instruction
       where state in ('SUBMITTING', 'SUBMITTED', 'ACCEPTED', 'UNKNOWN')
      union all
      select reference, channel, state, 0 from instruction
       where state not in ('SUBMITTING', 'SUBMITTED', 'ACCEPTED', 'UNKNOWN') and moved_at > clock_timestamp() - interval '1 hour')
    select w.reference, w.channel, w.state, w.amount as expected, coalesce(a.balance, 0)::bigint as "inTransit"
      from watched w left join account a on a.code = '1130-TRANSIT' and a.subject = 'instruction:' || w.reference
     where coalesce(a.balance, 0) <> w.amount order by w.reference limit ${NAMED_MAX}`
}
