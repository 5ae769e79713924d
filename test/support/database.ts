import { randomBytes } from 'node:crypto'
import { afterAll } from '@jest/globals'
import pg from 'pg'
import { openDatabase } from '../../src/lib/db.ts'
import type { Database } from '../../src/lib/db.ts'
import type { DatabaseUrls } from '../../src/lib/provision.ts'
import { inDatabase, TEMPLATE, testServer } from './server.ts'
import type { TestServer } from './server.ts'

/** A database of its own for a test: migrated and set up, without a single entry. */
export interface FreshDatabase {
  /** As the application's, the reports' and the owner's role. */
  readonly app: Database
  readonly report: Database
  readonly owner: Database
  readonly urls: DatabaseUrls
  /** As the superuser, for looking at what is really there; its search path is the schema. */
  readonly admin: pg.Client
  /** One more plain connection, by default as the application; closed by `drop`. */
  connect(url?: string): Promise<pg.Client>
  /** Closes every connection and keeps the database, for copies; throws when somebody else is still connected. */
  rest(): Promise<void>
  /** Closes all and drops the database; throws when somebody else is still connected. */
  drop(): Promise<void>
}

/** Enough for the storms of the concurrency tests, few enough for several jest workers. */
const POOL_SIZE = 50

const open = new Set<FreshDatabase>()

// Whatever a test file left open is closed after it, so that jest ends by itself.
afterAll(async () => {
  for (const database of open) await database.drop()
})

/**
 * A scene that is set once, in a database of its own, and that each test gets a copy of, with what `set` returned. What
 * `set` takes is a database of the shared server.
 */
export function copiesOf<T>(set: (database: FreshDatabase) => Promise<T>) {
  const setOnce = async () => {
    const database = await freshDatabase()
    const found = await set(database)
    await database.rest()
    return { template: new URL(database.urls.app).pathname.slice(1), found }
  }
  let original: ReturnType<typeof setOnce> | undefined
  return async () => {
    const { template, found } = await (original ??= setOnce())
    return { database: await freshDatabase(testServer(), template), found }
  }
}

/** Clones a template in a fraction of a second. */
export async function freshDatabase(
  server: TestServer = testServer(),
  origin = TEMPLATE,
): Promise<FreshDatabase> {
  const { superuser, ...template } = server
  const name = `test_${randomBytes(8).toString('hex')}`
  await onServer(
    superuser,
    `create database ${name} template ${origin} owner ansinh_owner strategy file_copy`,
  )
  const urls = {
    owner: inDatabase(template.owner, name),
    app: inDatabase(template.app, name),
    report: inDatabase(template.report, name),
    schema: template.schema,
  }
  const pool = (url: string, poolSize: number) =>
    openDatabase({ url, schema: urls.schema, kind: 'batch', poolSize })
  const [app, report, owner] = [
    pool(urls.app, POOL_SIZE),
    pool(urls.report, 2),
    pool(urls.owner, 2),
  ]
  const clients: pg.Client[] = []
  const connect = async (url = urls.app) => {
    const client = await connectTo(url, urls.schema)
    clients.push(client)
    return client
  }
  const admin = await connect(inDatabase(superuser, name))
  const close = async () => {
    await Promise.all([app.close(), report.close(), owner.close()])
    await Promise.all(clients.splice(0).map((client) => client.end()))
    return stillConnected(superuser, name)
  }
  const refuse = (left: readonly unknown[]) => {
    if (left.length > 0) throw new Error(`Left connected to ${name}: ${JSON.stringify(left)}`)
  }
  const drop = async () => {
    open.delete(database)
    const left = await close()
    await onServer(superuser, `drop database ${name} with (force)`)
    refuse(left)
  }
  const rest = async () => {
    refuse(await close())
  }
  const database = { app, report, owner, urls, admin, connect, rest, drop }
  open.add(database)
  return database
}

async function connectTo(url: string, schema: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    options: `-c search_path=${schema},pg_temp`,
  })
  // A test may have the server end this connection: the query that was running says so.
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/**
 * Who is connected to a database a second after it was closed: a closed connection takes a moment
 * to end.
 */
async function stillConnected(superuser: string, name: string): Promise<unknown[]> {
  for (let tries = 1; ; tries += 1) {
    const left = await onServer(
      superuser,
      `select application_name, state, query from pg_stat_activity
        where datname = '${name}' and backend_type = 'client backend'`,
    )
    if (left.length === 0 || tries === 50) return left
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function onServer(superuser: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: superuser })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}
