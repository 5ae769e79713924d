import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { ledger } from '../../src/ledger/ledger.ts'
import { month } from '../../src/lib/time.ts'
import { act } from '../support/act.ts'
import { freshDatabase } from '../support/database.ts'
import { balances, balancesFromPostings } from '../support/ledger-state.ts'
import { randomMonth } from '../support/random-month.ts'
import { entriesOf } from '../support/walk.ts'
import { walks } from '../support/walks.ts'

const august = month('2023-08')
/** Other months at each run; test/unit/templates.test.ts tries many more against the model. */
const randomMonths = fc.sample(randomMonth, 5)

test.each([...walks, ...randomMonths])('$name: every balance is where it must be', async (walk) => {
  const database = await freshDatabase()
  const { app, admin } = database
  await app.transact(act, (tx) => ledger.openPeriod(tx, act, august))
  const entries = entriesOf(walk, 'walk')
  for (const entry of entries) {
    const [posted] = await app.transact(act, (tx) => ledger.post(tx, act, [entry]))
    expect(posted).toMatchObject({ replayed: false })
  }
  expect(Object.fromEntries(await balances(admin))).toEqual(walk.leaves)
  expect(Object.fromEntries(await balancesFromPostings(admin))).toEqual(walk.leaves)

  const again = await app.transact(act, (tx) => ledger.post(tx, act, entries))
  expect(again.map(({ replayed }) => replayed)).toEqual(entries.map(() => true))
  expect(Object.fromEntries(await balances(admin))).toEqual(walk.leaves)

  const lines = await app.transact(act, (tx) => ledger.trialBalance(tx, august))
  const total = (side: 'debit' | 'credit') => lines.reduce((sum, line) => sum + line[side], 0n)
  expect(total('debit')).toBe(total('credit'))
  expect(total('debit') > 0n).toBe(true)
  await database.drop()
})
