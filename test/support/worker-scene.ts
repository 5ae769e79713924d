import { expect } from '@jest/globals'
import { ledger } from '../../src/ledger/ledger.ts'
import { monthOf, today } from '../../src/lib/time.ts'
import { paidTwice, paymentsIn } from './books.ts'
import type { FreshDatabase } from './database.ts'
import { startRails } from './rails.ts'
import type { Rails } from './rails.ts'
import type { TestRedis } from './redis.ts'
import { countsOf, heldAndTransit } from './sending.ts'
import { AMOUNT, enterTown, FUNDS, holdersOf, releaseLists, treasurer } from './town.ts'
import { setUpWorkers, startWorkerProcess } from './worker.ts'
import type { WorkerOptions, WorkerProcess } from './worker.ts'

const CASES = { bank: 40, wallet: 60 }
/** Payments of the scene. */
export const ALL = CASES.bank + CASES.wallet
/** Often enough for a test; a claim is given up on after four calls' time. */
const UPKEEP_MS = 300

/**
 * A released list of today for the bank and the wallet, and whole workers as the product runs them. The books of the two
 * are the oracle.
 */
export type WorkerScene = Awaited<ReturnType<typeof workerScene>>

/** Sets the scene in a database; no worker runs yet. The queue is on Redis when one is given. */
export async function workerScene(database: FreshDatabase, redis?: TestRedis) {
  const communes = await enterTown(database, [CASES])
  // The workers go by the clock, so the books are open today.
  await database.app.transact(treasurer, (tx) => ledger.openPeriod(tx, treasurer, monthOf(today())))
  await releaseLists(database, communes)
  await setUpWorkers(database)
  const rails = await startRails({ seed: 'any', faults: 'none' })
  await rails.advance(today())
  await rails.fund(communes[0]?.payingUnit ?? '', FUNDS)
  await rails.tellHolders(holdersOf(communes, [CASES]))
  return sceneOf(database, rails, redis)
}

function sceneOf(database: FreshDatabase, rails: Rails, redis: TestRedis | undefined) {
  const workers: WorkerProcess[] = []
  /** The connection that looks; another one after the server crashed. */
  let eye = database
  const count = async (...states: readonly string[]) => {
    const counts: Readonly<Record<string, number>> = await countsOf(eye)
    return states.reduce((sum, state) => sum + (counts[state] ?? 0), 0)
  }
  const executedReferences = () =>
    [...paymentsIn(rails.folder).values()]
      .filter((payment) => payment.executed > 0)
      .map(({ reference }) => reference)
  const executed = () => executedReferences().length
  const until = async (what: string, done: () => Promise<boolean>, ms = 60_000) => {
    const end = performance.now() + ms
    while (!(await done())) {
      // An expectation, so that a mutant that never comes to rest counts as caught.
      if (performance.now() > end) expect([what, await countsOf(eye)]).toEqual([what, 'in time'])
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  return {
    ...{ database, rails, redis, count, executed, executedReferences, until },
    look: (admin: FreshDatabase['admin']) => {
      eye = { ...database, admin }
    },
    start: (options: Omit<WorkerOptions, 'redisUrl' | 'upkeepMs'> = {}): WorkerProcess => {
      const whole = { ...options, upkeepMs: UPKEEP_MS, redisUrl: redis?.url }
      const worker = startWorkerProcess(database, rails, whole)
      workers.push(worker)
      return worker
    },
    hasBegun: () => until('it has begun', async () => (await count('QUEUED')) < ALL),
    /** Nothing is queued or out, and everything that the bank or the wallet executed is known to be. */
    settled: () =>
      until('at rest', async () => {
        // Enquiries come when they are due; in a test that is now.
        await eye.admin.query(`update instruction set enquire_at = now() where state = 'UNKNOWN'`)
        const open = await count('QUEUED', 'SUBMITTING', 'SUBMITTED')
        return open === 0 && (await count('ACCEPTED')) >= executed()
      }),
    /** At rest: each reference executed at most once, ours what theirs say, the money where the states say. */
    expectSound: async () => {
      expect(paidTwice(rails.folder)).toEqual([])
      expect(await count('ACCEPTED')).toBe(executed())
      // What was claimed and never sent stays unknown: its enquiry says "not found", which decides nothing.
      expect(await count('ACCEPTED', 'UNKNOWN')).toBe(ALL)
      expect(await heldAndTransit(eye)).toEqual({ held: 0n, transit: BigInt(ALL) * AMOUNT })
    },
    close: async () => {
      for (const worker of workers.splice(0)) {
        worker.signal('SIGCONT')
        worker.kill()
        await worker.ended
      }
      await rails.close()
    },
  }
}
