import { barrierOf, openApp, vaultOf } from './compose.ts'
import { startOperations } from './compose-operations.ts'
import { queueBackend } from './compose-queue.ts'
import { openWatch } from './compose-watch.ts'
import type { Config } from './config.ts'
import type { Act, PersonId } from './lib/act.ts'
import type { Database } from './lib/db.ts'
import type { Logger } from './lib/log.ts'
import { openMetrics } from './lib/metrics.ts'
import type { Metrics } from './lib/metrics.ts'
import type { DatabaseUrls } from './lib/provision.ts'
import { openQueue, startWorker } from './lib/queue.ts'
import { requireLasting } from './lib/queue-redis.ts'
import type { JobQueue } from './lib/queue.ts'
import { byChannel } from './payouts/channels/channel.ts'
import type { ChannelLimits, ChannelName } from './payouts/channels/channel.ts'
import { openChannels } from './payouts/channels/open.ts'
import type { Channels } from './payouts/channels/open.ts'
import { watched } from './payouts/channels/watched.ts'
import { sendHandler, upkeepHandlers } from './payouts/handlers.ts'
import { calendarJob, enquireJob, sendQueueName, sweepJob, UPKEEP_QUEUE } from './payouts/jobs.ts'
import { payouts } from './payouts/payouts.ts'
import { OPERATIONS_QUEUE } from './operations/schedule.ts'

/** The queues of payouts, for adding. */
export interface PayoutQueues {
  /** The queue of a channel's orders. */
  of(channel: ChannelName): JobQueue
  readonly upkeep: JobQueue
  close(): Promise<void>
}

/** Opens the queues that payouts are sent through. */
export function openPayoutQueues(config: Config, urls: DatabaseUrls): PayoutQueues {
  const backend = queueBackend(config, urls)
  const queues = byChannel((channel) => openQueue(sendQueueName(channel), backend))
  const upkeep = openQueue(UPKEEP_QUEUE, backend)
  return {
    of: (channel) => queues[channel],
    upkeep,
    close: async () => {
      for (const queue of [...Object.values(queues), upkeep]) await queue.close()
    },
  }
}

/** Whoever calls takes turns; no person is behind it. */
const TURNS: Act = {
  actor: '00000000-0000-7000-8000-000000000000' as PersonId,
  via: 'worker:turns',
  scope: 'province',
}

/** What a worker process does: sends, or sends and looks after everything by the clock. */
export type WorkerDuties = 'send' | 'send-and-upkeep'

/**
 * Starts a worker of payouts. The returned function ends it: nothing more is claimed, what is under way is finished and
 * recorded. Throws DomainError `redis-evicts` when the queue's Redis may lose jobs, and what `startOperations` throws.
 */
export async function openWorker(
  config: Config,
  urls: DatabaseUrls,
  log: Logger,
  duties: WorkerDuties = 'send-and-upkeep',
): Promise<() => Promise<void>> {
  const backend = queueBackend(config, urls)
  if (backend.kind === 'redis') await requireLasting(backend)
  const vault = vaultOf(config)
  const db = openApp(urls, 'batch', 2 * config.WORKER_CONCURRENCY + 2)
  const channels = openChannels(config, (of) =>
    db.transact(TURNS, (tx) => payouts.takeTurns(tx, of)),
  )
  const metrics = openMetrics('worker')
  const byName = watchedChannels(channels.byName, metrics)
  const ending = new AbortController()
  const barrier = barrierOf(config)
  const onFailed = (job: string, error: Error) => {
    log.error({ event: 'job.failed', job, error: error.message })
  }
  const stops: (() => Promise<void>)[] = []
  const stop = async () => {
    ending.abort()
    await Promise.all(stops.map((one) => one()))
    await channels.close()
    await db.close()
  }
  try {
    const { signal: until } = ending
    if (duties === 'send-and-upkeep') {
      const upkeep = { urls, db, channels: byName, log, metrics, onFailed, until }
      stops.push(await startOperations(config, { urls, vault, log, metrics, onFailed, until }))
      stops.push(await startUpkeep(config, upkeep))
    } else {
      stops.push(await watchSender(config, { urls, db, log, metrics }))
    }
    for (const channel of Object.values(byName)) {
      const handler = sendHandler({ db, vault, channel, barrier, until })
      const concurrency = config.WORKER_CONCURRENCY
      const options = { handlers: [handler], concurrency, onFailed, onStalled: metrics.jobStalled }
      stops.push(startWorker(sendQueueName(channel.name), backend, options))
    }
  } catch (error) {
    // Nothing is sent by a worker that nobody can watch.
    await stop()
    throw error
  }
  return stop
}

