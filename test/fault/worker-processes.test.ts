import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { Redis } from 'ioredis'
import { ledger } from '../../src/ledger/ledger.ts'
import { monthOf, today } from '../../src/lib/time.ts'
import { paidTwice, paymentsIn } from '../support/books.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { startRails } from '../support/rails.ts'
import type { Rails } from '../support/rails.ts'
import { startRedis } from '../support/redis.ts'
import type { TestRedis } from '../support/redis.ts'
import { countsOf, heldAndTransit, resendUnknown } from '../support/sending.ts'
import { AMOUNT, enterTown, FUNDS, releaseLists, treasurer } from '../support/town.ts'
import { setUpWorkers, startWorkerProcess } from '../support/worker.ts'
import type { WorkerOptions, WorkerProcess } from '../support/worker.ts'

/**
 * Whole workers that send and look after what is late by the clock, as the product runs them, killed, frozen and robbed
 * of their queue. The books of the bank and the wallet are the oracle: nothing is executed twice. The same on both
 * backends of the queue.
 */
jest.setTimeout(150_000)

const CASES = { bank: 40, wallet: 60 }
const ALL = CASES.bank + CASES.wallet
/** Often enough for a test; a claim is given up on after four calls' time. */
const UPKEEP_MS = 300

let database: FreshDatabase
let rails: Rails
let redis: TestRedis | undefined
const workers: WorkerProcess[] = []

async function begin(backend: string): Promise<void> {
  database = await freshDatabase()
  redis = backend === 'Redis' ? await startRedis() : undefined
  const communes = await enterTown(database, [CASES])
  // The workers go by the clock, so the books are open today.
  await database.app.transact(treasurer, (tx) => ledger.openPeriod(tx, treasurer, monthOf(today())))
  await releaseLists(database, communes)
  await setUpWorkers(database)
  rails = await startRails({ seed: 'any', faults: 'none' })
  await rails.advance(today())
  await rails.fund(communes[0]?.payingUnit ?? '', FUNDS)
}

afterEach(async () => {
  for (const worker of workers.splice(0)) {
    worker.signal('SIGCONT')
    worker.kill()
    await worker.ended
  }
  await database.drop()
  await rails.close()
  await redis?.stop()
})

function start(options: Omit<WorkerOptions, 'redisUrl' | 'upkeepMs'> = {}): WorkerProcess {
  const whole = { ...options, upkeepMs: UPKEEP_MS, redisUrl: redis?.url }
  const worker = startWorkerProcess(database, rails, whole)
  workers.push(worker)
  return worker
}

