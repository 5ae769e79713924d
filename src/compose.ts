import { join } from 'node:path'
import type { Config } from './config.ts'
import { setUpLedger } from './ledger/ledger-setup.ts'
import type { Act, PersonId } from './lib/act.ts'
import { createBarrier, parseBarrier } from './lib/barrier.ts'
import type { Barrier } from './lib/barrier.ts'
import { openDatabase } from './lib/db.ts'
import type { Database } from './lib/db.ts'
import { ensureDatabase } from './lib/embedded-database.ts'
import { startEmbeddedPostgres } from './lib/embedded-postgres.ts'
import type { EmbeddedPostgres } from './lib/embedded-postgres.ts'
import { DomainError } from './lib/errors.ts'
import { openHttp } from './lib/http.ts'
import type { Logger } from './lib/log.ts'
import { migrate } from './lib/migrations.ts'
import { provision } from './lib/provision.ts'
import type { DatabaseUrls } from './lib/provision.ts'
import { openQueue, setUpQueue, startWorker } from './lib/queue.ts'
import { requireLasting } from './lib/queue-redis.ts'
import type { JobQueue, QueueBackend } from './lib/queue.ts'
import { keysFromText, keysInFolder } from './lib/vault-keys.ts'
import { openVault } from './lib/vault.ts'
import type { Vault } from './lib/vault.ts'
import { createBank } from './payouts/channels/bank.ts'
import type { Channel, ChannelName } from './payouts/channels/channel.ts'
import { createHueS } from './payouts/channels/hue-s.ts'
import { sendHandler, upkeepHandlers } from './payouts/handlers.ts'
import {
  calendarJob,
  checkJob,
  enquireJob,
  sendQueueName,
  sweepJob,
  UPKEEP_QUEUE,
} from './payouts/jobs.ts'
import { setUpTransitions } from './payouts/payouts-store.ts'
import { readReference } from './registry/reference.ts'
import { loadReference } from './registry/reference-store.ts'

/** Who sets the database up: no person yet, so the act names the machine's own id. */
const SET_UP: Act = {
  actor: '00000000-0000-7000-8000-000000000000' as PersonId,
  via: 'set-up',
  scope: 'province',
}

/** The database of the process: the embedded one, or any PostgreSQL by DATABASE_URL. */
export interface Engine {
  readonly urls: DatabaseUrls
  readonly embedded: EmbeddedPostgres | null
  /** Stops the embedded server; does nothing to a foreign one. */
  stop(): Promise<void>
}

/**
 * Opens the database that the settings name, with its schema and roles. Without DATABASE_URL it is the embedded
 * PostgreSQL under DATA_DIR, started or adopted. `log` is told one line where the user should know something.
 */
export async function openEngine(
  config: Config,
  log: (line: string) => void = () => undefined,
): Promise<Engine> {
  const schema = config.DATABASE_SCHEMA
  if (config.DATABASE_URL !== undefined) {
    const urls = await provision({
      owner: config.DATABASE_URL,
      schema,
      app: config.DATABASE_APP_URL,
      report: config.DATABASE_REPORT_URL,
    })
    return { urls, embedded: null, stop: () => Promise.resolve() }
  }
  const embedded = await startEmbeddedPostgres({ dataDir: join(config.DATA_DIR, 'postgres'), log })
  const owner = await ensureDatabase(embedded, schema)
  // The cluster's own password: processes that share the embedded server agree without telling each other.
  const urls = await provision({
    owner,
    schema,
    rolePassword: decodeURIComponent(new URL(owner).password),
  })
  return { urls, embedded, stop: () => embedded.stop() }
}

/** Brings the database up to date: migrations, chart and templates, transitions, reference data, the queue's tables. */
export async function setUp(urls: DatabaseUrls): Promise<readonly string[]> {
  const applied = await migrate(urls)
  await setUpQueue(urls.owner, decodeURIComponent(new URL(urls.app).username))
  const owner = openDatabase({ url: urls.owner, schema: urls.schema, kind: 'batch', poolSize: 1 })
  try {
    await owner.transact(SET_UP, async (tx) => {
      await setUpLedger(tx)
      await setUpTransitions(tx)
      await loadReference(tx, readReference('prisma/reference'))
    })
  } finally {
    await owner.close()
  }
  return applied
}

/**
 * The vault of personal numbers (docs/adr/0009): with the keys of the settings, or with keys made under DATA_DIR beside
 * the embedded database. Throws DomainError `vault-keys` when a database elsewhere has no keys in the settings.
 */
export function vaultOf(config: Config): Vault {
  const { VAULT_DATA_KEYS: data, VAULT_INDEX_KEY: index, DATABASE_URL, DATA_DIR } = config
  if (data !== undefined && index !== undefined) return openVault(keysFromText(data, index))
  if (DATABASE_URL !== undefined || data !== undefined || index !== undefined) {
    throw new DomainError('invalid', 'vault-keys', 'Cần cả VAULT_DATA_KEYS và VAULT_INDEX_KEY')
  }
  return openVault(keysInFolder(DATA_DIR))
}

