import { chmod, mkdtemp, readFile, rm, statfs } from 'node:fs/promises'
import { freemem, tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startEmbeddedPostgres } from '../../src/lib/embedded-postgres.ts'
import { provision } from '../../src/lib/provision.ts'
import type { DatabaseUrls } from '../../src/lib/provision.ts'

/** The test server: the URLs of its template database, and of its superuser. */
export interface TestServer extends DatabaseUrls {
  readonly superuser: string
}

export const TEMPLATE = 'ansinh_template'
const OWNER = 'ansinh_owner'
const SCHEMA = 'ansinh'
/** How the address gets from the global set-up to the test files, which run in other processes. */
const VARIABLE = 'ANSINH_TEST_SERVER'

/** No test cuts the power: what only matters then is off for the server that all share. */
const SHARED = {
  ...{ fsync: 'off', full_page_writes: 'off', max_connections: '200' },
  ...{ max_wal_size: '256MB', wal_level: 'minimal', max_wal_senders: '0' },
}

/** A database is a thousand small files: made and removed in memory, where the machine has plenty of it. */
const MEMORY = '/dev/shm'
const MEMORY_BYTES_MIN = 4 * 1024 ** 3

/** A server with what must be done when it is not needed any more. */
export interface RunningServer extends TestServer {
  readonly stop: () => Promise<void>
  /** Kills it with -9 and starts it again on the same data; returns its port, which may be another. */
  readonly crash: () => Promise<number>
}

let shared: RunningServer | undefined

/**
 * Starts a PostgreSQL in a new folder, with an owner, an empty template database and the run-time
 * roles.
 */
export async function startServer(
  settings: Readonly<Record<string, string>> = {},
  parent = tmpdir(),
): Promise<RunningServer> {
  const folder = await mkdtemp(join(parent, 'ansinh-test-'))
  await chmod(folder, 0o755)
  const dataDir = join(folder, 'data')
  let server = await startEmbeddedPostgres({ dataDir, settings })
  const owner = server.url(TEMPLATE, OWNER)
  const password = pg.escapeLiteral(decodeURIComponent(new URL(owner).password))
  const client = new pg.Client({ connectionString: server.superuserUrl })
  await client.connect()
  await client.query(`create role ${OWNER} login createrole password ${password}`)
  await client.query(`create database ${TEMPLATE} owner ${OWNER}`)
  await client.end()
  const urls = await provision({ owner, schema: SCHEMA })
  const stop = async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
  const crash = async () => {
    const [pid] = (await readFile(join(dataDir, 'cluster', 'postmaster.pid'), 'utf8')).split('\n')
    process.kill(Number(pid), 'SIGKILL')
    server = await startEmbeddedPostgres({ dataDir, settings })
    return server.port
  }
  return { ...urls, superuser: server.superuserUrl, stop, crash }
}

/** Starts the one server that all test files share. */
export async function startTestServer(): Promise<TestServer> {
  shared = await startServer(SHARED, (await hasMuchMemory()) ? MEMORY : tmpdir())
  process.env[VARIABLE] = JSON.stringify(shared)
  return shared
}

async function hasMuchMemory(): Promise<boolean> {
  const room = await statfs(MEMORY).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => 0,
  )
  return Math.min(room, freemem()) > MEMORY_BYTES_MIN
}

/** Stops it and removes its data. */
export async function stopTestServer(): Promise<void> {
  await shared?.stop()
}

/** The server that the global set-up started. Throws when there is none. */
export function testServer(): TestServer {
  const text = process.env[VARIABLE]
  if (text === undefined) throw new Error('No test server: run the tests with jest')
  return JSON.parse(text) as TestServer
}

/** The same URL with another database. */
export function inDatabase(url: string, name: string): string {
  const copy = new URL(url)
  copy.pathname = `/${name}`
  return copy.toString()
}
