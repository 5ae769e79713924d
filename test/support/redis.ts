import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'

/** A Redis of a test's own: on a free port, without persistence, as reliability.md (finding 4) wants it tested. */
export interface TestRedis {
  readonly url: string
  stop(): Promise<void>
}

/** As scripts/bootstrap.mjs says it. */
const MISSING = 'please install redis-server (apt-get install redis-server, as root)'

/** Starts it. Throws the line that says what to install when the machine has none. */
export async function startRedis(
  options: {
    readonly port?: number
    readonly flags?: readonly string[]
    /** A Sentinel keeps what it learns in its configuration file. */
    readonly configuration?: string
  } = {},
): Promise<TestRedis> {
  const port = options.port ?? (await freePort())
  const flags = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    ...(options.flags ?? []),
  ]
  const file = options.configuration === undefined ? [] : [options.configuration]
  const child = spawn('redis-server', [...file, ...flags], { stdio: ['ignore', 'pipe', 'ignore'] })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  await ready(child)
  return {
    url: `redis://127.0.0.1:${String(port)}`,
    stop: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** Waits for the line that says it takes connections. */
async function ready(child: ChildProcess): Promise<void> {
  const failed = new Promise<never>((_, reject) => {
    child.once('error', () => reject(new Error(MISSING)))
    child.once('exit', (code) => reject(new Error(`redis-server ended with ${String(code)}`)))
  })
  await Promise.race([failed, saysReady(child)])
  failed.catch(() => undefined)
}

async function saysReady({ stdout }: ChildProcess): Promise<void> {
  if (stdout === null) throw new Error('redis-server has no output')
  for await (const line of createInterface(stdout)) {
    if (/ready to accept connections|Sentinel ID is/i.test(line)) return
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
