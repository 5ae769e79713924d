import { join } from 'node:path'
import type { Config } from './config.ts'
import { setUpLedger } from './ledger/ledger-setup.ts'
import type { Act, PersonId } from './lib/act.ts'
import { createBarrier } from './lib/barrier.ts'
import type { Barrier, BarrierName } from './lib/barrier.ts'
import { openDatabase } from './lib/db.ts'
import type { Database } from './lib/db.ts'
import { ensureDatabase } from './lib/embedded-database.ts'
import { startEmbeddedPostgres } from './lib/embedded-postgres.ts'
import type { EmbeddedPostgres } from './lib/embedded-postgres.ts'
import { DomainError } from './lib/errors.ts'
import { openListener } from './lib/listener.ts'
import type { Listener } from './lib/listener.ts'
import type { Logger } from './lib/log.ts'
import { migrate } from './lib/migrations.ts'
import { provision } from './lib/provision.ts'
import type { DatabaseUrls } from './lib/provision.ts'
import { openQueue, setUpQueue, startWorker } from './lib/queue.ts'
import type { JobQueue, QueueBackend } from './lib/queue.ts'
import { unixMs } from './lib/time.ts'
import { keysFromText, keysInFolder } from './lib/vault-keys.ts'
import { openVault } from './lib/vault.ts'
import type { Vault, VaultKeys } from './lib/vault.ts'
import { takeCallback } from './payouts/callbacks.ts'
import { signatureKeys } from './payouts/channels/hue-s-signature.ts'
import { openChannels } from './payouts/channels/open.ts'
import { PAYOUT_QUEUE, payoutHandlers } from './payouts/jobs.ts'
import { setUpDecisions } from './payouts/list-store.ts'
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
      await setUpDecisions(tx)
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
  return openVault(vaultKeysOf(config))
}

/** The keys of that vault, for handing on to a process that is started with settings. */
export function vaultKeysOf(config: Config): VaultKeys {
  const { VAULT_DATA_KEYS: data, VAULT_INDEX_KEY: index, DATABASE_URL, DATA_DIR } = config
  if (data !== undefined && index !== undefined) return keysFromText(data, index)
  if (DATABASE_URL !== undefined || data !== undefined || index !== undefined) {
    throw new DomainError('invalid', 'vault-keys', 'Cần cả VAULT_DATA_KEYS và VAULT_INDEX_KEY')
  }
  return keysInFolder(DATA_DIR)
}

/** Where jobs are kept: Redis when REDIS_URL names it, else the application's own database. */
function queueBackend(config: Config, urls: DatabaseUrls): QueueBackend {
  return config.REDIS_URL === undefined
    ? { kind: 'postgres', url: urls.app }
    : { kind: 'redis', url: config.REDIS_URL }
}

/** Opens the queue that payouts are sent through, for adding. */
export function openPayoutQueue(config: Config, urls: DatabaseUrls): JobQueue {
  return openQueue(PAYOUT_QUEUE, queueBackend(config, urls))
}

/** The barrier of this process (FAULT_BARRIER, fault tests only). */
export function barrierOf(config: Config): Barrier {
  const [name, pass] = (config.FAULT_BARRIER ?? '').split(':')
  return createBarrier(
    name === undefined || pass === undefined
      ? null
      : { name: name as BarrierName, pass: Number(pass) },
  )
}

/** Connections of the application's role of one class. */
export function openApp(urls: DatabaseUrls, kind: 'online' | 'batch', poolSize: number): Database {
  return openDatabase({ url: urls.app, schema: urls.schema, kind, poolSize })
}

/** Starts a worker of payouts; the returned function stops it: no new job, those under way finish. */
export function openWorker(config: Config, urls: DatabaseUrls, log: Logger): () => Promise<void> {
  const vault = vaultOf(config)
  const db = openApp(urls, 'batch', config.WORKER_CONCURRENCY + 1)
  const channels = openChannels(config)
  const stop = startWorker(PAYOUT_QUEUE, queueBackend(config, urls), {
    handlers: payoutHandlers({ db, vault, channels: channels.byName, barrier: barrierOf(config) }),
    concurrency: config.WORKER_CONCURRENCY,
    onFailed: (job, error) => {
      log.error({ event: 'job.failed', job, error: error.message })
    },
  })
  return async () => {
    await stop()
    await channels.close()
    await db.close()
  }
}

/** Connections of the listener: a burst of callbacks waits its turn. */
const CALLBACK_POOL_SIZE = 4

/** Listens for the wallet's callbacks (POST /callbacks/hue-s). Throws DomainError `config` without HUES_CALLBACK_KEYS. */
export async function openCallbacks(
  config: Config,
  urls: DatabaseUrls,
  log: Logger,
): Promise<Listener> {
  const { HUES_CALLBACK_KEYS, CALLBACK_HOST: host, CALLBACK_PORT: port } = config
  if (HUES_CALLBACK_KEYS === undefined)
    throw new DomainError('invalid', 'config', 'Cần HUES_CALLBACK_KEYS để nhận báo của ví Hue-S')
  const db = openApp(urls, 'online', CALLBACK_POOL_SIZE)
  const barrier = barrierOf(config)
  const deps = { db, keys: signatureKeys(HUES_CALLBACK_KEYS), nowMs: unixMs, barrier, log }
  const listener = await openListener({
    host,
    port,
    routes: {
      '/callbacks/hue-s': (request) => takeCallback(deps, request),
    },
    onError: (error) => {
      log.error({ event: 'callback.failed', error: String(error) })
    },
  })
  return {
    port: listener.port,
    close: async () => {
      await listener.close()
      await db.close()
    },
  }
}
