import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { ledger } from '../../src/ledger/ledger.ts'
import { setUpLedger } from '../../src/ledger/ledger-setup.ts'
import type { Act, PersonId } from '../../src/lib/act.ts'
import { openDatabase } from '../../src/lib/db.ts'
import type { Database } from '../../src/lib/db.ts'
import { startEmbeddedPostgres } from '../../src/lib/embedded-postgres.ts'
import { migrate } from '../../src/lib/migrations.ts'
import { provision } from '../../src/lib/provision.ts'
import type { DatabaseUrls } from '../../src/lib/provision.ts'
import type { Month } from '../../src/lib/time.ts'

const SCHEMA = 'ledger_bench'

/** Who posts in the bench. */
export const by: Act = {
  actor: '0198c0de-0000-7000-8000-00000000be7c' as PersonId,
  via: 'bench',
  scope: 'province',
}

/** A server for one run: an embedded one of its own, or the one behind `--url` as a superuser. */
export interface BenchServer {
  readonly version: string
  /** A folder that the server can read: COPY's files lie there. */
  readonly folder: string
  /** Makes a migrated database with open months. */
  readonly ledgerDatabase: (name: string, months: readonly Month[]) => Promise<BenchDatabase>
  /** Drops what was made and stops what was started. */
  readonly stop: () => Promise<void>
}

/** A ledger of its own, and the ways into it. */
export interface BenchDatabase {
  /** Connections as the application has them: role, search path, settings. */
  readonly face: Database
  /** A plain connection of the application's role, for the door. */
  readonly asApp: () => Promise<pg.Client>
  /** A plain connection of the superuser, for bare tables, COPY and filling. */
  readonly asOwner: () => Promise<pg.Client>
}

type UrlOf = (database: string, user?: string) => string

/** Starts an embedded server in a temporary folder, or takes the one at `url` (of a superuser). */
export async function openServer(url: string | undefined): Promise<BenchServer> {
  const folder = await mkdtemp(join(tmpdir(), 'ledger-bench-'))
  await chmod(folder, 0o755)
  const embedded =
    url === undefined ? await startEmbeddedPostgres({ dataDir: join(folder, 'data') }) : undefined
  const urlOf: UrlOf =
    embedded?.url ?? ((database, user) => otherDatabase(url ?? '', database, user))
  const admin = new pg.Client({ connectionString: urlOf('postgres') })
  await admin.connect()
  const { rows } = await admin.query<{ server_version: string }>('show server_version')
  const closers: (() => Promise<void>)[] = []
  return {
    version: rows[0]?.server_version ?? '?',
    folder,
    ledgerDatabase: (name, months) => makeDatabase({ admin, urlOf, closers }, name, months),
    stop: async () => {
      for (const close of closers.toReversed()) await close()
      await admin.end()
      await embedded?.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function otherDatabase(url: string, database: string, user?: string): string {
  const other = new URL(url)
  other.pathname = `/${database}`
  if (user !== undefined) other.username = user
  return other.toString()
}

interface Making {
  readonly admin: pg.Client
  readonly urlOf: UrlOf
  readonly closers: (() => Promise<void>)[]
}

/** Roles are the server's, not the database's: made once, then known. */
const roles = new Map<UrlOf, Pick<DatabaseUrls, 'app' | 'report'>>()

async function makeDatabase(
  { admin, urlOf, closers }: Making,
  name: string,
  months: readonly Month[],
): Promise<BenchDatabase> {
  const database = `bench_${name}_${String(process.pid)}`
  await admin.query(`create database ${database}`)
  closers.push(async () => {
    await admin.query(`drop database ${database} with (force)`)
  })
  const inDatabase = ({ app, report }: Pick<DatabaseUrls, 'app' | 'report'>) => ({
    app: otherDatabase(app, database),
    report: otherDatabase(report, database),
  })
  const known = roles.get(urlOf)
  const urls = await provision({
    owner: urlOf(database),
    schema: SCHEMA,
    ...(known && inDatabase(known)),
  })
  roles.set(urlOf, urls)
  await migrate(urls)
  await prepare(urls, months)
  const face = openDatabase({ url: urls.app, schema: SCHEMA, kind: 'batch', poolSize: 4 })
  closers.push(() => face.close())
  const connect = (url: string) => async () => {
    const client = new pg.Client({
      connectionString: url,
      options: `-c search_path=${SCHEMA},pg_temp`,
    })
    client.on('error', () => undefined)
    await client.connect()
    closers.push(() => client.end())
    return client
  }
  return { face, asApp: connect(urls.app), asOwner: connect(urls.owner) }
}

async function prepare(urls: DatabaseUrls, months: readonly Month[]): Promise<void> {
  const owner = openDatabase({ url: urls.owner, schema: SCHEMA, kind: 'batch', poolSize: 1 })
  try {
    await owner.transact(by, setUpLedger)
    for (const month of months) await owner.transact(by, (tx) => ledger.openPeriod(tx, by, month))
  } finally {
    await owner.close()
  }
}