/** Where jobs are kept: Redis when REDIS_URL names it, else the application's own database. */
function queueBackend(config: Config, urls: DatabaseUrls): QueueBackend {
  const { REDIS_URL: url, REDIS_SENTINELS, REDIS_SENTINEL_NAME, REDIS_CLUSTER } = config
  if (url === undefined) return { kind: 'postgres', url: urls.app }
  const group = { sentinels: REDIS_SENTINELS, sentinelName: REDIS_SENTINEL_NAME }
  return { kind: 'redis', url, ...group, cluster: REDIS_CLUSTER }
}

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
  const bank = openQueue(sendQueueName('bank'), backend)
  const hueS = openQueue(sendQueueName('hue-s'), backend)
  const upkeep = openQueue(UPKEEP_QUEUE, backend)
  return {
    of: (channel) => (channel === 'bank' ? bank : hueS),
    upkeep,
    close: async () => {
      for (const queue of [bank, hueS, upkeep]) await queue.close()
    },
  }
}

/** The channels by name and how to close their connections. */
export interface Channels {
  readonly byName: Readonly<Record<ChannelName, Channel>>
  close(): Promise<void>
}

/** Opens the channels. Throws DomainError `config` when BANK_URL or HUES_URL is missing. */
export function openChannels(config: Config): Channels {
  const { BANK_URL, HUES_URL, CHANNEL_TIMEOUT_MS: timeoutMs } = config
  if (BANK_URL === undefined || HUES_URL === undefined) {
    throw new DomainError('invalid', 'config', 'Cần BANK_URL và HUES_URL để gửi lệnh chi')
  }
  const bank = openHttp({ baseUrl: BANK_URL, timeoutMs, connections: 8 })
  const hueS = openHttp({ baseUrl: HUES_URL, timeoutMs, connections: 100 })
  return {
    byName: { bank: createBank(bank), 'hue-s': createHueS(hueS) },
    close: async () => {
      await bank.close()
      await hueS.close()
    },
  }
}

/** The barrier of this process (FAULT_BARRIER, fault tests only). */
export function barrierOf({ FAULT_BARRIER: setting }: Config): Barrier {
  return createBarrier(setting === undefined ? null : parseBarrier(setting))
}

/** Connections of the application's role of one class. */
export function openApp(urls: DatabaseUrls, kind: 'online' | 'batch', poolSize: number): Database {
  return openDatabase({ url: urls.app, schema: urls.schema, kind, poolSize })
}

/** What a worker process does: sends, or sends and looks after everything by the clock. */
export type WorkerDuties = 'send' | 'send-and-upkeep'

/**
 * Starts a worker of payouts. The returned function ends it: nothing more is claimed, what is under way is finished and
 * recorded. Throws DomainError `redis-evicts` when the queue's Redis may lose jobs.
 */
export async function openWorker(
  config: Config,
  urls: DatabaseUrls,
  log: Logger,
  duties: WorkerDuties = 'send-and-upkeep',
): Promise<() => Promise<void>> {
  const backend = queueBackend(config, urls)
  if (backend.kind === 'redis') await requireLasting(backend)
  const db = openApp(urls, 'batch', 2 * config.WORKER_CONCURRENCY + 2)
  const channels = openChannels(config)
  let ending = false
  const barrier = barrierOf(config)
  const onFailed = (job: string, error: Error) => {
    log.error({ event: 'job.failed', job, error: error.message })
  }
  const stops = Object.values(channels.byName).map((channel) => {
    const handler = sendHandler({ db, channel, barrier, stopping: () => ending })
    const options = { handlers: [handler], concurrency: config.WORKER_CONCURRENCY, onFailed }
    return startWorker(sendQueueName(channel.name), backend, options)
  })
  if (duties === 'send-and-upkeep') {
    stops.push(await startUpkeep(config, { urls, db, channels: channels.byName, log, onFailed }))
  }
  return async () => {
    ending = true
    await Promise.all(stops.map((stop) => stop()))
    await channels.close()
    await db.close()
  }
}

/** The rhythms of what looks and mends; the calendar at seven in the morning and, for a late start, by the hour. */
const rhythmsOf = ({ UPKEEP_EVERY_MS: everyMs }: Config) =>
  [
    [sweepJob, { everyMs }],
    [enquireJob, { everyMs }],
    [checkJob, { everyMs: 2 * everyMs }],
    [calendarJob, { pattern: '0 7-18 * * *' }],
  ] as const

async function startUpkeep(
  config: Config,
  deps: {
    readonly urls: DatabaseUrls
    readonly db: Database
    readonly channels: Channels['byName']
    readonly log: Logger
    readonly onFailed: (job: string, error: Error) => void
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
  // A call is bounded by twice the time-out; as long again for its record.
  const callMs = 4 * config.CHANNEL_TIMEOUT_MS
  const { bank, 'hue-s': hueS } = deps.channels
  const waits = {
    bank: { callMs, reportMs: bank.limits.answerWithinMs },
    'hue-s': { callMs, reportMs: hueS.limits.answerWithinMs },
  }
  const idleMs = 4 * config.UPKEEP_EVERY_MS
  const handlers = upkeepHandlers({
    ...deps,
    waits,
    idleMs,
    queueOf: (channel) => queues.of(channel),
  })
  const backend = queueBackend(config, deps.urls)
  const options = { handlers, concurrency: 1, onFailed: deps.onFailed }
  const stop = startWorker(UPKEEP_QUEUE, backend, options)
  return async () => {
    clearInterval(timer)
    await stop()
    await queues.close()
  }
}
