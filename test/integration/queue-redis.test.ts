import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { Redis } from 'ioredis'
import { z } from 'zod'
import { requireLasting } from '../../src/lib/queue-redis.ts'
import type { RedisSettings } from '../../src/lib/queue-redis.ts'
import { defineJob, handle, openQueue, startWorker } from '../../src/lib/queue.ts'
import { startRedis } from '../support/redis.ts'
import type { TestRedis } from '../support/redis.ts'

const running: TestRedis[] = []
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'redis-test-'))
})
afterEach(async () => {
  for (const redis of running.splice(0)) await redis.stop()
  rmSync(folder, { recursive: true })
})
async function redis(flags: readonly string[] = [], configuration?: string): Promise<TestRedis> {
  const started = await startRedis({ flags, ...(configuration && { configuration }) })
  running.push(started)
  return started
}
const hostOf = ({ url }: TestRedis) => new URL(url).host

/** A job goes through: added by one connection, run by another. */
async function goesThrough(settings: RedisSettings): Promise<void> {
  const job = defineJob({
    name: 'test.one',
    payload: z.strictObject({ id: z.string() }),
    key: ({ id }) => id,
  })
  const backend = { kind: 'redis', ...settings } as const
  const queue = openQueue('through', backend)
  await queue.add(job, [{ id: 'a' }])
  const ran = await new Promise<string>((resolve, reject) => {
    const handlers = [
      handle(job, ({ id }) => {
        resolve(id)
        return Promise.resolve()
      }),
    ]
    const onFailed = (_: string, error: Error) => reject(error)
    const stop = startWorker('through', backend, { handlers, concurrency: 1, onFailed })
    stops.push(stop)
  })
  await queue.close()
  for (const stop of stops.splice(0)) await stop()
  expect(ran).toBe('a')
}
const stops: (() => Promise<void>)[] = []

test.each(['allkeys-lru', 'volatile-ttl', 'allkeys-random'])(
  'a Redis that may drop jobs (%s) is refused, and says what to set',
  async (policy) => {
    const { url } = await redis(['--maxmemory-policy', policy])
    const refused = requireLasting({ url })
    await expect(refused).rejects.toMatchObject({ code: 'redis-evicts' })
    await expect(refused).rejects.toThrow('noeviction')
  },
)

test('a Redis that keeps everything is taken', async () => {
  const { url } = await redis(['--maxmemory-policy', 'noeviction'])
  await requireLasting({ url })
  await goesThrough({ url })
})

test('a Redis with a password is entered with it', async () => {
  const { url } = await redis(['--requirepass', 'thu'])
  const withPassword = url.replace('redis://', 'redis://:thu@')
  await goesThrough({ url: withPassword })
})

test('a Cluster is used as one, and each of its masters is asked whether it keeps everything', async () => {
  const cluster = ['--cluster-enabled', 'yes', '--cluster-config-file', join(folder, 'nodes')]
  const node = await redis([...cluster, '--cluster-announce-ip', '127.0.0.1'])
  const client = new Redis(node.url)
  await client.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
  while (!String(await client.call('CLUSTER', 'INFO')).includes('cluster_state:ok'))
    await new Promise((resolve) => setTimeout(resolve, 50))
  const settings = { url: node.url, cluster: [hostOf(node)] }
  await requireLasting(settings)
  await goesThrough(settings)
  await client.config('SET', 'maxmemory-policy', 'allkeys-lru')
  await client.quit()
  await expect(requireLasting(settings)).rejects.toMatchObject({ code: 'redis-evicts' })
})

test('behind a Sentinel, its master is found', async () => {
  const master = await redis()
  const configuration = join(folder, 'sentinel')
  writeFileSync(configuration, '')
  const sentinel = await redis(['--sentinel'], configuration)
  const client = new Redis(sentinel.url)
  const { hostname, port } = new URL(master.url)
  await client.call('SENTINEL', 'MONITOR', 'chi-tra', hostname, port, '1')
  client.disconnect()
  const settings = {
    url: 'redis://unused:1',
    sentinels: [hostOf(sentinel)],
    sentinelName: 'chi-tra',
  }
  await requireLasting(settings)
  await goesThrough(settings)
})
