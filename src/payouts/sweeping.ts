import type { Act } from '../lib/act.ts'
import type { Database } from '../lib/db.ts'
import type { JobQueue } from '../lib/queue.ts'
import type { LocalDate } from '../lib/time.ts'
import { monthOf } from '../lib/time.ts'
import type { ChannelLimits, ChannelName } from './channels/channel.ts'
import { isOpen } from './channels/hours.ts'
import { enqueueOrders } from './jobs.ts'
import { ordersToSend, planOrders } from './payouts-store.ts'
import type { OrderLimits } from './payouts-store.ts'
import { giveUpOnSilent, raiseIdleOrders } from './sending-store.ts'
import { giveUpOnLateReports } from './sweeping-store.ts'

/** How long a channel may take, in milliseconds, before its outcome counts as unknown. */
export interface ChannelWaits {
  /** From the claim to the recorded answer of a call. */
  readonly callMs: number
  /** From a file received to its status report. */
  readonly reportMs: number
}

/** What a sweep had to do; all but `enqueued` are near nothing in health. */
export interface Swept {
  /** Orders made of what was queued and in none. */
  readonly planned: number
  /** Payments whose sender never recorded an answer. */
  readonly silent: number
  /** Payments that no status report named in time. */
  readonly unreported: number
  /** Orders whose job was lost. */
  readonly raised: number
  /** Jobs offered to the queue; those that it still holds are one with them. */
  readonly enqueued: number
}

/**
 * Looks at the rows and mends (docs/adr/0008): what waits too long becomes UNKNOWN, what is queued gets an order, and
 * what should be in the queue is offered to it again. Safe to run at any time, any number of times, by any number of
 * processes: the rows are locked, and the same job id twice is one job. `on` is the business day; only lists of its
 * month or earlier are sent, for the payment window opens with the month.
 */
export async function sweep(
  deps: {
    readonly db: Database
    readonly queueOf: (channel: ChannelName) => JobQueue
    readonly limits: OrderLimits & Readonly<Record<ChannelName, Pick<ChannelLimits, 'hours'>>>
    readonly waits: Readonly<Record<ChannelName, ChannelWaits>>
    /** An order that nobody takes for as long as this has lost its job. */
    readonly idleMs: number
    /** The time of day in Vietnam, "HH:MM"; this machine's when left out. */
    readonly clock?: () => string
  },
  by: Act,
  on: LocalDate,
): Promise<Swept> {
  const { db, queueOf, limits, waits, idleMs, clock } = deps
  const mended = await db.transact(by, async (tx) => {
    const counts = { silent: 0, unreported: 0 }
    for (const [channel, { callMs, reportMs }] of entriesOf(waits)) {
      counts.silent += await giveUpOnSilent(tx, callMs, channel)
      counts.unreported += await giveUpOnLateReports(tx, reportMs, channel)
    }
    return counts
  })
  const planned = await db.transact(by, (tx) =>
    planOrders(tx, { on, limits, until: monthOf(on), orderedBy: null, plannedBy: by.actor }),
  )
  // What is closed by the hour or stopped by the treasury wants no job: the first sweep after that offers it.
  const open = entriesOf(limits).flatMap(([channel, its]) => (isOpen(its, clock) ? [channel] : []))
  const { raised, orders } = await db.transact(by, async (tx) => ({
    raised: await raiseIdleOrders(tx, idleMs, open),
    orders: await ordersToSend(tx, open),
  }))
  await enqueueOrders(queueOf, orders, null)
  return { ...mended, planned, raised, enqueued: orders.length }
}

const entriesOf = <T>(of: Readonly<Record<ChannelName, T>>) =>
  Object.entries(of) as [ChannelName, T][]
