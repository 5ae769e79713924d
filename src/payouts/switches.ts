import type { Act, PersonId } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { ChannelName } from './channels/channel.ts'
import * as store from './switches-store.ts'

/**
 * Stops sending through a channel at once: when this commits, nothing more is claimed for it. One person, or a check
 * that failed, is enough. What was claimed before is sent and recorded. Stopping again changes nothing; returns whether
 * the channel was sending.
 */
async function stopSending(
  tx: Tx,
  by: Act,
  channel: ChannelName,
  reason: string,
): Promise<boolean> {
  await store.lockForChange(tx, channel)
  if (!(await store.maySend(tx, channel))) return false
  await store.insertSwitch(tx, by, { channel, sending: false, reason, confirmedBy: null })
  await audit(tx, by, 'channel.stop', { channel, reason })
  return true
}

/**
 * Starts sending again, on the word of two people. Throws DomainError `same-person` when they are one.
 */
async function startSending(
  tx: Tx,
  by: Act,
  start: {
    readonly channel: ChannelName
    readonly reason: string
    readonly confirmedBy: PersonId
  },
): Promise<void> {
  const { channel, reason, confirmedBy } = start
  if (confirmedBy === by.actor) {
    throw new DomainError(
      'forbidden',
      'same-person',
      `Mở lại kênh ${channel} cần một người thứ hai xác nhận`,
    )
  }
  await store.lockForChange(tx, channel)
  await store.insertSwitch(tx, by, { channel, sending: true, reason, confirmedBy })
  await audit(tx, by, 'channel.start', { channel, reason, confirmedBy })
}

function audit(
  tx: Tx,
  by: Act,
  act: string,
  detail: { readonly channel: ChannelName } & Readonly<Record<string, unknown>>,
): Promise<void> {
  return recordActs(tx, by, [{ act, subject: `channel:${detail.channel}`, detail }])
}

/** The treasury's switches: one a channel. */
export const switches = {
  stop: stopSending,
  start: startSending,
  /** The last change of each channel that ever had one. */
  state: store.switchStates,
}
