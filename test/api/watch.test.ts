import { beforeAll, expect, test } from '@jest/globals'
import { openWatch } from '../../src/compose-watch.ts'
import type { Watch } from '../../src/compose-watch.ts'
import { readConfig } from '../../src/config.ts'
import { openMetrics } from '../../src/lib/metrics.ts'
import { openQueue } from '../../src/lib/queue.ts'
import type { JobQueue } from '../../src/lib/queue.ts'
import { createLog } from '../../src/lib/log.ts'
import { operations } from '../../src/operations/operations.ts'
import type { PersonId } from '../../src/lib/act.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import { act } from '../support/act.ts'
import { newKey, testApi, usersOfRoles } from '../support/api.ts'
import type { TestApi, TestUser } from '../support/api.ts'
import { residentOf } from '../support/desk.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { columnOf } from '../support/sql.ts'
import { enterTown, payday, releaseLists, submit, treasurer } from '../support/town.ts'
import { setUpWorkers } from '../support/worker.ts'

// What machines that watch us are told: alive, ready, and numbers; on a port of their own.

let database: FreshDatabase
let queue: JobQueue
let watch: Watch
let api: TestApi
let auditor: TestUser
let administrator: TestUser
let officer: TestUser
let communes: readonly CommuneRow[]

beforeAll(async () => {
  database = await freshDatabase()
  await setUpWorkers(database)
  communes = await enterTown(database, [{ bank: 2 }, { bank: 1 }])
  await releaseLists(database, communes.slice(0, 1))
  await operations.checkFast(database.app, act)
  const metrics = openMetrics('api')
  queue = openQueue('operations', { kind: 'postgres', url: database.urls.app })
  watch = await openWatch(readConfig({ OPS_PORT: '0' }), {
    ...{ db: database.app, queue, log: createLog('silent'), metrics },
  })
  api = await testApi(database, { seen: metrics.requestSeen, health: watch.readiness })
  const users = usersOfRoles([communes[0]?.id ?? 0])
  const named = ['auditor', 'administrator', 'commune-officer'].map((role) => users.get(role))
  ;[auditor, administrator, officer] = named as [TestUser, TestUser, TestUser]
  for (const one of [auditor, administrator, officer]) await api.enter(one)
})
const ask = async (path: string, base = `http://127.0.0.1:${String(watch.port)}`) => {
  const answer = await fetch(`${base}${path}`)
  return { status: answer.status, text: await answer.text() }
}
const pause = () => new Promise((resolve) => setTimeout(resolve, 1_050))

test('a process says that it is alive and ready, and on its public port no more than that', async () => {
  expect(await ask('/livez')).toEqual({ status: 200, text: '{"alive":true}' })
  const { status, text } = await ask('/readyz')
  expect([status, JSON.parse(text)]).toEqual([
    200,
    { ready: true, checks: { database: 'ok', migrations: 'ok', queue: 'ok' } },
  ])
  expect(await ask('/readyz', api.url)).toEqual({ status: 200, text: '{"ready":true}' })
  expect(await ask('/livez', api.url)).toEqual({ status: 200, text: '{"alive":true}' })
})

test('a process without a migration, or whose database takes no writes, is not ready', async () => {
  const { admin } = database
  const failing = async () => {
    await pause()
    const { status, text } = await ask('/readyz')
    const { checks } = JSON.parse(text) as { checks: Readonly<Record<string, string>> }
    return [status, ...Object.keys(checks).filter((name) => checks[name] !== 'ok')]
  }
  await admin.query(
    `update _prisma_migrations set finished_at = null where migration_name like '0029%'`,
  )
  expect(await failing()).toEqual([503, 'migrations'])
  expect((await ask('/readyz', api.url)).status).toBe(503)
  await admin.query(`update _prisma_migrations set finished_at = now() where finished_at is null`)
  await admin.query(`create or replace function ready_probe() returns timestamptz language plpgsql as
    $$ begin return clock_timestamp() - interval '3 seconds'; end $$`)
  expect(await failing()).toEqual([503, 'database'])
  await admin.query(`create or replace function ready_probe() returns timestamptz language plpgsql as
    $$ begin raise exception 'away'; end $$`)
  expect(await failing()).toEqual([503, 'database'])
  await admin.query(`create or replace function ready_probe() returns timestamptz language plpgsql as
    $$ begin return clock_timestamp(); end $$`)
  await admin.query('alter schema bullmq rename to away')
  expect(await failing()).toEqual([503, 'queue'])
  await admin.query('alter schema away rename to bullmq')
  expect(await failing()).toEqual([200])
})

