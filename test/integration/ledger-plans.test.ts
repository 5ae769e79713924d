import { beforeAll, expect, test } from '@jest/globals'
import type pg from 'pg'
import { localDate, month } from '../../src/lib/time.ts'
import { ledger } from '../../src/ledger/ledger.ts'
import { act, officer, paper } from '../support/act.ts'
import { freshDatabase } from '../support/database.ts'
import { entryId, settled } from '../support/ledger-state.ts'
import { rawPost } from '../support/raw-post.ts'

// The doors look rows up by index even while the statistics say that the tables are empty, as they
// do after a first large post or a crash: a scan of the whole table for each entry is not noticed
// on a small one, and is hours on a large one. What a statement reads by scanning is counted by
// PostgreSQL itself.

const TABLES = ['journal_entry', 'posting', 'account']
const ENTRIES = 300
const on = { occurredOn: localDate('2023-08-05') }
const list = 'list'
const amount = 1n
const fund = (['estimate-assigned', 'draw', 'move-to-bank'] as const).map((name) =>
  ledger.entry(name, { unit: 'u', amount: 10_000n }, { ...on, reference: name }),
)
const hold = ledger.entry(
  'hold',
  { unit: 'u', list, amount: 10_000n },
  { ...on, reference: 'hold' },
)
const submits = (prefix: string) =>
  Array.from({ length: ENTRIES }, (_, index) => {
    const instruction = `${prefix}-${String(index)}`
    return ledger.entry('submit', { list, instruction, amount }, { ...on, reference: instruction })
  })

let client: pg.Client

beforeAll(async () => {
  const { app, admin } = await freshDatabase()
  client = admin
  await admin.query(`analyze ${TABLES.join(', ')}`)
  for (const table of TABLES)
    await admin.query(`alter table ${table} set (autovacuum_enabled = off)`)
  await app.transact(act, async (tx) => {
    await ledger.openPeriod(tx, act, month('2023-08'))
    await ledger.post(tx, act, [...fund, hold])
  })
})

/** Rows read by scanning whole tables while `work` ran; the client's own look-ups are within it. */
async function scanned(work: () => Promise<unknown>): Promise<number> {
  const read = async () => {
    const { rows } = await client.query<{ rows: string }>(
      `select coalesce(sum(seq_tup_read), 0) as rows
         from pg_stat_user_tables where relname = any ($1)`,
      [TABLES],
    )
    return Number(rows[0]?.rows)
  }
  const before = await read()
  await client.query('begin')
  await work()
  await client.query('select pg_stat_force_next_flush()')
  await client.query('commit')
  return (await read()) - before
}

test('a set, a set that is there already, and half of each', async () => {
  const [one, other] = [submits('a'), submits('b')]
  expect(await scanned(() => rawPost(client, one))).toBe(0)
  expect(await scanned(() => rawPost(client, one))).toBe(0)
  expect(await scanned(() => rawPost(client, [...one, ...other]))).toBe(0)
})

test('one entry a call', async () => {
  for (const entry of submits('c').slice(0, 20))
    expect(await scanned(() => rawPost(client, [entry]))).toBe(0)
})

test('a reversal', async () => {
  const id = await entryId(client, 'a-1')
  const sql = `with reversed as (select r.entry_id from ledger_reverse($1, $2, 'reversal', '2023-08-05', null, null) r)
    insert into entry_by_hand (entry_id, document, entered_by, confirmed_by) select entry_id, 'PKT 1', $1, $3 from reversed`
  expect(await scanned(() => client.query(sql, [officer, id, paper.confirmedBy]))).toBe(0)
})

test('sealing', async () => {
  // Its own look-ups are counted, too, and not here.
  await scanned(() => settled(client))
  expect(await scanned(() => client.query('select ledger_seal(10000)'))).toBe(0)
})

test('balances as of a day and a block', async () => {
  const sql = `select ledger_balance_as_of(
    (select id from account where code = $1 and subject = $2), '2023-08-31', $3)`
  const look = (block: number | null) => client.query(sql, ['1121-HELD', 'list:list', block])
  await client.query('set enable_seqscan = off')
  expect(await scanned(() => look(1))).toBe(0)
  expect(await scanned(() => look(null))).toBe(0)
  await client.query('reset enable_seqscan')
})
