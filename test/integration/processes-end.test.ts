import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { startService } from '../support/service.ts'
import type { Service } from '../support/service.ts'
import { columnOf } from '../support/sql.ts'
import { approve, enterTown, fund, FUNDS, submit } from '../support/town.ts'
import { setUpWorkers } from '../support/worker.ts'

// Whole processes, as an operator starts them: one that nobody can watch ends, and one that is told to end does.

let database: FreshDatabase
/** Takes connections and never answers. */
let silent: Server
let asked = 0
const running: Service[] = []

const start = (...args: Parameters<typeof startService>) => {
  const service = startService(...args)
  running.push(service)
  return service
}
/** What a process ends with; a word instead when it does not end in time. */
const endOf = async ({ ended }: Service, ms: number) => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'still there'>((resolve) => {
    timer = setTimeout(() => resolve('still there'), ms)
  })
  return Promise.race([ended, late]).finally(() => clearTimeout(timer))
}
const until = async (what: string, holds: () => boolean | Promise<boolean>) => {
  for (let tries = 0; tries < 500; tries += 1) {
    if (await holds()) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  expect(what).toBe('in time')
}
const left = () =>
  columnOf(
    database.admin,
    `select application_name || ': ' || query from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and usename <> 'postgres'`,
  )

beforeEach(async () => {
  database = await freshDatabase()
  await setUpWorkers(database)
  asked = 0
  silent = createServer(() => (asked += 1))
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  for (const { child, ended } of running.splice(0)) {
    child.kill('SIGKILL')
    await ended
  }
  silent.closeAllConnections()
  silent.close()
})
const port = () => String((silent.address() as AddressInfo).port)

const TAKEN = [
  ['worker', 'OPS_PORT'],
  ['worker --send-only', 'OPS_PORT'],
  ['api', 'OPS_PORT'],
  ['api', 'API_PORT'],
  ['callbacks', 'CALLBACK_PORT'],
] as const

test.each(TAKEN)(
  '%s whose %s is taken says so in a line and is gone',
  async (command, setting) => {
    const keys = { HUES_CALLBACK_KEYS: `k1:${Buffer.alloc(32, 3).toString('base64url')}` }
    const service = start(database, command, { ...keys, [setting]: port() })
    expect([await endOf(service, 25_000), service.said()]).toEqual([
      1,
      expect.stringMatching(
        new RegExp(`^Không mở được cổng 127.0.0.1:${port()}: [^\\n]*EADDRINUSE[^\\n]*\\n$`),
      ),
    ])
    expect(await left()).toEqual([])
  },
  60_000,
)

test('a worker that only sends says on its own port that it lives, is ready, and what it counts', async () => {
  const free = port()
  await new Promise((resolve) => silent.close(resolve))
  const worker = start(database, 'worker --send-only', { OPS_PORT: free })
  const ask = (path: string) =>
    fetch(`http://127.0.0.1:${free}${path}`).then(
      async (answer) => `${String(answer.status)} ${await answer.text()}`,
      () => 'nobody',
    )
  await until('it listens', async () => (await ask('/livez')) !== 'nobody')
  expect(await ask('/livez')).toBe('200 {"alive":true}')
  expect(await ask('/readyz')).toContain('200 {"ready":true')
  expect(await ask('/metrics')).toMatch(/^db_pool\{state="used",process="worker"\} 1$/m)
  worker.child.kill('SIGTERM')
  expect([await endOf(worker, 17_000), worker.said()]).toEqual([0, ''])
  expect(await left()).toEqual([])
}, 60_000)

test('a worker that is told to end while nobody answers ends after one call, not after all', async () => {
  const name = (at: number) => `bo-${String(at)}`
  const targets = [1, 2, 3].map((at) => ({
    ...{ name: name(at), url: `http://127.0.0.1:${port()}/`, kinds: ['list.approved'] },
    secret: Buffer.alloc(32, at).toString('base64url'),
  }))
  const worker = start(database, 'worker', {
    ...{ WEBHOOK_TARGETS: JSON.stringify(targets), UPKEEP_EVERY_MS: '500' },
  })
  const known = `select count(*)::int from outgoing_target`
  await until('targets are known', async () => (await columnOf(database.admin, known))[0] === 3)
  const [commune] = await enterTown(database, [{ bank: 2 }])
  if (commune === undefined) throw new Error('a commune')
  await fund(database, commune.payingUnit, FUNDS)
  await approve(database, await submit(database, commune))
  await until('somebody is asked', () => asked > 0)
  worker.child.kill('SIGTERM')
  // The call that is under way has ten seconds; two more of them would be thirty.
  expect([await endOf(worker, 17_000), worker.said()]).toEqual([0, ''])
  expect(asked).toBe(1)
  expect(await columnOf(database.admin, `select max(attempts) from outgoing_delivery`)).toEqual([1])
  expect(await left()).toEqual([])
}, 90_000)
