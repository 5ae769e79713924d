import { beforeEach, describe, expect, test } from '@jest/globals'
import { verifyAudit } from '../../src/ledger/verify-audit.ts'
import { verifyLedger } from '../../src/ledger/verify.ts'
import { startOperations } from '../../src/compose-operations.ts'
import { readConfig } from '../../src/config.ts'
import { createLog } from '../../src/lib/log.ts'
import { openMetrics } from '../../src/lib/metrics.ts'
import { operations } from '../../src/operations/operations.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { act } from '../support/act.ts'
import { copiesOf } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { countsOf, plan, scripted, send } from '../support/sending.ts'
import { sealPosted } from '../support/papers.ts'
import { columnOf } from '../support/sql.ts'
import { enterTown, releaseLists, treasurer } from '../support/town.ts'
import { vault } from '../support/vault.ts'
import { setUpWorkers } from '../support/worker.ts'

// What watches the books: each violation is planted by SQL, named, and stops sending.

let database: FreshDatabase
let id: string
const scene = copiesOf(async (original) => {
  await releaseLists(original, await enterTown(original, [{ wallet: 4 }]))
  return (await plan(original))[0]?.orderId ?? ''
})
beforeEach(async () => {
  const copy = await scene()
  database = copy.database
  id = copy.found
})

const accepting = () => scripted(() => ({ kind: 'accepted' }), 2)
const plant = async (sql: string) => {
  await database.admin.query(`set session_replication_role = replica; ${sql}`)
  await database.admin.query('set session_replication_role = default')
}
const check = () => operations.checkFast(database.app, act)
const stopped = async () =>
  (await database.app.transact(treasurer, (tx) => payouts.switches.state(tx)))
    .filter(({ sending }) => !sending)
    .map(({ channel }) => channel)

test('books in order are left alone, and each look is kept', async () => {
  await send(database, accepting(), { id })
  await sealPosted(database)
  expect(await check()).toEqual([])
  expect(await stopped()).toEqual([])
  const runs = await database.app.transact(act, (tx) => operations.lastRuns(tx))
  expect(runs).toMatchObject([{ depth: 'fast', violations: [] }])
})