async function until(what: string, done: () => Promise<boolean>, ms = 60_000): Promise<void> {
  const end = performance.now() + ms
  while (!(await done())) {
    if (performance.now() > end) {
      throw new Error(`not in time: ${what}; ${JSON.stringify(await countsOf(database))}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const count = async (...states: readonly string[]) => {
  const counts: Readonly<Record<string, number>> = await countsOf(database)
  return states.reduce((sum, state) => sum + (counts[state] ?? 0), 0)
}
const executed = () =>
  [...paymentsIn(rails.folder).values()].filter((payment) => payment.executed > 0).length

/** Nothing is queued or out, and everything that the bank or the wallet executed is known to be. */
const settled = () =>
  until('at rest', async () => {
    // Enquiries come when they are due; in a test that is now.
    await database.admin.query(`update instruction set enquire_at = now() where state = 'UNKNOWN'`)
    const open = await count('QUEUED', 'SUBMITTING', 'SUBMITTED')
    return open === 0 && (await count('ACCEPTED')) >= executed()
  })

/** At rest: each reference executed at most once, ours what theirs say, the money where the states say. */
async function expectSound(): Promise<void> {
  expect(paidTwice(rails.folder)).toEqual([])
  expect(await count('ACCEPTED')).toBe(executed())
  // What was claimed and never sent stays unknown: its enquiry says "not found", which decides nothing.
  expect(await count('ACCEPTED', 'UNKNOWN')).toBe(ALL)
  expect(await heldAndTransit(database)).toEqual({ held: 0n, transit: BigInt(ALL) * AMOUNT })
}

describe.each(['PostgreSQL', 'Redis'])('a worker, its queue on %s', (backend) => {
  beforeEach(() => begin(backend))

  test('sends what is released, by itself, and reads what became of it', async () => {
    start()
    await settled()
    expect(await countsOf(database)).toEqual({ ACCEPTED: ALL })
    await expectSound()
  })

  test.each([
    'before-claim:1',
    'after-claim:1',
    'after-send:1',
    'after-answer:1',
    'during-record:1',
  ] as const)('killed with -9 %s: another goes on, and nothing is sent twice', async (barrier) => {
    expect(await start({ barrier }).ended).toBe('SIGKILL')
    start()
    await settled()
    await expectSound()
    if (barrier === 'after-claim:1') expect(await count('UNKNOWN')).toBeGreaterThan(0)
  })

  test('told to end in the middle: leaves nothing in doubt, within its time', async () => {
    const worker = start()
    await until('it has begun', async () => (await count('QUEUED')) < ALL)
    const begun = performance.now()
    worker.signal('SIGTERM')
    expect(await worker.ended).toBe(0)
    expect(performance.now() - begun).toBeLessThan(30_000)
    expect(await count('SUBMITTING', 'UNKNOWN')).toBe(0)
    start()
    await settled()
    await expectSound()
  })

  test('robbed of its queue: the rows fill it again', async () => {
    const first = start()
    await until('it has begun', async () => (await count('QUEUED')) < ALL)
    first.kill()
    await first.ended
    if (redis === undefined) {
      const { rows } = await database.admin.query<{ name: string }>(
        `select format('%I.%I', schemaname, tablename) as name from pg_tables
          where schemaname = 'bullmq' and tablename !~ 'migration'`,
      )
      await database.admin.query(`truncate ${rows.map(({ name }) => name).join(', ')}`)
    } else {
      const client = new Redis(redis.url)
      await client.flushall()
      await client.quit()
    }
    start()
    await settled()
    await expectSound()
  })

  test('frozen after its claim and thawed after two people decided: sends nothing any more', async () => {
    const frozen = start({ barrier: 'after-claim:1:stop' })
    await until('it has claimed', async () => (await count('SUBMITTING')) > 0)
    start()
    await until('it is given up on', async () => (await count('UNKNOWN')) > 0)
    // Older than a claim may be when it is sent: far less than what finality asks before anybody may resend.
    await new Promise((resolve) => setTimeout(resolve, 11_000))
    await resendUnknown(database, today())
    await settled()
    const before = paymentsIn(rails.folder).size
    frozen.signal('SIGCONT')
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    expect(paymentsIn(rails.folder).size).toBe(before)
    expect(await count('ACCEPTED')).toBe(ALL)
    await expectSound()
  })

  test('two of them, and two sweeps at once, send everything once', async () => {
    start()
    start()
    start()
    await settled()
    expect(await countsOf(database)).toEqual({ ACCEPTED: ALL })
    await expectSound()
  })
})

describe('a worker whose engine goes away', () => {
  test('Redis without persistence killed with -9 and started anew: nothing lost, nothing doubled', async () => {
    await begin('Redis')
    const port = Number(new URL(redis?.url ?? '').port)
    const worker = start()
    await until('it has begun', async () => (await count('QUEUED')) < ALL)
    await redis?.stop()
    redis = await startRedis({ port })
    await settled()
    await expectSound()
    worker.signal('SIGTERM')
    expect(await worker.ended).toBe(0)
  })

  test('PostgreSQL restarted under it: it goes on by itself', async () => {
    await begin('Redis')
    start()
    await until('it has begun', async () => (await count('QUEUED')) < ALL)
    await database.admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`,
    )
    database.admin.on('error', () => undefined)
    await settled()
    await expectSound()
  })
})