test('the numbers are those of the rows and of the requests, and name nobody', async () => {
  await api.call(auditor, 'GET', '/me')
  await api.call(auditor, 'POST', '/lists', {
    body: { communeId: 1, month: '2023-08-01' },
    headers: { 'idempotency-key': newKey() },
  })
  const { status, text } = await ask('/metrics')
  expect(status).toBe(200)
  for (const line of [
    /^payouts_state\{state="QUEUED",channel="bank",process="api"\} 2$/m,
    /^channel_sending\{channel="bank",process="api"\} 1$/m,
    /^ledger_invariant_violations\{depth="fast",process="api"\} 0$/m,
    /^ledger_check_last_success_timestamp\{depth="fast",process="api"\} \d+/m,
    /^http_request_seconds_count\{process="api",route="getMe",method="GET",status="200"\} 1$/m,
    /^authz_denied_total\{route="submitList",process="api"\} 1$/m,
    /^job_queue_depth\{queue="operations",state="waiting",process="api"\} 0$/m,
    /^nodejs_eventloop_lag_p99_seconds\{/m,
    /^outbox_lag_seconds\{process="api"\} 0$/m,
    /^audit_chain_sealed_lag_seconds\{process="api"\} \d/m,
  ]) {
    expect(text).toMatch(line)
  }
  expect(/.*="[^"]*(commune|person|list:)[^"]*".*/.exec(text)?.[0]).toBeUndefined()
})

test('what waits, fails, moves or is shown in clear is counted when it happens', async () => {
  const { admin, app } = database
  const value = async (of: string) => {
    const { text } = await ask('/metrics')
    const line = text.split('\n').find((one) => one.startsWith(of) && !one.startsWith('#'))
    return line === undefined ? undefined : Number(line.split(' ').at(-1))
  }
  const waits = 'approval_wait_seconds{what="proposal"'
  expect([await value(waits), await value('fresh_role_acts')]).toEqual([0, expect.any(Number)])
  const fresh = await value('fresh_role_acts')
  const granted = { role: 'auditor', communes: null, since: '2023-01-01', until: null }
  const asked = await api.call(administrator, 'POST', `/users/${auditor.id}/grants`, {
    body: { ...granted, document: 'QĐ 1' },
  })
  expect(asked.status).toBe(202)
  expect(await value(waits)).toBeGreaterThan(0)
  expect(await value('fresh_role_acts')).toBe(Number(fresh) + 1)

  expect(await value('approval_wait_seconds{what="list"')).toBe(0)
  await submit(database, communes[1] as CommuneRow)
  expect(await value('approval_wait_seconds{what="list"')).toBeGreaterThan(0)

  const day = (
    await columnOf(admin, `select ((now() at time zone 'Asia/Ho_Chi_Minh')::date - 4)::text`)
  )[0]
  const unit = communes[0]?.payingUnit ?? ''
  await admin.query(
    `insert into statement (id, channel, paying_unit, day, opening, closing, line_count, content_hash)
     values ('ST-GAP', 'hue-s', $1, $2, 0, 0, 0, '')`,
    [unit, day],
  )
  expect(await value(`statement_gap_days{account="hue-s:${unit}"`)).toBe(3)

  const reveal = { ids: [residentOf(communes[0]?.id ?? 0, 1)], purpose: 'Đối chiếu' }
  expect(await value('reveal_total')).toBe(0)
  const revealed = await api.call(officer, 'POST', '/people/reveal', { body: reveal })
  expect([revealed.status, await value('reveal_total')]).toEqual([200, 1])

  // Counted once, when it is there: not while its transaction runs.
  const moved = 'payouts_transition_total{from="QUEUED",to="HELD"'
  await app.transact(treasurer, async (tx) => {
    await payouts.holds.place(tx, treasurer, {
      subject: { personId: residentOf(communes[0]?.id ?? 0, 2) as PersonId },
      ...{ communeId: communes[0]?.id ?? 0, from: payday, on: payday },
      ...{ reasonCode: 'wrong-amount', reason: 'Kiểm tra' },
    })
    expect([await value(moved), await value('db_pool{state="used"')]).toEqual([undefined, 2])
    expect(await value('db_pool{state="waiting"')).toBe(0)
  })
  expect([await value(moved), await value(moved)]).toEqual([1, 1])
})

test('nothing of it is on the public port, and nothing else on the private one', async () => {
  expect((await ask('/metrics', api.url)).status).toBe(404)
  expect((await ask('/api/v1/me')).status).toBe(404)
  const posted = await fetch(`http://127.0.0.1:${String(watch.port)}/metrics`, { method: 'POST' })
  expect(posted.status).toBe(405)
  // Before the database is dropped.
  await watch.close()
  await queue.close()
})
