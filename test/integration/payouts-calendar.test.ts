import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { localDate } from '../../src/lib/time.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import * as p from '../support/payees.ts'
import { columnOf } from '../support/sql.ts'
import { august, enterTown, releaseLists, treasurer } from '../support/town.ts'

let database: FreshDatabase
beforeEach(async () => {
  database = await freshDatabase()
})
afterEach(() => database.drop())

const run = (day: string) => payouts.calendar.run(database.app, treasurer, localDate(day))
const tasks = (until: string) =>
  database.app.transact(treasurer, (tx) => payouts.calendar.tasks(tx, localDate(until)))
const runs = () =>
  columnOf<string>(
    database.admin,
    `select task || ' ' || day from calendar_run where task <> 'representation' order by day, task`,
  )

test('asks every commune for its list, and sees when it is done', async () => {
  const communes = await enterTown(database, [{ wallet: 1 }])
  await run('2023-07-10')
  expect(await runs()).toEqual(['list-building 2023-07-10', 'payment-window 2023-07-10'])
  const asked = await tasks('2023-07-24')
  expect(asked).toHaveLength(141)
  expect(asked[0]).toMatchObject({ kind: 'list', month: august, dueOn: '2023-07-24', done: false })
  expect(await tasks('2023-07-23')).toEqual([])
  await releaseLists(database, communes)
  const done = (await tasks('2023-07-24')).filter((task) => task.done)
  expect(done.map(({ communeId }) => communeId)).toEqual([communes[0]?.id])
  await run('2023-07-24')
  const late = (await tasks('2023-07-24')).filter(({ kind }) => kind === 'hand-over')
  expect(late).toHaveLength(140)
})

test('does each task of a day once, however often and by however many it is asked', async () => {
  await Promise.all([1, 2, 3, 4].map(() => run('2023-07-10')))
  await run('2023-07-10')
  expect(await runs()).toEqual(['list-building 2023-07-10', 'payment-window 2023-07-10'])
  expect(await tasks('2023-07-24')).toHaveLength(141)
})

test('makes up for the days on which nobody worked', async () => {
  await run('2023-07-07')
  expect(await run('2023-07-25')).toBe(22)
  expect(await runs()).toEqual([
    'list-building 2023-07-10',
    'payment-window 2023-07-10',
    'service-report 2023-07-19',
    'hand-over 2023-07-24',
  ])
  expect(await run('2023-07-25')).toBe(0)
})

test('asks, when the payment window closes, after the lists that have payments not sent yet', async () => {
  const communes = await enterTown(database, [{ bank: 2 }, { wallet: 1 }, { cash: 1 }])
  await releaseLists(database, communes)
  await database.admin.query(
    `set session_replication_role = replica;
     update instruction set state = 'ACCEPTED' where channel = 'hue-s';
     set session_replication_role = origin`,
  )
  await run('2023-08-10')
  const asked = async () =>
    (await tasks('2023-08-31')).filter(({ kind }) => kind === 'payment-window')
  const window = { kind: 'payment-window', dueOn: '2023-08-10' }
  expect(await asked()).toMatchObject([{ ...window, communeId: communes[0]?.id, done: false }])
  await run('2023-08-10')
  await database.admin.query(
    `set session_replication_role = replica;
     update instruction set state = 'SUBMITTED' where state = 'QUEUED';
     set session_replication_role = origin`,
  )
  expect(await asked()).toMatchObject([{ ...window, done: true }])
})

test('asks for the report of a cash list that is handed over and not settled', async () => {
  const communes = await enterTown(database, [{ cash: 2 }])
  await releaseLists(database, communes)
  await run('2023-08-18')
  expect(await tasks('2023-08-31')).toEqual([])
  await database.admin.query(`update cash_list set handed_over_on = '2023-08-01'`)
  await database.admin.query(`set session_replication_role = replica; delete from calendar_run`)
  await run('2023-08-18')
  const asked = await tasks('2023-08-18')
  expect(asked).toMatchObject([{ kind: 'service-report', dueOn: '2023-08-18', done: false }])
  await database.admin.query(`update cash_list set settled_on = '2023-08-18'`)
  expect(await tasks('2023-08-18')).toMatchObject([{ done: true }])
})

test('asks for a new paper a month before the one that somebody receives by ends', async () => {
  const { id: communeId } = await p.firstCommune(database)
  await p.enterPairs(database, communeId, [{ n: 1 }, { n: 2 }, { n: 3 }])
  const until = (validTo: string) => ({ validTo: localDate(validTo) })
  await p.represent(database, [
    p.representationOf(1, communeId, until('2023-08-20')),
    p.representationOf(2, communeId, until('2023-10-20')),
    p.representationOf(3, communeId, until('2023-08-20')),
  ])
  // Nobody receives by the third.
  for (const n of [1, 2]) await p.assign(database, n, communeId)
  await run('2023-07-20')
  expect(await tasks('2023-12-31')).toEqual([])
  await run('2023-07-21')
  await run('2023-08-05')
  const asked = await tasks('2023-12-31')
  const paper = { kind: 'representation', subject: `representation:${p.paperId(1)}` }
  expect(asked.filter(({ kind }) => kind === 'representation')).toMatchObject([
    { ...paper, dueOn: '2023-08-20', done: false },
  ])
  const self = { payeeId: p.wardId(1), representationId: null }
  await p.assign(database, 1, communeId, { ...self, from: localDate('2023-08-01') })
  const done = (await tasks('2023-12-31')).filter(({ kind }) => kind === 'representation')
  expect(done).toMatchObject([{ ...paper, done: true }])
})
