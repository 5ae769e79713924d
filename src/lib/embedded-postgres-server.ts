import { spawn } from 'node:child_process'
import { open, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { platform } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { isAlive, serverEnvironment, type Home } from './embedded-postgres-home.ts'
import { invariant } from './errors.ts'

/** A running server of a home. */
export interface Server {
  readonly pid: number
  readonly port: number
}

/** A server that was started a moment ago, and may end before it answers. */
export type Launched = Server & {
  /** False once the process has ended. */
  readonly running: () => boolean
  /** What the server has logged since it was started. */
  readonly output: () => Promise<string>
}

const stopMsMax = 30_000
const pollMs = 25
const logBytesMax = 10_000_000

/**
 * Takes a home, a port and a role; returns the address of a database. Every role is given the
 * cluster's one password, which is random and readable by its owner alone.
 */
export function addressOf(home: Home, port: number, database: string, user: string): string {
  const role = `${encodeURIComponent(user)}:${home.password}`
  return `postgresql://${role}@127.0.0.1:${String(port)}/${encodeURIComponent(database)}`
}

/**
 * Takes a home; returns the server that postmaster.pid names (line 1 process, line 4 port) if it is
 * alive and this cluster's. When its process is dead PostgreSQL deals with the file, but it would
 * refuse for a zombie, or for another program that has the number now. Our own number, its
 * parent's, makes it go by the shared memory instead, and that is the check that matters: an old
 * backend may still be writing.
 */
export async function findServer(home: Home): Promise<Server | undefined> {
  const pidFile = join(home.cluster, 'postmaster.pid')
  const lines = (await readFile(pidFile, 'utf8').catch(() => '')).split('\n')
  const server = { pid: Number(lines[0]), port: Number(lines[3]) }
  if (!(server.pid > 0) || !isAlive(server.pid)) return undefined
  if (await isServerOf(home, server.pid)) return server
  await writeFile(pidFile, [String(process.pid), ...lines.slice(1)].join('\n'))
  return undefined
}

/**
 * Linux tells anybody how a process was started; elsewhere a living process is taken for the
 * server.
 */
async function isServerOf(home: Home, pid: number): Promise<boolean> {
  if (platform() !== 'linux') return isAlive(pid)
  const command = await readFile(`/proc/${String(pid)}/cmdline`, 'utf8').catch(() => '')
  return command.split('\0').includes(home.cluster)
}

/**
 * Takes a home and a port; returns whether this cluster answers there. Throws when it refuses the
 * password.
 */
export async function answers(home: Home, port: number): Promise<boolean> {
  const connectionString = addressOf(home, port, 'postgres', 'postgres')
  const client = new Client({ connectionString, connectionTimeoutMillis: 2_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ data_directory: string }>('show data_directory')
    return rows[0]?.data_directory === home.cluster
  } catch (error) {
    const state = error instanceof Error && 'code' in error ? error.code : undefined
    invariant(state !== '28P01', `the password beside ${home.cluster} is not the cluster's`)
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}

/**
 * Starts the server of a home: in its own session, out of reach of the terminal's signals, logging
 * to a file, so that nothing it does depends on us being alive. Takes the settings; returns the
 * process. When we exit it is told to stop. Throws when the program cannot be run.
 */
export async function spawnServer(
  home: Home,
  settings: Readonly<Record<string, string>>,
): Promise<Launched> {
  const port = await freePort()
  const flags = Object.entries({ ...settings, port: String(port) })
  const args = ['-D', home.cluster, ...flags.flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  const start = await logSize(home.logFile)
  const log = await open(home.logFile, 'a', 0o600)
  const options = { ...home.account, cwd: '/', env: serverEnvironment, detached: true }
  const child = spawn(join(home.bin, 'postgres'), args, {
    ...options,
    stdio: ['ignore', log.fd, log.fd],
  })
  const failed = new Promise<Error>((resolve) => child.once('error', resolve))
  await log.close()
  const { pid } = child
  if (pid === undefined) throw await failed
  child.unref()
  const stopAtExit = () => child.kill('SIGINT')
  process.once('exit', stopAtExit)
  child.once('exit', () => process.off('exit', stopAtExit))
  const running = () => child.exitCode === null && child.signalCode === null
  const output = async () => (await readFile(home.logFile)).subarray(start).toString('utf8')
  return { pid, port, running, output }
}

/** The size of the log, which is begun anew when it has grown large. */
async function logSize(file: string): Promise<number> {
  const { size } = await stat(file).catch(() => ({ size: 0 }))
  if (size <= logBytesMax) return size
  await truncate(file)
  return 0
}

/** A port of 127.0.0.1 that was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      invariant(typeof address === 'object' && address, 'a listening socket has an address')
      probe.close(() => {
        resolve(address.port)
      })
    })
  })
}

/**
 * Stops a server of a home with PostgreSQL's fast shutdown (SIGINT), after 30 s its immediate one,
 * and returns when it is gone; a server that is gone already is fine. Throws when it outlives both.
 */
export async function stopServer(home: Home, { pid }: Server): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    const deadline = performance.now() + stopMsMax
    if (await isServerOf(home, pid)) process.kill(pid, signal)
    while (performance.now() < deadline) {
      if (!(await isServerOf(home, pid))) return
      await sleep(pollMs)
    }
  }
  throw new Error(`PostgreSQL (process ${String(pid)}) did not stop: see ${home.logFile}`)
}
