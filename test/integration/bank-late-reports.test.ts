import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { payouts } from '../../src/payouts/payouts.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { refusalOf } from '../support/outcome.ts'
import { countsOf, plan, scripted, send } from '../support/sending.ts'
import { columnOf } from '../support/sql.ts'
import { enterTown, releaseLists, treasurer } from '../support/town.ts'

let database: FreshDatabase
beforeEach(async () => {
  database = await freshDatabase()
  await releaseLists(database, await enterTown(database, [{ wallet: 4 }]))
  const [order] = await plan(database)
  await send(
    database,
    scripted(() => ({ kind: 'submitted' })),
    { id: order?.orderId ?? '' },
  )
})
afterEach(() => database.drop())

test('a sweep that waits for a status file holds nothing that the file still wants', async () => {
  const { admin, app } = database
  const references = await columnOf<string>(admin, 'select reference from instruction order by 1')
  // As they lie in the table they come in the other order, and no index puts them right.
  await admin.query(`drop index instruction_open; create index backwards on instruction (reference desc);
    cluster instruction using backwards; drop index backwards`)
  await admin.query('begin')
  await admin.query('select from instruction where reference = $1 for update', [references[0]])
  const sweeping = app.transact(treasurer, (tx) => payouts.giveUpOnLateReports(tx, -1, 'hue-s'))
  // When it waits in vain, what it held is what fails the test.
  const swept = sweeping.catch(refusalOf)
  const waiting = `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  while ((await columnOf<number>(admin, waiting))[0] === 0) await sleep(20)
  const free = 'select reference from instruction order by reference for update skip locked'
  expect(await columnOf(admin, free)).toEqual(references)
  await admin.query('commit')
  expect(await swept).toBe(4)
  expect(await countsOf(database)).toEqual({ UNKNOWN: 4 })
})