/** What watches a worker that only sends: the same port, with the same questions. */
async function watchSender(
  config: Config,
  deps: {
    readonly urls: DatabaseUrls
    readonly db: Database
    readonly log: Logger
    readonly metrics: Metrics
  },
): Promise<() => Promise<void>> {
  const queue = openQueue(OPERATIONS_QUEUE, queueBackend(config, deps.urls))
  try {
    const watch = await openWatch(config, { ...deps, queue })
    return async () => {
      await watch.close()
      await queue.close()
    }
  } catch (error) {
    await queue.close()
    throw error
  }
}

/** The channels, whose calls the process counts. */
function watchedChannels(channels: Channels['byName'], metrics: Metrics): Channels['byName'] {
  const watch = { called: metrics.callSeen, wasReady: metrics.channelReady }
  return byChannel((name) => watched(channels[name], watch))
}

/** How long a call of a claim may wait for its turn where calls a second are counted: later its claim is too old. */
const TURNS_MS = 10_000
const turnsMs = ({ callsPerSecond }: ChannelLimits): number =>
  callsPerSecond === null ? 0 : TURNS_MS

/** The rhythms of what looks and mends; the calendar at seven in the morning and, for a late start, by the hour. */
const rhythmsOf = ({ UPKEEP_EVERY_MS: everyMs }: Config) =>
  [
    [sweepJob, { everyMs }],
    [enquireJob, { everyMs }],
    [calendarJob, { pattern: '0 7-18 * * *' }],
  ] as const

async function startUpkeep(
  config: Config,
  deps: {
    readonly urls: DatabaseUrls
    readonly db: Database
    readonly channels: Channels['byName']
    readonly log: Logger
    readonly metrics: Metrics
    readonly onFailed: (job: string, error: Error) => void
    readonly until: AbortSignal
  },
): Promise<() => Promise<void>> {
  const queues = openPayoutQueues(config, deps.urls)
  const keepTime = async () => {
    for (const [job, rhythm] of rhythmsOf(config)) await queues.upkeep.schedule(job, {}, rhythm)
  }
  await keepTime()
  // A queue that was emptied has lost its rhythms too: whoever lives puts them back.
  const timer = setInterval(() => {
    keepTime().catch((error: unknown) => {
      deps.onFailed('rhythms', error instanceof Error ? error : new Error(String(error)))
    })
  }, config.UPKEEP_EVERY_MS)
  // A call is bounded by twice the time-out, once it is its turn; as long again for its record.
  const callMs = 4 * config.CHANNEL_TIMEOUT_MS
  const waits = byChannel((channel) => {
    const { limits } = deps.channels[channel]
    return { callMs: callMs + turnsMs(limits), reportMs: limits.outcomeWithinMs }
  })
  const idleMs = 4 * config.UPKEEP_EVERY_MS
  const handlers = upkeepHandlers({
    ...deps,
    waits,
    idleMs,
    roundMs: config.UPKEEP_EVERY_MS,
    queueOf: (channel) => queues.of(channel),
  })
  const backend = queueBackend(config, deps.urls)
  // Each kind of job has its lane: a channel that is slow to answer keeps no sweep and no check waiting.
  const { onFailed, metrics } = deps
  const lanes = { handlers, concurrency: handlers.length }
  const options = { ...lanes, onFailed, onStalled: metrics.jobStalled }
  const stop = startWorker(UPKEEP_QUEUE, backend, options)
  return async () => {
    clearInterval(timer)
    await stop()
    await queues.close()
  }
}
