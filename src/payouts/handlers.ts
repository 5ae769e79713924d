import type { Act, PersonId } from '../lib/act.ts'
import type { Barrier } from '../lib/barrier.ts'
import type { Database } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { Logger } from '../lib/log.ts'
import { handle } from '../lib/queue.ts'
import type { JobHandler, JobQueue } from '../lib/queue.ts'
import { localDate, today } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'
import type { Channel, ChannelName } from './channels/channel.ts'
import { calendarJob, checkJob, enquireJob, sendOrderJob, sweepJob } from './jobs.ts'
import { payouts } from './payouts.ts'
import type { OrderLimits } from './payouts-store.ts'
import type { ChannelWaits } from './sweeping.ts'

/** What is done by the clock has no person behind it: the act names the machine's own id. */
const byClock = (via: string): Act => ({
  actor: '00000000-0000-7000-8000-000000000000' as PersonId,
  via,
  scope: 'province',
})

/** The handler of a channel's orders. A refusal that only parted books explain stops the channel. */
export function sendHandler(deps: {
  readonly db: Database
  readonly vault: Vault
  readonly channel: Channel
  readonly barrier: Barrier
  readonly stopping: () => boolean
}): JobHandler {
  const { db, channel } = deps
  return handle(sendOrderJob, async ({ orderId, orderedBy, on }) => {
    const by = { actor: orderedBy as PersonId, via: 'worker:send', scope: 'province' } as const
    const order = { id: orderId, on: localDate(on) }
    try {
      if (await payouts.sendOrder(deps, by, order)) return
    } catch (error) {
      await db.transact(by, (tx) => payouts.stopOnViolation(tx, by, channel.name, error))
      throw error
    }
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
  readonly limits: OrderLimits
  readonly waits: Readonly<Record<ChannelName, ChannelWaits>>
  readonly idleMs: number
  readonly queueOf: (channel: ChannelName) => JobQueue
  readonly log: Logger
}): readonly JobHandler[] {
  const { db, channels, log } = deps
  return [
    handle(sweepJob, async () => {
      const swept = await payouts.sweep(deps, byClock('worker:sweep'), today())
      log.info({ event: 'payouts.swept', ...swept })
    }),
    handle(enquireJob, async () => {
      await eachOf(Object.values(channels), (channel) => learnOutcomes({ db, channel, log }))
    }),
    handle(checkJob, async () => {
      const violations = await payouts.checkBooks(db, byClock('worker:check'))
      for (const { reference, channel, state } of violations)
        log.error({ event: 'payouts.violation', reference, channel, state })
    }),
    handle(calendarJob, async () => {
      const tasks = await payouts.calendar.run(db, byClock('worker:calendar'), today())
      log.info({ event: 'payouts.calendar', tasks })
    }),
  ]
}

/** One that fails does not keep the others from being asked; what failed is thrown when all were. */
async function eachOf<T>(of: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const errors: unknown[] = []
  for (const one of of) {
    try {
      await work(one)
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length === 1) throw errors[0]
  if (errors.length > 0) throw new AggregateError(errors, 'several channels failed')
}

/** Callbacks asked about in one round at the most. */
const CALLED_MAX = 500

/** What a channel has to say now: its status files, what callbacks called for, what is due by the calendar of enquiries. */
async function learnOutcomes(deps: {
  readonly db: Database
  readonly channel: Channel
  readonly log: Logger
}): Promise<void> {
  const { db, channel, log } = deps
  const by = byClock('worker:enquire')
  const on = today()
  const files = await payouts.takeStatusFiles(db, by, channel, on)
  const called = await payouts.enquireDue({ db, channel }, by, { on, rowsMax: CALLED_MAX })
  const round = await payouts.enquireRound({ db, channel }, by, on)
  if (files.length + called + round.asked > 0)
    log.info({
      ...{ event: 'payouts.enquired', channel: channel.name, files: files.length, called },
      ...round,
    })
}
