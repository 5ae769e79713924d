import { spawn } from 'node:child_process'
import { walletKeys } from '../../scripts/simulators/wallet-signature.ts'
import { openQueue, setUpQueue } from '../../src/lib/queue.ts'
import type { LocalDate } from '../../src/lib/time.ts'
import { PAYOUT_QUEUE, sendOrderJob } from '../../src/payouts/jobs.ts'
import type { FreshDatabase } from './database.ts'
import type { Rails } from './rails.ts'
import { plan } from './sending.ts'
import { vaultEnvironment } from './vault.ts'

/** A worker in a process of its own, as the product starts it. */
export interface WorkerProcess {
  kill(): void
  /** Resolves when it is gone, with the signal that ended it. */
  readonly ended: Promise<NodeJS.Signals | null>
}

/** Prepares the queue in the test's database. */
export const setUpWorkers = ({ urls }: FreshDatabase): Promise<void> =>
  setUpQueue(urls.owner, decodeURIComponent(new URL(urls.app).username))

/** Starts a worker that may have a fault barrier ("after-send:2"). */
export function startWorkerProcess(
  { urls }: FreshDatabase,
  rails: Rails,
  barrier = '',
): WorkerProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', 'worker'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: urls.owner,
      DATABASE_APP_URL: urls.app,
      DATABASE_REPORT_URL: urls.report,
      DATABASE_SCHEMA: urls.schema,
      ...vaultEnvironment,
      BANK_URL: rails.urls.bank,
      HUES_URL: rails.urls['hue-s'],
      HUES_KEYS: walletKeys.calls,
      CHANNEL_TIMEOUT_MS: '700',
      LOG_LEVEL: 'silent',
      FAULT_BARRIER: barrier,
    },
  })
  return {
    kill: () => void child.kill('SIGKILL'),
    ended: new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal))),
  }
}

/** Adds the job of every order, each under as many attempts as are given: the same work several times over. */
export async function enqueue(
  database: FreshDatabase,
  on: LocalDate,
  attempts: readonly number[],
): Promise<void> {
  const queue = openQueue(PAYOUT_QUEUE, { kind: 'postgres', url: database.urls.app })
  try {
    const orders = await plan(database, on)
    const jobs = attempts.flatMap((attempt) => orders.map((order) => ({ ...order, on, attempt })))
    await queue.add(sendOrderJob, jobs)
  } finally {
    await queue.close()
  }
}
