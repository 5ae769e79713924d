import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { defineJob, handle, openQueue, setUpQueue, startWorker } from '../../src/lib/queue.ts'
import type { JobHandler, JobQueue } from '../../src/lib/queue.ts'
import { freshDatabase } from '../support/database.ts'
import { onPostgres, onRedis } from '../support/queue-backends.ts'
import type { Backend } from '../support/queue-backends.ts'

const orderJob = defineJob({
  name: 'test.order',
  payload: z.strictObject({ id: z.string(), attempt: z.int() }),
  key: ({ id, attempt }) => `order-${id}-${String(attempt)}`,
})
const order = (id: string, attempt = 1) => ({ id, attempt })

describe.each([
  ['PostgreSQL', onPostgres],
  ['Redis', onRedis],
])('the queue on %s', (_, start) => {
  let it: Backend
  let name: string
  beforeAll(async () => {
    it = await start()
  })
  afterAll(() => it.close())
  beforeEach(() => {
    name = `queue-${randomUUID()}`
  })

  const withQueue = async (work: (queue: JobQueue) => Promise<void>) => {
    const queue = openQueue(name, it.backend)
    try {
      await work(queue)
    } finally {
      await queue.close()
    }
  }

  /** Works the queue until so many runs and failures were seen, and a little longer. */
  async function workOff(expected: number, run: JobHandler['run'] = () => Promise.resolve()) {
    const ran: string[] = []
    const failed: string[] = []
    const handlers = [
      handle(orderJob, async (payload) => {
        ran.push(`${payload.id} ${String(payload.attempt)}`)
        await run(payload)
      }),
    ]
    const onFailed = (job: string, error: Error) => {
      failed.push(`${job}: ${error.message.slice(0, 40)}`)
    }
    const stop = startWorker(name, it.backend, { handlers, concurrency: 2, onFailed })
    try {
      const until = performance.now() + 10_000
      while (ran.length < expected && performance.now() < until) await sleep(20)
      await sleep(300)
    } finally {
      await stop()
    }
    return { ran: ran.toSorted(), failed: failed.toSorted() }
  }

  test('runs each job once', async () => {
    await withQueue(async (queue) => {
      await queue.add(orderJob, [order('a'), order('b'), order('c')])
      expect(await workOff(3)).toEqual({ ran: ['a 1', 'b 1', 'c 1'], failed: [] })
      expect((await workOff(0)).ran).toEqual([])
    })
  })

  test('takes a job that is added twice, or a hundred times, as one', async () => {
    await withQueue(async (queue) => {
      const many = Array.from({ length: 100 }, () => order('a'))
      await queue.add(orderJob, many)
      await Promise.all(many.map((one) => queue.add(orderJob, [one])))
      expect((await workOff(1)).ran).toEqual(['a 1'])
    })
  })

  test('takes the same row under another attempt as another job', async () => {
    await withQueue(async (queue) => {
      await queue.add(orderJob, [order('a', 1), order('a', 2)])
      expect((await workOff(2)).ran).toEqual(['a 1', 'a 2'])
    })
  })

  test('takes a job again once it is done: the rows say whether there is work', async () => {
    await withQueue(async (queue) => {
      await queue.add(orderJob, [order('a')])
      await workOff(1)
      await queue.add(orderJob, [order('a')])
      expect((await workOff(1)).ran).toEqual(['a 1'])
    })
  })

  test('reports a job that fails, does not run it again, and takes it when it is added again', async () => {
    await withQueue(async (queue) => {
      await queue.add(orderJob, [order('a'), order('b')])
      const fails: JobHandler['run'] = (payload) =>
        (payload as { id: string }).id === 'a'
          ? Promise.reject(new Error('the bank is closed'))
          : Promise.resolve()
      const { ran, failed } = await workOff(2, fails)
      expect(ran).toEqual(['a 1', 'b 1'])
      expect(failed).toEqual(['order-a-1: the bank is closed'])
      expect((await workOff(0)).ran).toEqual([])
      await queue.add(orderJob, [order('a')])
      expect((await workOff(1)).ran).toEqual(['a 1'])
    })
  })

  test('does not run a job whose payload is not what it should be, and reports it', async () => {
    await withQueue(async (queue) => {
      const wrong = { id: 'a', attempt: 1, amount: '5' } as unknown as ReturnType<typeof order>
      await queue.add(orderJob, [wrong, order('b')])
      const { ran, failed } = await workOff(1)
      expect(ran).toEqual(['b 1'])
      expect(failed).toHaveLength(1)
      expect(failed[0]).toMatch(/^order-a-1: /)
    })
  })

  test('reports a job that nobody handles', async () => {
    await withQueue(async (queue) => {
      const unknown = defineJob({ ...orderJob, name: 'test.unknown' })
      await queue.add(unknown, [order('a')])
      const { ran, failed } = await workOff(0)
      expect(ran).toEqual([])
      expect(failed).toEqual(['order-a-1: No handler for job test.unknown'])
    })
  })

  test('may lose everything: adding from the rows again is all it takes', async () => {
    await withQueue(async (queue) => {
      const rows = Array.from({ length: 50 }, (__, n) => order(String(n).padStart(2, '0')))
      await queue.add(orderJob, rows)
      await it.lose()
      expect((await workOff(0)).ran).toEqual([])
      await queue.add(orderJob, rows)
      expect((await workOff(50)).ran).toEqual(rows.map(({ id }) => `${id} 1`))
    })
  })

  test('runs a job in its rhythm, once for all who ask for it, and goes on after it failed', async () => {
    const tick = defineJob({
      name: 'test.tick',
      payload: z.strictObject({}),
      key: () => 'tick',
      onFailure: 'retry',
    })
    const at: number[] = []
    const handlers = [
      handle(tick, () => {
        at.push(performance.now())
        return at.length === 2 ? Promise.reject(new Error('once')) : Promise.resolve()
      }),
    ]
    await withQueue(async (queue) => {
      await Promise.all([1, 2, 3].map(() => queue.schedule(tick, {}, { everyMs: 400 })))
      const options = { handlers, concurrency: 2, onFailed: () => undefined }
      const stops = [1, 2].map(() => startWorker(name, it.backend, options))
      await sleep(3_000)
      await Promise.all(stops.map((stop) => stop()))
    })
    // Seven beats fit; the one that failed came again a second later.
    expect(at.length).toBeGreaterThanOrEqual(5)
    expect(at.length).toBeLessThanOrEqual(10)
  })

  test('stops after the jobs that are under way, and leaves the others', async () => {
    await withQueue(async (queue) => {
      await queue.add(
        orderJob,
        ['a', 'b', 'c', 'd'].map((id) => order(id)),
      )
      const done: string[] = []
      const slow: JobHandler['run'] = async (payload) => {
        await sleep(700)
        done.push((payload as { id: string }).id)
      }
      const { ran } = await workOff(2, slow)
      expect(done.toSorted().map((id) => `${id} 1`)).toEqual(ran)
      expect(ran.length).toBeLessThan(4)
      expect((await workOff(4 - ran.length)).ran).toHaveLength(4 - ran.length)
    })
  })
})

test('the tables of PostgreSQL are prepared again over what a killed run left', async () => {
  const database = await freshDatabase()
  const { owner, app } = database.urls
  const prepare = () => setUpQueue(owner, decodeURIComponent(new URL(app).username))
  await prepare()
  const queue = openQueue('again', { kind: 'postgres', url: app })
  try {
    await queue.add(orderJob, [order('a')])
    await prepare()
    await queue.add(orderJob, [order('b')])
  } finally {
    await queue.close()
  }
})

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
