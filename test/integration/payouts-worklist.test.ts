import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { PaymentOutcome } from '../../src/payouts/channels/channel.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { reissue } from '../support/office.ts'
import { plan, scripted, send } from '../support/sending.ts'
import { AMOUNT, august, enterTown, payday, preparer, releaseLists } from '../support/town.ts'

/** Four payments: paid, refused, unknown, and held at the last look. */
let database: FreshDatabase
beforeEach(async () => {
  database = await freshDatabase()
  await releaseLists(database, await enterTown(database, [{ wallet: 4 }]))
  await database.admin.query(`update person set died_on = '2023-07-30'
    where id = (select person_id from entitlement where row = 4)`)
  const outcomes: readonly PaymentOutcome[] = [
    { kind: 'accepted' },
    { kind: 'rejected', reason: 'AC01' },
    { kind: 'unknown', reason: 'TimeoutError' },
  ]
  const [order] = await plan(database)
  const channel = scripted((at) => outcomes[at] ?? { kind: 'accepted' })
  await send(database, channel, { id: order?.orderId ?? '', on: payday })
})
afterEach(() => database.drop())

const list = () => database.app.transact(preparer, (tx) => payouts.worklist(tx))

test('what waits for somebody says why, what is next, whose it is and since when', async () => {
  await database.admin.query(`set session_replication_role = replica;
    update instruction set moved_at = moved_at - interval '3 days' where state = 'UNKNOWN'`)
  const rows = await list()
  expect(rows.map(({ state, ageDays, owner }) => [state, ageDays, owner])).toEqual([
    ['UNKNOWN', 3, 'paying-unit'],
    ['HELD', 0, 'commune'],
    ['REJECTED', 0, 'commune'],
  ])
  expect(rows.map(({ reason }) => reason)).toEqual([
    ...['Chưa rõ kết quả', 'Người hưởng đã chết', 'Sai số tài khoản'],
  ])
  for (const { amount, next } of rows) expect([amount, next]).toEqual([AMOUNT, expect.any(String)])
})

test('what was re-issued waits no more', async () => {
  const [failed] = await database.app.transact(preparer, (tx) => payouts.failedOf(tx, august))
  if (failed !== undefined) await reissue(database, failed)
  expect((await list()).map(({ state }) => state).toSorted()).toEqual(['HELD', 'UNKNOWN'])
})
