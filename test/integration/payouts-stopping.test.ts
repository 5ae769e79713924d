import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { PaymentOutcome } from '../../src/payouts/channels/channel.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { countsOf, heldAndTransit, plan, scripted, send } from '../support/sending.ts'
import { columnOf } from '../support/sql.ts'
import { enterTown, releaseLists, treasurer } from '../support/town.ts'

let database: FreshDatabase
beforeEach(async () => {
  database = await freshDatabase()
  await releaseLists(database, await enterTown(database, [{ wallet: 4 }]))
})
afterEach(() => database.drop())

const references = () =>
  columnOf<string>(database.admin, 'select reference from instruction order by 1')
const request = (reference: string) =>
  database.app.transact(treasurer, (tx) =>
    payouts.stopping.request(tx, treasurer, reference, 'chuyển nhầm'),
  )
const sendAll = async (outcomes: readonly PaymentOutcome[]) => {
  const [order] = await plan(database)
  const wallet = scripted((at) => outcomes[at] ?? { kind: 'accepted' })
  await send(database, wallet, { id: order?.orderId ?? '' })
}

test('a payment that is out can be asked back: the request is kept, nothing else changes', async () => {
  await sendAll([{ kind: 'unknown', reason: 'time-out' }])
  const [unknown = '', accepted = ''] = await references()
  const before = [await countsOf(database), await heldAndTransit(database)]
  expect(await request(unknown)).toBe(true)
  expect(await request(accepted)).toBe(true)
  expect(await request(accepted)).toBe(false)
  expect([await countsOf(database), await heldAndTransit(database)]).toEqual(before)
  const open = await database.app.transact(treasurer, (tx) => payouts.stopping.open(tx))
  expect(open.map(({ reference }) => reference)).toEqual([unknown, accepted])
  const acts = `select subject from audit_event where act = 'instruction.request-stop' order by id`
  const subjects = [unknown, accepted].map((reference) => `instruction:${reference}`)
  expect(await columnOf(database.admin, acts)).toEqual(subjects)
})

test('what is not sent is held or cancelled instead, and what has an outcome comes too late', async () => {
  const [rejected = '', other = ''] = await references()
  await expect(request(other)).rejects.toMatchObject({ code: 'not-sent-yet' })
  await sendAll([{ kind: 'rejected', reason: 'AC04' }])
  await expect(request(rejected)).rejects.toMatchObject({ code: 'stop-too-late' })
  await expect(request('NOBODYKNOWSTHIS0')).rejects.toMatchObject({ code: 'instruction-missing' })
  expect(await columnOf(database.admin, 'select reference from stop_request')).toEqual([])
})
