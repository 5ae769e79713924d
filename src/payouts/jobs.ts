import { z } from 'zod'
import { defineJob } from '../lib/queue.ts'
import type { JobQueue } from '../lib/queue.ts'
import type { LocalDate } from '../lib/time.ts'
import { channelNames } from './channels/channel.ts'
import type { ChannelName } from './channels/channel.ts'
import type { OrderRef } from './payouts-store.ts'

/** Each channel has a queue of its own: a slow bank does not keep the wallet waiting. */
export const sendQueueName = (channel: ChannelName): string => `send-${channel}`

/** The queue of what looks and mends: sweeps, enquiries, the calendar. */
export const UPKEEP_QUEUE = 'upkeep'

/**
 * Sends one order: a chunk of instructions of one channel and paying unit. `on` is the business day where somebody works days
 * off faster than the clock; null: the day on which it runs, which may be another than that on which it was offered.
 */
export const sendOrderJob = defineJob({
  name: 'payouts.send-order',
  payload: z.strictObject({
    orderId: z.string(),
    attempt: z.int(),
    channel: z.enum(channelNames),
    orderedBy: z.uuid(),
    plannedBy: z.uuid(),
    on: z.iso.date().nullable(),
  }),
  key: ({ orderId, attempt }) => `send-${orderId}-${attempt}`,
})

/** Looks at the rows and mends what is late or lost. */
export const sweepJob = defineJob({
  name: 'payouts.sweep',
  payload: z.strictObject({}),
  key: () => 'sweep',
  onFailure: 'retry',
})

/** Asks after the unknown payments that are due. */
export const enquireJob = defineJob({
  name: 'payouts.enquire',
  payload: z.strictObject({}),
  key: () => 'enquire',
  onFailure: 'retry',
})

/** Does what the calendar asks of the day. */
export const calendarJob = defineJob({
  name: 'payouts.calendar',
  payload: z.strictObject({}),
  key: () => 'calendar',
  onFailure: 'retry',
})

/** Offers the jobs of orders to the queues of their channels, `on` as `sendOrderJob` has it. Offering one twice is offering it once. */
export async function enqueueOrders(
  queueOf: (channel: ChannelName) => JobQueue,
  orders: readonly OrderRef[],
  on: LocalDate | null,
): Promise<void> {
  for (const channel of new Set(orders.map((order) => order.channel))) {
    const jobs = orders
      .filter((order) => order.channel === channel)
      .map((order) => ({ ...order, on }))
    await queueOf(channel).add(sendOrderJob, jobs)
  }
}
