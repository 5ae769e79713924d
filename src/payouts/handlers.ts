import type { Act, PersonId } from '../lib/act.ts'
import type { Barrier } from '../lib/barrier.ts'
import type { Database } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { Logger } from '../lib/log.ts'
import { handle } from '../lib/queue.ts'
import type { JobHandler, JobQueue } from '../lib/queue.ts'
import { localDate, today } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'
import { byChannel } from './channels/channel.ts'
import type { Channel, ChannelName } from './channels/channel.ts'
import { calendarJob, enquireJob, sendOrderJob, sweepJob } from './jobs.ts'
import { payouts } from './payouts.ts'
import type { ChannelWaits } from './sweeping.ts'

/** What is done by the clock has no person behind it: the act names the machine's own id. */
const byClock = (via: string): Act => ({
  actor: '00000000-0000-7000-8000-000000000000' as PersonId,
  via,
  scope: 'province',
})

/** Who sends an order: the person who made it; of an order that a sweep made the machine, for whoever released its list. */
const bySender = (of: { readonly orderedBy: string; readonly plannedBy: string }): Act => ({
  ...{ actor: of.plannedBy as PersonId, via: 'worker:send', scope: 'province' },
  ...(of.plannedBy === of.orderedBy ? {} : { origin: { deputyFor: of.orderedBy as PersonId } }),
})

/** The handler of a channel's orders. A refusal that only parted books explain stops the channel. */
export function sendHandler(deps: {
  readonly db: Database
  readonly vault: Vault
  readonly channel: Channel
  readonly barrier: Barrier
  readonly until: AbortSignal
}): JobHandler {
  const { db, channel } = deps
  return handle(sendOrderJob, async ({ orderId, on, ...people }) => {
    const by = bySender(people)
    const order = { id: orderId, on: on === null ? null : localDate(on) }
    const books = { db, by, channels: [channel.name] }
    if (await payouts.failClosed(books, () => payouts.sendOrder(deps, by, order))) return
    throw new DomainError(
      'conflict',
      'channel-refused',
      `Kênh ${channel.name} từ chối kết nối hoặc đang tạm ngừng; lệnh ở lại hàng đợi`,
    )
  })
}

/** The handlers of what looks and mends by the clock. Each may run at any time, and twice. */
export function upkeepHandlers(deps: {
  readonly db: Database
  readonly channels: Readonly<Record<ChannelName, Channel>>
  readonly waits: Readonly<Record<ChannelName, ChannelWaits>>
  readonly idleMs: number
  readonly queueOf: (channel: ChannelName) => JobQueue
  readonly log: Logger
  /** How long one question of a round may take before the round goes on without its answer. */
  readonly roundMs: number
  /** Says that the process is to end. */
  readonly until: AbortSignal
}): readonly JobHandler[] {
  const { db, channels, log } = deps
  const limits = byChannel((channel) => channels[channel].limits)
  return [
    handle(sweepJob, async () => {
      const by = byClock('worker:sweep')
      const books = { db, by, channels: Object.values(channels).map(({ name }) => name) }
      const sweep = () => payouts.sweep({ ...deps, limits }, by, today())
      log.info({ event: 'payouts.swept', ...(await payouts.failClosed(books, sweep)) })
    }),
    handle(enquireJob, async () => {
      await eachOf(Object.values(channels), (channel) => learnOutcomes({ ...deps, channel }))
    }),
    handle(calendarJob, async () => {
      const tasks = await payouts.calendar.run(db, byClock('worker:calendar'), today())
      log.info({ event: 'payouts.calendar', tasks })
    }),
  ]
}

/** All at once: one that fails or hangs does not keep the others from being asked; what failed is thrown when all were. */
async function eachOf<T>(of: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const ends = await Promise.allSettled(of.map(work))
  const errors = ends.flatMap((end): unknown[] => (end.status === 'rejected' ? [end.reason] : []))
  if (errors.length === 1) throw errors[0]
  if (errors.length > 0) throw new AggregateError(errors, 'several channels failed')
}

/** Callbacks asked about in one round at the most. */
const CALLED_MAX = 500

interface Round {
  readonly db: Database
  readonly channel: Channel
  readonly log: Logger
  readonly roundMs: number
  readonly until: AbortSignal
}

/**
 * What a channel has to say now: its status files, what callbacks called for, what is due by the calendar of enquiries, what
 * it never fetched. Each question has its time, so that a channel that hangs ends its round.
 */
async function learnOutcomes({ db, channel, log, roundMs, until: ending }: Round): Promise<void> {
  const by = byClock('worker:enquire')
  const on = today()
  const bounded = () => AbortSignal.any([ending, AbortSignal.timeout(roundMs)])
  await payouts.failClosed({ db, by, channels: [channel.name] }, async () => {
    const files = await payouts.takeStatusFiles(db, by, channel, on, bounded())
    const due = { on, rowsMax: CALLED_MAX }
    const called = await payouts.enquireDue({ db, channel, until: bounded() }, by, due)
    const round = await payouts.enquireRound({ db, channel, until: bounded() }, by, on)
    const takenBack = await payouts.takeBackFiles({ db, channel }, by, on)
    if (files.length + called + round.asked + takenBack === 0) return
    const found = { files: files.length, called, takenBack, ...round }
    log.info({ event: 'payouts.enquired', channel: channel.name, ...found })
  })
}
