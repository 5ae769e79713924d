import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { payouts } from '../../src/payouts/payouts.ts'
import type { FreshDatabase } from '../support/database.ts'
import { as } from '../support/lists.ts'
import { refusalOf } from '../support/outcome.ts'
import { countsOf, heldAndTransit, resendUnknown } from '../support/sending.ts'
import { dayAfter, line } from '../support/statements.ts'
import { accountant, AMOUNT, payday, treasurer } from '../support/town.ts'
import { unknownPayments } from '../support/unknown-payments.ts'

let database: FreshDatabase
let it: Awaited<ReturnType<typeof unknownPayments>>
beforeEach(async () => {
  it = await unknownPayments()
  ;({ database } = it)
  expect(await countsOf(database)).toEqual({ UNKNOWN: 4 })
})
afterEach(() => database.drop())

describe('to send an unknown payment again is decided', () => {
  const decide = (statementId: string, by = treasurer, attempt = 1) =>
    as(database, by, (tx) => {
      const rows = [{ reference: it.ref(0), attempt, statementId }]
      return payouts.resend(tx, by, { rows, approvedBy: accountant.actor, on: payday })
    }).catch(refusalOf)
  const day1 = `st-${dayAfter(1)}`

  test('when its channel’s word is final and the statement named covers it, by two people', async () => {
    expect(await decide(day1)).toBe('resend-not-covered')
    await it.take([], payday)
    expect(await decide(`st-${payday}`)).toBe('resend-not-covered')
    await it.take([], dayAfter(1))
    expect(await decide(day1, accountant)).toBe('same-person')
    expect(await decide(day1, treasurer, 2)).toBe('resend-not-covered')
    expect(await decide('st-unheard-of')).toBe('resend-not-covered')
    expect(await countsOf(database)).toEqual({ UNKNOWN: 4 })
    expect(await decide(day1)).toBe(1)
    expect(await countsOf(database)).toEqual({ UNKNOWN: 3, QUEUED: 1 })
    expect(await heldAndTransit(database)).toEqual({ held: AMOUNT, transit: 3n * AMOUNT })
  })

  test.each<readonly [string, () => Promise<unknown>]>([
    ['a day in between is missing', () => it.take([], dayAfter(1))],
    [
      'it came in before the payment was claimed',
      async () => {
        await it.take([], payday)
        await it.take([], dayAfter(1))
        await database.admin.query(`set session_replication_role = replica;
          update statement set recorded_at = recorded_at - interval '1 hour'; set session_replication_role = origin`)
      },
    ],
    [
      'it is of another paying unit',
      async () => {
        await it.take([], payday)
        await it.take([], dayAfter(1))
        await database.admin.query(`set session_replication_role = replica;
          update statement set paying_unit = 'elsewhere'; set session_replication_role = origin`)
      },
    ],
    [
      'a line names the payment',
      async () => {
        await it.take([line({ reference: it.ref(0), amount: AMOUNT - 1n })], payday)
        await it.take([], dayAfter(1), 1n - AMOUNT)
      },
    ],
    [
      'a callback waits to be asked about',
      async () => {
        await it.take([], payday)
        await it.take([], dayAfter(1))
        await it.due(it.ref(0))
      },
    ],
  ])('and not when %s', async (_, happens) => {
    await happens()
    expect(await decide(day1)).toBe('resend-not-covered')
    expect(await countsOf(database)).toEqual({ UNKNOWN: 4 })
  })
})

test('a late answer to the first attempt does not move a payment that is on its second', async () => {
  await resendUnknown(database)
  await it.sendAll(it.notFound)
  expect(await countsOf(database)).toEqual({ UNKNOWN: 4 })
  const learn = (attempt: number) =>
    as(database, treasurer, (tx) => {
      const outcome = { kind: 'rejected', reason: 'AC04' } as const
      const answers = [{ reference: it.ref(0), attempt, outcome }]
      return payouts.applyStatus(tx, treasurer, answers, payday)
    })
  expect(await learn(1)).toBe(0)
  expect(await it.stateOf(0)).toBe('UNKNOWN')
  expect(await learn(2)).toBe(1)
})
