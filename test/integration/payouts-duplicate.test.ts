import { beforeEach, expect, test } from '@jest/globals'
import { payouts } from '../../src/payouts/payouts.ts'
import type { PaymentOutcome } from '../../src/payouts/channels/channel.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { refusalOf } from '../support/outcome.ts'
import { heldAndTransit, plan, scripted, send, statesOf } from '../support/sending.ts'
import {
  AMOUNT,
  august,
  enterTown,
  payday,
  preparer,
  releaseLists,
  treasurer,
} from '../support/town.ts'

// A channel that answers "duplicate" has had the payment before: it says nothing of what came of the first.

const duplicate: PaymentOutcome = { kind: 'rejected', reason: 'AM05' }
let database: FreshDatabase
let references: readonly string[]

beforeEach(async () => {
  database = await freshDatabase()
  await releaseLists(database, await enterTown(database, [{ wallet: 2 }]))
  references = [...(await statesOf(database)).keys()]
  for (const { orderId } of await plan(database)) {
    await send(
      database,
      scripted((at) => (at === 0 ? duplicate : { kind: 'accepted' })),
      { id: orderId },
    )
  }
})

const state = async () => (await statesOf(database)).get(references[0] ?? '')

test('a duplicate at the call leaves the outcome open, and the money in transit', async () => {
  expect(await state()).toBe('UNKNOWN')
  expect(await heldAndTransit(database)).toEqual({ held: 0n, transit: 2n * AMOUNT })
})

test('a duplicate at an enquiry decides nothing either; what was executed does', async () => {
  const learn = (outcome: PaymentOutcome) =>
    database.app.transact(treasurer, (tx) =>
      payouts.applyStatus(
        tx,
        treasurer,
        [{ reference: references[0] ?? '', attempt: 1, outcome }],
        payday,
      ),
    )
  expect(await learn(duplicate)).toBe(0)
  expect(await state()).toBe('UNKNOWN')
  expect(await learn({ kind: 'accepted' })).toBe(1)
  expect(await state()).toBe('ACCEPTED')
})

test('what was once recorded as a duplicate is not issued again, whatever the account', async () => {
  await database.admin.query(
    `set session_replication_role = replica;
     update instruction set state = 'REJECTED', reason = 'AM05' where reference = '${references[0] ?? ''}';
     set session_replication_role = origin`,
  )
  const prepare = database.app.transact(preparer, async (tx) => {
    const [failed] = await payouts.failedOf(tx, august)
    if (failed === undefined) throw new Error('a failed payment')
    const newAccountId = '00000077-0000-7000-8000-000000000001'
    return payouts.prepareReissues(tx, preparer, [{ failed, newAccountId }])
  })
  expect(await prepare.then(() => 'prepared', refusalOf)).toBe('duplicate-unclear')
})
