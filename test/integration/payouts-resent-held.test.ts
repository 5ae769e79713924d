import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Act } from '../../src/lib/act.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { reconciliation } from '../../src/reconciliation/reconciliation.ts'
import type { FreshDatabase } from '../support/database.ts'
import { as, named } from '../support/lists.ts'
import { refusalOf } from '../support/outcome.ts'
import { countsOf, heldAndTransit } from '../support/sending.ts'
import { columnOf } from '../support/sql.ts'
import { dayAfter, line, match } from '../support/statements.ts'
import { accountant, AMOUNT, august, leader, payday, treasurer } from '../support/town.ts'
import { unknownPayments } from '../support/unknown-payments.ts'

/** What is to be sent again and must not be paid after all: it waits, and there is a way out of it. */
let database: FreshDatabase
let it: Awaited<ReturnType<typeof unknownPayments>>
beforeEach(async () => {
  it = await unknownPayments()
  ;({ database } = it)
  await it.take([], payday)
  await it.take([], dayAfter(1))
})
afterEach(() => database.drop())

/** Two people decide that all four are sent again. */
const resendAll = () =>
  as(database, treasurer, async (tx) => {
    const rows = await reconciliation.coveredUnknowns(tx, { month: august, channel: 'hue-s' })
    return payouts.resend(tx, treasurer, { rows, approvedBy: accountant.actor, on: payday })
  })

test('what was asked to be stopped while it was out is not sent again', async () => {
  const why = 'chuyển nhầm'
  await as(database, treasurer, (tx) => payouts.stopping.request(tx, treasurer, it.ref(1), why))
  await resendAll()
  await it.sendAll(it.notFound)
  expect(it.calls).toEqual([it.ref(0), it.ref(2), it.ref(3)])
  expect(await it.stateOf(1)).toBe('HELD')
  const reasons = `select reason from instruction where state = 'HELD'`
  expect(await columnOf(database.admin, reasons)).toEqual(['stop-requested'])
})

describe('held, it', () => {
  const rowOf = async (at: number) => {
    const sql = `select e.row from entitlement e join instruction i on i.entitlement_number = e.number where i.reference = '${it.ref(at)}'`
    return (await columnOf<number>(database.admin, sql))[0] ?? 0
  }
  beforeEach(async () => {
    expect(await resendAll()).toBe(4)
    const [entitlement = ''] = await columnOf<string>(
      database.admin,
      `select entitlement_number from instruction where reference = '${it.ref(1)}'`,
    )
    const hold = {
      subject: { entitlement },
      communeId: it.list.communeId,
      from: payday,
      on: payday,
    }
    await as(database, leader, (tx) =>
      payouts.holds.place(tx, leader, {
        ...hold,
        reasonCode: 'wrong-amount',
        reason: 'đang xác minh',
      }),
    )
    expect(await it.stateOf(1)).toBe('HELD')
  })
  const withdraw = (statementId: string, by = treasurer) =>
    as(database, by, (tx) => {
      const rows = [{ reference: it.ref(1), attempt: 1, statementId }]
      return payouts.withdrawResend(tx, by, { rows, approvedBy: accountant.actor })
    }).catch(refusalOf)
  const stop = async () => {
    const set = [await rowOf(1)]
    const seen = await named(database, it.list, set)
    const order = { listId: it.list.id, set, seen, on: payday }
    const why = { reasonCode: 'death', reason: 'Đã chết' }
    return as(database, leader, (tx) => payouts.lists.stop(tx, leader, { ...order, ...why })).then(
      () => 'stopped',
      refusalOf,
    )
  }
  const recheck = () =>
    as(database, treasurer, (tx) =>
      payouts.lists.recheck(tx, treasurer, { listId: it.list.id, on: payday }),
    )

  test('is stopped once two people have seen a new statement, and its money is free', async () => {
    expect(await stop()).toBe('state-transition')
    // What covered the resend was in before it was held.
    expect(await withdraw(`st-${dayAfter(1)}`)).toBe('resend-not-covered')
    await it.take([], dayAfter(2))
    expect(await withdraw(`st-${dayAfter(2)}`, accountant)).toBe('same-person')
    expect(await withdraw(`st-${dayAfter(2)}`)).toBe(1)
    const acts = `select detail->>'evidence' from audit_event where act = 'instruction.withdraw-resend'`
    expect(await columnOf(database.admin, acts)).toEqual([`st-${dayAfter(2)}`])
    expect(await stop()).toBe('stopped')
    expect(await countsOf(database)).toEqual({ QUEUED: 3, CANCELLED: 1 })
    expect(await heldAndTransit(database)).toEqual({ held: 3n * AMOUNT, transit: 0n })
    expect(await payouts.checkBooks(database.app, treasurer)).toEqual([])
  })

  test('is taken back by nobody in the name of another', async () => {
    await it.take([], dayAfter(2))
    const insert = `insert into resend_withdrawal (reference, attempt, commune_id, requested_by, approved_by, evidence)
      values ('${it.ref(1)}', 2, ${String(it.list.communeId)}, '${accountant.actor}', '${leader.actor}', 'st-${dayAfter(2)}')`
    const enter = (by: Act) => as(database, by, (tx) => tx.$executeRawUnsafe(insert))
    expect(await enter(treasurer).catch(refusalOf)).toBe('same-person')
    expect(await enter(accountant)).toBe(1)
  })

  test('stays while a statement in between is missing, or anything speaks of it', async () => {
    await it.take([], dayAfter(3))
    expect(await withdraw(`st-${dayAfter(3)}`)).toBe('resend-not-covered')
    await it.take([], dayAfter(2))
    await it.call(it.ref(1))
    expect(await withdraw(`st-${dayAfter(3)}`)).toBe('resend-not-covered')
  })

  test('is not stopped when something comes to light after they have', async () => {
    await it.take([], dayAfter(2))
    expect(await withdraw(`st-${dayAfter(2)}`)).toBe(1)
    await it.call(it.ref(1))
    expect(await stop()).toBe('state-transition')
  })

  test('is not sent any more once that is taken back, though the hold is lifted', async () => {
    await it.take([], dayAfter(2))
    expect(await withdraw(`st-${dayAfter(2)}`)).toBe(1)
    const [holdId = ''] = await columnOf<string>(database.admin, 'select id from payout_hold')
    await as(database, treasurer, (tx) =>
      payouts.holds.lift(tx, treasurer, { holdId, reason: 'xong', on: payday }),
    )
    expect(await it.stateOf(1)).toBe('QUEUED')
    await it.sendAll(it.notFound)
    expect(it.calls).toEqual([it.ref(0), it.ref(2), it.ref(3)])
    expect(await it.stateOf(1)).toBe('HELD')
    expect(await stop()).toBe('stopped')
  })

  test('is let go as what is known of it, though it must not be paid, when a statement names it', async () => {
    expect(await recheck()).toBe(0)
    await it.take([line({ reference: it.ref(1), amount: AMOUNT })], dayAfter(2))
    expect(await recheck()).toBe(1)
    await it.sendAll(it.notFound)
    expect(it.calls).toEqual([it.ref(0), it.ref(2), it.ref(3)])
    expect(await it.stateOf(1)).toBe('UNKNOWN')
    expect(await match(database)).toBe(1)
    expect(await it.stateOf(1)).toBe('PAID')
  })
})
