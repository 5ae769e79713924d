import { join } from 'node:path'
import { setUpAccess } from './access/access.ts'
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
import { migrate } from './lib/migrations.ts'
import { provision } from './lib/provision.ts'
import type { DatabaseUrls } from './lib/provision.ts'
import { setUpQueue } from './lib/queue.ts'
import { keysFromText, keysInFolder } from './lib/vault-keys.ts'
import { openVault } from './lib/vault.ts'
import type { Vault, VaultKeys } from './lib/vault.ts'
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
      await setUpAccess(tx, 'prisma/access')
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

/** Connections of the application's role of one class. */
export function openApp(urls: DatabaseUrls, kind: 'online' | 'batch', poolSize: number): Database {
  return openDatabase({ url: urls.app, schema: urls.schema, kind, poolSize })
}

/** The barrier of this process (FAULT_BARRIER, fault tests only). */
export function barrierOf({ FAULT_BARRIER: setting }: Config): Barrier {
  return createBarrier(setting === undefined ? null : parseBarrier(setting))
}
