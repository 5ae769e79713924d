import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { Redis } from 'ioredis'
import { today } from '../../src/lib/time.ts'
import { paymentsIn } from '../support/books.ts'
import { freshDatabase } from '../support/database.ts'
import { startRedis } from '../support/redis.ts'
import { countsOf, resendUnknown } from '../support/sending.ts'
import { ALL, workerScene } from '../support/worker-scene.ts'
import type { WorkerScene } from '../support/worker-scene.ts'

/**
 * Whole workers that send and look after what is late by the clock, as the product runs them, killed, frozen and robbed
 * of their queue. The books of the bank and the wallet are the oracle: nothing is executed twice. The same on both
 * backends of the queue.
 */
jest.setTimeout(150_000)

/** Calls a second at which the wallet's 60 payments are eight orders of 8, of which a worker sends two at once. */
const SLOW = 4
const LEFT_WHEN_SLOW = 20

let scene: WorkerScene
afterEach(async () => {
  await scene.close()
  await scene.database.drop()
  await scene.redis?.stop()
})

describe.each(['PostgreSQL', 'Redis'])('a worker, its queue on %s', (backend) => {
  beforeEach(async () => {
    const redis = backend === 'Redis' ? await startRedis() : undefined
    scene = await workerScene(await freshDatabase(), redis)
  })

  test('sends what is released, by itself, and reads what became of it', async () => {
    scene.start()
    await scene.settled()
    expect(await countsOf(scene.database)).toEqual({ ACCEPTED: ALL })
    await scene.expectSound()
  })

  test.each([
    'before-claim:1',
    'after-claim:1',
    'after-send:1',
    'after-answer:1',
    'during-record:1',
  ] as const)('killed with -9 %s: another goes on, and nothing is sent twice', async (barrier) => {
    expect(await scene.start({ barrier }).ended).toBe('SIGKILL')
    scene.start()
    await scene.settled()
    await scene.expectSound()
    if (barrier === 'after-claim:1') expect(await scene.count('UNKNOWN')).toBeGreaterThan(0)
  })

  test('told to end in the middle: leaves nothing in doubt, within its time', async () => {
    const worker = scene.start({ callsPerSecond: SLOW })
    const calling = `select 1 from instruction where channel = 'hue-s' and state = 'SUBMITTING'`
    await scene.until('the wallet is claimed', async () => {
      return (await scene.database.admin.query(calling)).rows.length > 0
    })
    const begun = performance.now()
    worker.signal('SIGTERM')
    expect(await worker.ended).toBe(0)
    expect(performance.now() - begun).toBeLessThan(30_000)
    expect(await scene.count('SUBMITTING', 'UNKNOWN')).toBe(0)
    expect(await scene.count('QUEUED')).toBeGreaterThanOrEqual(LEFT_WHEN_SLOW)
    scene.start()
    await scene.settled()
    await scene.expectSound()
  })

  test('robbed of its queue: the rows fill it again', async () => {
    const first = scene.start({ callsPerSecond: SLOW })
    await scene.hasBegun()
    first.kill()
    await first.ended
    if (scene.redis === undefined) {
      const { rows } = await scene.database.admin.query<{ name: string }>(
        `select format('%I.%I', schemaname, tablename) as name from pg_tables
          where schemaname = 'bullmq' and tablename !~ 'migration'`,
      )
      await scene.database.admin.query(`truncate ${rows.map(({ name }) => name).join(', ')}`)
    } else {
      const client = new Redis(scene.redis.url)
      await client.flushall()
      await client.quit()
    }
    scene.start()
    await scene.settled()
    await scene.expectSound()
  })

  test('frozen after its claim and thawed after two people decided: sends nothing any more', async () => {
    const frozen = scene.start({ barrier: 'after-claim:1:stop' })
    await scene.until('it has claimed', async () => (await scene.count('SUBMITTING')) > 0)
    scene.start()
    await scene.until('it is given up on', async () => (await scene.count('UNKNOWN')) > 0)
    // Older than a claim may be when it is sent: far less than what finality asks before anybody may resend.
    await new Promise((resolve) => setTimeout(resolve, 11_000))
    // What the other worker had in its hands meanwhile may be unknown too, and executed.
    await resendUnknown(scene.database, today(), new Set(scene.executedReferences()))
    await scene.settled()
    const executions = () =>
      [...paymentsIn(scene.rails.folder).values()].reduce((sum, one) => sum + one.executed, 0)
    const before = executions()
    frozen.signal('SIGCONT')
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    expect(executions()).toBe(before)
    expect(await scene.count('ACCEPTED')).toBe(ALL)
    await scene.expectSound()
  })

  test('two of them, and two sweeps at once, send everything once', async () => {
    scene.start()
    scene.start()
    scene.start()
    await scene.settled()
    expect(await countsOf(scene.database)).toEqual({ ACCEPTED: ALL })
    await scene.expectSound()
  })
})