describe('a planted violation stops sending', () => {
  test.each([
    [
      'a balance of one person that its postings do not make',
      `update account set balance = balance + 1 where id = (select min(id) from account where code = '3388-BEN')`,
      'I1',
    ],
    [
      'a balance that all share',
      `update account set balance = balance + 1 where code = '1121-HELD'`,
      'I1',
    ],
    [
      'an account below its floor',
      `alter table account drop constraint account_floor; update account set balance = -1 where code = '1121-FREE'`,
      'I14',
    ],
    [
      'a state that nobody moved it to',
      `update instruction set state = 'HELD' where reference = (select min(reference) from instruction)`,
      'I5',
    ],
    [
      'two instructions of one entitlement that stand',
      `drop index instruction_one_live; update instruction set entitlement_number = (select min(entitlement_number) from instruction)`,
      'I7',
    ],
    [
      'two payments of one entitlement',
      `drop index instruction_one_live; update instruction set entitlement_number = (select min(entitlement_number) from instruction), state = 'PAID'`,
      'I2',
    ],
    [
      'a payment that was cancelled while it was out',
      `insert into instruction_event (reference, commune_id, from_state, to_state, attempt, actor, via)
         select reference, commune_id, 'SUBMITTED', 'CANCELLED', 1, gen_random_uuid(), 'sql' from instruction where reference = (select min(reference) from instruction);
       update instruction set state = 'CANCELLED' where reference = (select min(reference) from instruction)`,
      'I6',
    ],
    [
      'an unknown payment that nobody will ask about',
      `update instruction set state = 'UNKNOWN', enquire_at = null where reference = (select min(reference) from instruction)`,
      'I9',
    ],
    [
      'a payment that is out since long ago, while workers lived',
      `insert into invariant_run (depth, violations, duration_ms, recorded_at) values ('fast', '[]', 1, now() - interval '3 minutes');
       update instruction set state = 'SUBMITTING', fence = gen_random_uuid(), claimed_at = now() - interval '20 minutes' where reference = (select min(reference) from instruction)`,
      'I9',
    ],
    ['a table that shows everybody all', `alter table enrolment disable row level security`, 'I11'],
    [
      'a policy that lets everybody see',
      `alter policy commune_scope on person using (true)`,
      'I11',
    ],
  ])('%s', async (_, sql, invariant) => {
    await plant(sql)
    const found = await check()
    expect(found.map((one) => one.invariant)).toContain(invariant)
    expect(await stopped()).toEqual(['bank', 'hue-s'])
    expect(await send(database, accepting(), { id })).toBe(true)
    expect((await countsOf(database))['ACCEPTED']).toBeUndefined()
    const acts = `select distinct act from audit_event where act in ('invariant.violated', 'channel.stop') order by 1`
    expect(await columnOf(database.admin, acts)).toEqual(['channel.stop', 'invariant.violated'])
  })

  test.each([
    ['a line that was lost', `delete from statement_line where id = 'l2'`, 'statement:s1'],
    [
      'a day that begins otherwise',
      `update statement set opening = 7, closing = 7 where id = 's2'`,
      'statement:s2',
    ],
    [
      'an explanation that is not there',
      `update statement_line set state = 'MATCHED', entry_id = 987654 where id = 'l1'`,
      'statement-line:l1',
    ],
  ])('by night: %s', async (_, sql, subject) => {
    const verify = { ledger: verifyLedger, audit: verifyAudit }
    await plant(`insert into statement (id, channel, paying_unit, day, opening, closing, line_count, content_hash)
      select v.id, 'bank', (select min(id) from paying_unit), v.day::date, v.opening, v.closing, v.lines, ''::bytea
        from (values ('s1', '2023-08-03', 0, 30, 2), ('s2', '2023-08-04', 30, 30, 0)) as v (id, day, opening, closing, lines);
      insert into statement_line (id, statement_id, paying_unit, day, kind, direction, reference, amount)
      select v.id, 's1', (select min(id) from paying_unit), '2023-08-03', 'transfer', 'credit', v.id, v.amount
        from (values ('l1', 10), ('l2', 20)) as v (id, amount)`)
    expect(await operations.checkFull(database.app, act, verify)).toEqual([])
    await plant(sql)
    const found = await operations.checkFull(database.app, act, verify)
    expect(found).toEqual([{ invariant: 'I8', subject }])
    expect(await stopped()).toEqual(['bank', 'hue-s'])
  })

  test('so does what the auditor’s programs find by night', async () => {
    const verify = { ledger: verifyLedger, audit: verifyAudit }
    expect(await operations.checkFull(database.app, act, verify)).toEqual([])
    await plant(
      `update journal_entry set memo = 'khác' where id = (select min(id) from journal_entry)`,
    )
    expect(await operations.checkFull(database.app, act, verify)).toMatchObject([
      { invariant: 'I1' },
    ])
    expect(await stopped()).toEqual(['bank', 'hue-s'])
  })
})

test('a worker looks by the clock: what is planted is found and sending stops', async () => {
  await setUpWorkers(database)
  const config = readConfig({
    DATABASE_URL: database.urls.owner,
    UPKEEP_EVERY_MS: '100',
    OPS_PORT: '0',
  })
  const stop = await startOperations(config, {
    ...{ urls: database.urls, vault, log: createLog('silent'), metrics: openMetrics('worker') },
    onFailed: () => undefined,
    until: new AbortController().signal,
  })
  try {
    const runs = `select count(*)::int from invariant_run`
    await until(async () => Number((await columnOf(database.admin, runs))[0]) > 0)
    expect(await stopped()).toEqual([])
    await plant(`update account set balance = balance + 1 where code = '1121-HELD'`)
    await until(async () => (await stopped()).length === 2)
    // It also seals.
    const sealed = `select count(*)::int from audit_block`
    await until(async () => Number((await columnOf(database.admin, sealed))[0]) > 0)
  } finally {
    await stop()
  }
})

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 250; tries += 1) {
    if (await holds()) return
    await new Promise((resolve) => setTimeout(resolve, 80))
  }
  expect('never').toBe('in time')
}
