import { spawn } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { startEmbeddedPostgres } from '../../src/lib/embedded-postgres.ts'
import { buildFolder, built } from './programs.ts'

/** The demo as its user runs it, in a data folder of its own. */
export interface DemoRun {
  /** Where the simulators keep their books, and the report is written. */
  readonly books: string
  /** Starts it and waits until it ends, by itself, or by `kill -9` of the whole after a while. */
  run(how?: { readonly barrier?: string; readonly killAfterMs?: number }): Promise<Ended>
  /** Looks into the database after the run; its server is started for it. */
  look<T>(work: (client: pg.Client) => Promise<T>): Promise<T>
  /** The figures of the report that it wrote. */
  figures(): Promise<Figures>
  /** Stops the server that a killed run left, and removes everything. */
  remove(): Promise<void>
}

export interface Ended {
  readonly code: number | null
  readonly killed: boolean
  readonly output: string
  readonly ms: number
}

/** What the report says, of the whole and of each commune. */
export interface Figures {
  readonly totals: Readonly<Record<string, unknown>>
  readonly communes: readonly Readonly<Record<string, unknown>>[]
}

const MONTH = '2023-08'
const DATABASE = 'ansinh'

/** Makes a data folder for runs of the demo with these options; nothing runs yet. */
export async function demoRun(options: readonly string[]): Promise<DemoRun> {
  const folder = await mkdtemp(join(tmpdir(), 'ansinh-month-'))
  await chmod(folder, 0o755)
  const books = join(folder, 'demo')
  const args = [built('scripts/demo.ts'), '--month', MONTH, ...options]
  return {
    books,
    run: ({ barrier = '', killAfterMs } = {}) =>
      start(
        args,
        { DATA_DIR: folder, BUILD_DIR: buildFolder(), FAULT_BARRIER: barrier },
        killAfterMs,
      ),
    look: (work) => lookInto(folder, work),
    figures: async () => {
      const path = join(books, `bao-cao-${MONTH}.json`)
      const { coverage } = JSON.parse(await readFile(path, 'utf8')) as {
        coverage: Figures['totals'] & { communes: Figures['communes'] }
      }
      const { communes, ...totals } = coverage
      return { totals, communes }
    },
    remove: async () => {
      await stopLeftServer(folder)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function start(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  killAfterMs: number | undefined,
): Promise<Ended> {
  const begun = performance.now()
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ...env },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  }
  const timer =
    killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs)
  return new Promise((resolve) => {
    const end = (code: number | null, killed: boolean) => {
      clearTimeout(timer)
      resolve({ code, killed, output, ms: performance.now() - begun })
    }
    // After a kill the next start does not wait for the workers, who finish what they do a moment longer.
    child.once('exit', (_, signal) => {
      if (signal === 'SIGKILL') end(null, true)
    })
    child.once('close', (code) => end(code, false))
  })
}

/** Looks into the database of a data folder whose server is not running; it is started for it. */
export async function lookInto<T>(
  folder: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') })
  const url = new URL(server.superuserUrl)
  url.pathname = `/${DATABASE}`
  const client = new pg.Client({
    connectionString: url.toString(),
    options: `-c search_path=${DATABASE},pg_temp`,
  })
  try {
    await client.connect()
    return await work(client)
  } finally {
    await client.end()
    await server.stop()
  }
}

/** The server of a run that was killed and not started again lives on: its process id is in its own file. */
async function stopLeftServer(folder: string): Promise<void> {
  const file = join(folder, 'postgres', 'cluster', 'postmaster.pid')
  const text = await readFile(file, 'utf8').catch(() => '')
  const pid = Number(text.split('\n')[0])
  if (!Number.isInteger(pid) || pid <= 1) return
  try {
    process.kill(pid, 'SIGQUIT')
    for (let tries = 0; tries < 200; tries += 1) {
      process.kill(pid, 0)
      await sleep(50)
    }
  } catch {
    // It is gone.
  }
}
