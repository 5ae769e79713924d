import type { Tx } from '../lib/db.ts'
import type { ChannelName } from './channels/channel.ts'

/** Some calls of a channel that bears so many a second. */
export interface Turns {
  readonly channel: ChannelName
  readonly calls: number
  readonly perSecond: number
}

/**
 * Takes turns at a channel behind all that any process has taken; returns how long to wait for the first of them, in
 * milliseconds. In a transaction of its own: until it ends all others wait.
 */
export async function takeTurns(tx: Tx, { channel, calls, perSecond }: Turns): Promise<number> {
  const [row] = await tx.$queryRaw<{ waitMs: number }[]>`
    select take_turns(${channel}, ${calls}::integer, ${perSecond}::integer) as "waitMs"`
  return row?.waitMs ?? 0
}
