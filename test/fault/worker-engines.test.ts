import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, jest, test } from '@jest/globals'
import { freshDatabase } from '../support/database.ts'
import { startProxy } from '../support/proxy.ts'
import { startRedis } from '../support/redis.ts'
import { startServer } from '../support/server.ts'
import { prepareTemplate } from '../support/template.ts'
import { ALL, workerScene } from '../support/worker-scene.ts'
import type { WorkerScene } from '../support/worker-scene.ts'

/** The engines under a worker go away and come back: nothing is lost, nothing doubled. */
jest.setTimeout(150_000)

let scene: WorkerScene
const after: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await scene.close()
  for (const undo of after.splice(0).toReversed()) await undo()
})

test.each(['without persistence', 'with an append-only file'])(
  'Redis %s killed with -9 and started anew',
  async (how) => {
    const database = await freshDatabase()
    const folder = await mkdtemp(join(tmpdir(), 'ansinh-redis-'))
    const kept = ['--appendonly', 'yes', '--appendfsync', 'always', '--dir', folder]
    const flags = how === 'without persistence' ? [] : kept
    let redis = await startRedis({ flags })
    scene = await workerScene(database, redis)
    after.push(
      () => rm(folder, { recursive: true, force: true }),
      () => redis.stop(),
      () => database.drop(),
    )
    const worker = scene.start()
    await scene.hasBegun()
    await redis.stop()
    redis = await startRedis({ flags, port: Number(new URL(redis.url).port) })
    await scene.settled()
    await scene.expectSound()
    worker.signal('SIGTERM')
    expect(await worker.ended).toBe(0)
  },
)

test('PostgreSQL ends every connection: the worker goes on by itself', async () => {
  const database = await freshDatabase()
  const redis = await startRedis()
  scene = await workerScene(database, redis)
  after.push(
    () => redis.stop(),
    () => database.drop(),
  )
  database.admin.on('error', () => undefined)
  scene.start()
  await scene.hasBegun()
  await database.admin.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`,
  )
  await scene.settled()
  await scene.expectSound()
})

test('PostgreSQL ends the connection that listens for jobs: work goes on as before', async () => {
  const database = await freshDatabase()
  scene = await workerScene(database)
  after.push(() => database.drop())
  // BullMQ listens on a connection of its own for each queue, which bears the queue's name.
  const LISTENING = `from pg_stat_activity where datname = current_database()
                       and application_name in ('send-bank', 'send-hue-s', 'upkeep')`
  const listeners = async () =>
    (await database.admin.query<{ pid: number }>(`select pid ${LISTENING}`)).rows.map(
      ({ pid }) => pid,
    )
  const worker = scene.start({ callsPerSecond: 15 })
  await scene.until('it listens', async () => (await listeners()).length >= 3)
  await scene.hasBegun()
  const before = await listeners()
  await database.admin.query(`select pg_terminate_backend(pid) ${LISTENING}`)
  await scene.settled()
  await scene.expectSound()
  await scene.until('it listens again', async () => (await listeners()).length >= before.length)
  expect((await listeners()).filter((pid) => before.includes(pid))).toEqual([])
  worker.signal('SIGTERM')
  expect(await worker.ended).toBe(0)
})

test('PostgreSQL is killed with -9 and recovers from its log: the worker goes on by itself', async () => {
  const server = await startServer()
  await prepareTemplate(server)
  const proxy = await startProxy(Number(new URL(server.owner).port))
  const through = (url: string) => {
    const copy = new URL(url)
    copy.port = String(proxy.port)
    return copy.toString()
  }
  const { owner, app, report, superuser, ...rest } = server
  const database = await freshDatabase({
    ...rest,
    ...{ owner: through(owner), app: through(app) },
    ...{ report: through(report), superuser: through(superuser) },
  })
  database.admin.on('error', () => undefined)
  scene = await workerScene(database)
  after.push(
    () => server.stop(),
    () => proxy.close(),
    () => database.drop(),
  )
  scene.start()
  await scene.hasBegun()
  proxy.turnTo(await server.crash())
  const { pathname } = new URL(database.urls.owner)
  const eye = await database.connect(through(superuser).replace(/\/[^/]*$/, pathname))
  scene.look(eye)
  expect(await scene.count('QUEUED', 'SUBMITTING', 'SUBMITTED', 'ACCEPTED', 'UNKNOWN')).toBe(ALL)
  await scene.settled()
  await scene.expectSound()
})
