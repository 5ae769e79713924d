import { spawn } from 'node:child_process'
import { walletKeys } from '../../scripts/simulators/wallet-signature.ts'
import { openQueue, setUpQueue } from '../../src/lib/queue.ts'
import type { LocalDate } from '../../src/lib/time.ts'
import { enqueueOrders, sendQueueName } from '../../src/payouts/jobs.ts'
import type { FreshDatabase } from './database.ts'
import { built } from './programs.ts'
import type { Rails } from './rails.ts'
import { plan } from './sending.ts'
import { vaultEnvironment } from './vault.ts'

/** A worker in a process of its own, as the product starts it. */
export interface WorkerProcess {
  kill(): void
  signal(name: NodeJS.Signals): void
  readonly pid: number
  /** Resolves when it is gone, with the signal that ended it, or its exit code. */
  readonly ended: Promise<NodeJS.Signals | number | null>
}

/** Prepares the queue in the test's database. */
export const setUpWorkers = ({ urls }: FreshDatabase): Promise<void> =>
  setUpQueue(urls.owner, decodeURIComponent(new URL(urls.app).username))

/** How a worker is started. */
export interface WorkerOptions {
  /** "after-send:2" or "after-claim:1:stop". */
  readonly barrier?: string
  /** Looks after everything by the clock, this often; without it the worker only sends. */
  readonly upkeepMs?: number
  readonly redisUrl?: string | undefined
  /** Calls a second to the wallet: claims get smaller, and an order takes several. */
  readonly callsPerSecond?: number
}

/** Starts a worker that may have a fault barrier. */
export function startWorkerProcess(
  { urls }: FreshDatabase,
  rails: Rails,
  { barrier = '', upkeepMs, redisUrl = '', callsPerSecond }: WorkerOptions = {},
): WorkerProcess {
  const duties = upkeepMs === undefined ? ['--send-only'] : []
  const child = spawn(process.execPath, [built('src/main.ts'), 'worker', ...duties], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: urls.owner,
      DATABASE_APP_URL: urls.app,
      DATABASE_REPORT_URL: urls.report,
      DATABASE_SCHEMA: urls.schema,
      ...vaultEnvironment,
      REDIS_URL: redisUrl,
      BANK_URL: rails.urls.bank,
      HUES_URL: rails.urls['hue-s'],
      HUES_KEYS: walletKeys.calls,
      VERIFY_AT_ONCE: '50',
      ...(callsPerSecond === undefined ? {} : { HUES_CALLS_PER_SECOND: String(callsPerSecond) }),
      CHANNEL_TIMEOUT_MS: '700',
      UPKEEP_EVERY_MS: String(upkeepMs ?? 30_000),
      LOG_LEVEL: 'silent',
      FAULT_BARRIER: barrier,
    },
  })
  return {
    signal: (name) => void child.kill(name),
    kill: () => void child.kill('SIGKILL'),
    pid: child.pid ?? 0,
    ended: new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code))),
  }
}

/** Adds the job of every order, each under as many attempts as are given: the same work several times over. */
export async function enqueue(
  database: FreshDatabase,
  on: LocalDate,
  attempts: readonly number[],
): Promise<void> {
  const backend = { kind: 'postgres', url: database.urls.app } as const
  const queues = {
    bank: openQueue(sendQueueName('bank'), backend),
    'hue-s': openQueue(sendQueueName('hue-s'), backend),
  }
  try {
    const orders = await plan(database, on)
    const jobs = attempts.flatMap((attempt) => orders.map((order) => ({ ...order, attempt })))
    await enqueueOrders((channel) => queues[channel], jobs, on)
  } finally {
    for (const queue of Object.values(queues)) await queue.close()
  }
}
