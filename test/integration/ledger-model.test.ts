import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { month } from '../../src/lib/time.ts'
import { ledger } from '../../src/ledger/ledger.ts'
import { act } from '../support/act.ts'
import { freshDatabase } from '../support/database.ts'
import { balances, balancesFromPostings } from '../support/ledger-state.ts'
import { compareAll } from '../support/model-checks.ts'
import { commands, tally } from '../support/model-commands.ts'
import { ModelLedger } from '../support/model-ledger.ts'
import { prelude } from '../support/random-entries.ts'

const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31)
const august = month('2023-08')

/** An empty ledger and an empty model, both with the entries of the prelude. */
async function setUp() {
  const model = new ModelLedger()
  const real = await freshDatabase()
  model.openPeriod(august)
  model.post(prelude)
  await real.app.transact(act, (tx) => ledger.openPeriod(tx, act, august))
  await real.app.transact(act, (tx) => ledger.post(tx, act, prelude))
  return { model, real }
}

test(`the ledger does what the model does (seed ${String(seed)})`, async () => {
  await fc.assert(
    fc.asyncProperty(commands, async (run) => {
      const { model, real } = await setUp()
      try {
        await fc.asyncModelRun(() => ({ model, real }), run)
        await compareAll(model, real)
        expect(await balancesFromPostings(real.admin)).toEqual(await balances(real.admin))
      } finally {
        await real.drop()
      }
    }),
    { seed, numRuns: 30 },
  )
  // The run says something only when commands are often taken and often refused.
  const { taken, refused } = tally
  expect(Math.min(taken, refused) / (taken + refused)).toBeGreaterThan(0.2)
}, 180_000)
