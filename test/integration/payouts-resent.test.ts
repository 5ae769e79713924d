import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { EnquiryAnswer } from '../../src/payouts/channels/channel.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import type { FreshDatabase } from '../support/database.ts'
import { as, named } from '../support/lists.ts'
import { refusalOf } from '../support/outcome.ts'
import { countsOf, heldAndTransit, resendUnknown, statesOf } from '../support/sending.ts'
import { columnOf } from '../support/sql.ts'
import { dayAfter, line, match } from '../support/statements.ts'
import { AMOUNT, leader, payday, treasurer } from '../support/town.ts'
import { unknownPayments } from '../support/unknown-payments.ts'

let database: FreshDatabase
let it: Awaited<ReturnType<typeof unknownPayments>>
beforeEach(async () => {
  it = await unknownPayments()
  ;({ database } = it)
  expect(await countsOf(database)).toEqual({ UNKNOWN: 4 })
})
afterEach(() => database.drop())

describe('before the second call', () => {
  beforeEach(async () => {
    expect(await resendUnknown(database)).toBe(4)
    expect(await heldAndTransit(database)).toEqual({ held: 4n * AMOUNT, transit: 0n })
  })

  test('the channel is asked once more, and what it says counts', async () => {
    const answers: readonly EnquiryAnswer[] = [
      { kind: 'executed' },
      { kind: 'rejected', reason: 'AC04' },
      { kind: 'no-answer', reason: 'time-out' },
      { kind: 'not-found' },
    ]
    await it.sendAll(
      it.wallet((one) => answers[it.references.indexOf(one)] ?? { kind: 'not-found' }),
    )
    expect(it.calls).toEqual([it.ref(3)])
    const states = await statesOf(database)
    expect(it.references.map((one) => states.get(one))).toEqual([
      ...['ACCEPTED', 'REJECTED', 'QUEUED', 'UNKNOWN'],
    ])
    expect(await heldAndTransit(database)).toEqual({ held: 2n * AMOUNT, transit: 2n * AMOUNT })
    expect(await payouts.checkBooks(database.app, treasurer)).toEqual([])
    // What got no answer is asked again with its next job.
    await it.sendAll(it.notFound)
    expect(it.calls).toEqual([it.ref(3), it.ref(2)])
  })

  test('a statement that names it keeps it unknown, and settles it', async () => {
    await it.take([line({ reference: it.ref(1), amount: AMOUNT })], dayAfter(2))
    await it.sendAll(it.notFound)
    expect(it.calls).toEqual([it.ref(0), it.ref(2), it.ref(3)])
    expect(await it.stateOf(1)).toBe('UNKNOWN')
    expect(await heldAndTransit(database)).toEqual({ held: 0n, transit: 4n * AMOUNT })
    expect(await match(database)).toBe(1)
    expect(await it.stateOf(1)).toBe('PAID')
  })

  test('a callback has us ask, and keeps it unknown even when nothing is found', async () => {
    await it.call(it.ref(2))
    await it.due(it.ref(2))
    const asked: string[] = []
    const channel = it.wallet((one) => {
      asked.push(one)
      return { kind: 'not-found' }
    })
    const round = { on: payday, rowsMax: 10 }
    await payouts.enquireDue({ db: database.app, channel }, treasurer, round)
    expect(asked).toEqual([it.ref(2)])
    await it.sendAll(it.notFound)
    expect(it.calls).toEqual([it.ref(0), it.ref(1), it.ref(3)])
    expect(await it.stateOf(2)).toBe('UNKNOWN')
    const reasons = `select reason from instruction where reference = '${it.ref(2)}'`
    expect(await columnOf(database.admin, reasons)).toEqual([
      'not sent again: the channel spoke of it',
    ])
  })

  test('an answer of long ago does not do, nor one of the attempt before', async () => {
    await database.admin.query(`set session_replication_role = replica;
      update resend_decision set recorded_at = recorded_at - interval '1 hour'; set session_replication_role = origin`)
    await database.admin
      .query(`insert into enquiry (reference, commune_id, attempt, answer, recorded_at)
      select reference, commune_id, 1, 'not-found', clock_timestamp() - interval '6 minutes' from instruction union all
      select reference, commune_id, 0, 'not-found', clock_timestamp() from instruction`)
    await it.sendAll(it.wallet(() => ({ kind: 'no-answer', reason: 'down' })))
    expect(it.calls).toEqual([])
    expect(await countsOf(database)).toEqual({ QUEUED: 4 })
  })

  test('what is kept unknown may be decided on once more, with a statement that came in after', async () => {
    await it.call(it.ref(2))
    await it.sendAll(it.notFound)
    it.calls.length = 0
    expect(await it.stateOf(2)).toBe('UNKNOWN')
    const others = new Set(it.references.filter((one) => one !== it.ref(2)))
    expect(await resendUnknown(database, payday, others)).toBe(1)
    await it.sendAll(it.notFound)
    expect(it.calls).toEqual([it.ref(2)])
  })

  test('no list stops it: it may have been paid', async () => {
    const before = await heldAndTransit(database)
    const stop = async () => {
      const seen = await named(database, it.list, [1])
      const order = { listId: it.list.id, set: [1], seen, on: payday }
      const why = { reasonCode: 'death', reason: 'Đã chết' }
      return as(database, leader, (tx) => payouts.lists.stop(tx, leader, { ...order, ...why }))
    }
    expect(await stop().catch(refusalOf)).toBe('state-transition')
    expect(await countsOf(database)).toEqual({ QUEUED: 4 })
    expect(await heldAndTransit(database)).toEqual(before)
  })
})
