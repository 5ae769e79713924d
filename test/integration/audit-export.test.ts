import { beforeEach, expect, test } from '@jest/globals'
import { recordActs } from '../../src/lib/audit.ts'
import { operations } from '../../src/operations/operations.ts'
import { act } from '../support/act.ts'
import { testCertificate } from '../support/certificate.ts'
import { startCollector } from '../support/collector.ts'
import type { Collector } from '../support/collector.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'

// The audit trail on its way to the security operations centre: a real listener with TLS.

let database: FreshDatabase
let collector: Collector
beforeEach(async () => {
  database = await freshDatabase()
  collector = await startCollector()
})

const record = (subject: string, detail: Readonly<Record<string, unknown>> = {}) =>
  database.app.transact(act, (tx) => recordActs(tx, act, [{ act: 'list.submit', subject, detail }]))
const hand = (to: Pick<Collector, 'host' | 'port' | 'ca'> = collector) =>
  operations.exportAudit(database.app, act, to)
const idOf = (message: string) => Number(/ id="(\d+)"/.exec(message)?.[1])
const settled = async () => {
  // Other tests of the server hold transactions open for a moment.
  const waiting = `select from audit_event where xid >= pg_snapshot_xmin(pg_current_snapshot())`
  while ((await database.admin.query(waiting)).rowCount !== 0)
    await new Promise((resolve) => setTimeout(resolve, 10))
}

test('every event arrives once, in order, as RFC 5424 has it', async () => {
  for (let n = 0; n < 5; n += 1) await record(`list:2308-${String(n)}`, { note: `câu "${n}" ]\\` })
  await settled()
  expect(await hand()).toBe(5)
  expect(await hand()).toBe(0)
  expect(collector.messages.map(idOf)).toEqual([1, 2, 3, 4, 5])
  const [first = ''] = collector.messages
  expect(first).toMatch(
    /^<109>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z \S+ an-sinh-ledger - list\.submit \[audit@32473 id="1" actor="[0-9a-f-]{36}" subject="list:2308-0"\] \uFEFF\{/,
  )
  const json = JSON.parse(first.slice(first.indexOf('\uFEFF') + 1)) as Record<string, unknown>
  expect(json).toMatchObject({ id: '1', act: 'list.submit', detail: { note: 'câu "0" ]\\' } })
})

test('nothing is lost while the collector is away, or when it goes in between', async () => {
  const { port } = collector
  await collector.stop()
  await record('list:a')
  await settled()
  await expect(hand()).rejects.toThrow()
  const certificate = testCertificate()
  const again = await startCollector(port, certificate)
  again.cutNext()
  await expect(hand(again)).rejects.toThrow()
  expect(again.messages).toEqual([])
  await record('list:b')
  await settled()
  expect(await hand(again)).toBe(2)
  expect(again.messages.map(idOf)).toEqual([1, 2])
  await again.stop()
})

test('a collector with another certificate gets nothing', async () => {
  await record('list:a')
  await settled()
  await expect(hand({ ...collector, ca: testCertificate().cert })).rejects.toThrow(/self-signed/)
  expect(collector.messages).toEqual([])
  expect(await hand()).toBe(1)
})

test('an event that commits late is not passed over', async () => {
  const late = await database.connect(database.urls.app)
  await late.query('begin')
  await late.query(
    `select set_config('search_path', $1, true), set_config('app.scope', 'province', true)`,
    [`${database.urls.schema},pg_temp`],
  )
  await late.query(
    `insert into audit_event (actor, via, act, subject) values (gen_random_uuid(), 'sql', 'list.submit', 'list:late')`,
  )
  await record('list:soon')
  expect(await hand()).toBe(0)
  await late.query('commit')
  await settled()
  expect(await hand()).toBe(2)
})
