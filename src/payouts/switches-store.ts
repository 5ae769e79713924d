import type { Act, PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { ChannelName } from './channels/channel.ts'

/** How a channel stands, since when, why and by whom. */
export interface SwitchState {
  readonly channel: ChannelName
  readonly sending: boolean
  readonly reason: string
  readonly actor: PersonId
  readonly via: string
  readonly recordedAt: Date
}

/** Waits until no claim of the channel is under way, and lets none begin before this transaction ends. */
export async function lockForChange(tx: Tx, channel: ChannelName): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtext('channel'), hashtext(${channel}))`
}

/** Lets claims of the channel go on side by side, and a change of its switch wait for them. */
export async function lockForClaim(tx: Tx, channel: ChannelName): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock_shared(hashtext('channel'), hashtext(${channel}))`
}

/** Whether a channel may send; one whose switch was never touched may. */
export async function maySend(tx: Tx, channel: ChannelName): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ may: boolean }[]>`select channel_may_send(${channel}) as may`
  return row?.may ?? false
}

/** Writes a change of a switch. The database refuses a start that one person decides. */
export async function insertSwitch(
  tx: Tx,
  by: Act,
  change: Pick<SwitchState, 'channel' | 'sending' | 'reason'> & {
    readonly confirmedBy: PersonId | null
  },
): Promise<void> {
  const { channel, sending, reason, confirmedBy } = change
  await tx.$executeRaw`
    insert into channel_switch (channel, sending, reason, actor, via, confirmed_by)
    values (${channel}, ${sending}, ${reason}, ${by.actor}::uuid, ${by.via}, ${confirmedBy}::uuid)`
}

/** The last change of each channel that ever had one. */
export async function switchStates(tx: Tx): Promise<readonly SwitchState[]> {
  return tx.$queryRaw<SwitchState[]>`
    select distinct on (channel) channel, sending, reason, actor, via, recorded_at as "recordedAt"
      from channel_switch order by channel, id desc`
}
