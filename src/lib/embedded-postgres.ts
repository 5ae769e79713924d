import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openHome, type Home } from './embedded-postgres-home.ts'
import { addressOf, answers, findServer, spawnServer } from './embedded-postgres-server.ts'
import { stopServer, type Server } from './embedded-postgres-server.ts'

export interface EmbeddedPostgresOptions {
  /** Where the data lives between runs: `cluster`, `password` and `server.log` are made in it. */
  readonly dataDir: string
  /** Server settings over the ordinary ones; they do not reach a server that is adopted. */
  readonly settings?: Readonly<Record<string, string>>
  /** Told, in one line each, what the user should know; silent by default. */
  readonly log?: (line: string) => void
}

export interface EmbeddedPostgres {
  readonly port: number
  /**
   * True when the server was running already: left by a killed process, or in use by a living one.
   */
  readonly adopted: boolean
  readonly superuserUrl: string
  /**
   * The address of a database for a role, `postgres` by default; each role has the cluster's
   * password.
   */
  readonly url: (database: string, user?: string) => string
  /** Stops the server, adopted or not, and returns when it is gone. */
  readonly stop: () => Promise<void>
}

const startMsMax = 60_000
const pollMs = 25

/**
 * Nothing that a commit relies on is off: a kill -9 or a power cut is what a real server is for.
 */
const ordinarySettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '128MB',
  max_wal_size: '2GB',
  max_connections: '100',
  jit: 'off',
}

/**
 * Starts a real PostgreSQL on 127.0.0.1, or adopts the one that still serves the data folder after
 * a process was killed. Takes the options; returns the addresses and how to stop it. A server that
 * this process started is told to stop when the process exits, by an uncaught error too; by a
 * signal only if the process handles that signal. Throws, with the end of the server's log, when
 * there is none within a minute.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const { dataDir, settings = {}, log = () => undefined } = options
  const home = await openHome(resolve(dataDir), log)
  const deadline = performance.now() + startMsMax
  for (;;) {
    const running = await adopt(home, deadline)
    if (running) return face(home, running, true)
    const started = await launch(home, { ...ordinarySettings, ...settings }, deadline)
    if (started) return face(home, started, false)
    await sleep(pollMs)
  }
}

const face = (home: Home, server: Server, adopted: boolean): EmbeddedPostgres => {
  const url = (database: string, user = 'postgres') => addressOf(home, server.port, database, user)
  const stop = () => stopServer(home, server)
  return { port: server.port, adopted, superuserUrl: url('postgres'), url, stop }
}

/** The server that serves the cluster already, once it answers; undefined when there is none. */
async function adopt(home: Home, deadline: number): Promise<Server | undefined> {
  for (;;) {
    const server = await findServer(home)
    if (!server) return undefined
    if (await answers(home, server.port)) return server
    if (performance.now() > deadline) {
      throw new Error(`PostgreSQL (process ${String(server.pid)}) runs but does not answer`)
    }
    await sleep(pollMs)
  }
}

/**
 * Another process was faster, an old backend has not ended yet, or the port was taken: look again.
 */
const passing = /lock file ".*" already exists|is still in use|could not create any TCP\/IP sockets/

/** Starts the server, once it answers; undefined when it ended for a reason that passes. */
async function launch(
  home: Home,
  settings: Readonly<Record<string, string>>,
  deadline: number,
): Promise<Server | undefined> {
  const server = await spawnServer(home, settings)
  while (server.running()) {
    if (await answers(home, server.port)) return server
    if (performance.now() > deadline) {
      await stopServer(home, server)
      break
    }
    await sleep(pollMs)
  }
  const said = await server.output()
  if (passing.test(said) && performance.now() < deadline) return undefined
  const end = said.trim().split('\n').slice(-5).join('\n')
  throw new Error(`PostgreSQL did not start. The end of ${home.logFile}:\n${end}`)
}
