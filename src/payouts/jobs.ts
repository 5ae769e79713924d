import { z } from 'zod'
import type { PersonId } from '../lib/act.ts'
import type { Barrier } from '../lib/barrier.ts'
import type { Database } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { defineJob, handle } from '../lib/queue.ts'
import type { JobHandler } from '../lib/queue.ts'
import { localDate } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'
import type { Channel, ChannelName } from './channels/channel.ts'
import { payouts } from './payouts.ts'

/** The queue that payouts are sent through. */
export const PAYOUT_QUEUE = 'payouts'

/** Sends one order: a chunk of instructions of one channel and paying unit. `on` is the business day. */
export const sendOrderJob = defineJob({
  name: 'payouts.send-order',
  payload: z.strictObject({
    orderId: z.string(),
    attempt: z.int(),
    channel: z.enum(['bank', 'hue-s']),
    orderedBy: z.uuid(),
    on: z.iso.date(),
  }),
  key: ({ orderId, attempt }) => `send-${orderId}-${attempt}`,
})

/** The handlers of payouts: small, idempotent, looking at the rows before they act. */
export function payoutHandlers(deps: {
  readonly db: Database
  readonly vault: Vault
  readonly channels: Readonly<Record<ChannelName, Channel>>
  readonly barrier: Barrier
}): readonly JobHandler[] {
  const { db, vault, channels, barrier } = deps
  return [
    handle(sendOrderJob, async ({ orderId, channel, orderedBy, on }) => {
      const by = { actor: orderedBy as PersonId, via: 'worker:send', scope: 'province' } as const
      const sent = await payouts.sendOrder({ db, vault, channel: channels[channel], barrier }, by, {
        id: orderId,
        on: localDate(on),
      })
      if (!sent)
        throw new DomainError(
          'conflict',
          'channel-refused',
          `Kênh ${channel} từ chối kết nối hoặc đang tạm ngừng; lệnh ở lại hàng đợi`,
        )
    }),
  ]
}
