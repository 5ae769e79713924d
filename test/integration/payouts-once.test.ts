import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { payouts } from '../../src/payouts/payouts.ts'
import type { Channel, PaymentOutcome } from '../../src/payouts/channels/channel.ts'
import { paidTwice, paymentsIn } from '../support/books.ts'
import { copiesOf } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { balances } from '../support/ledger-state.ts'
import { refusalOf } from '../support/outcome.ts'
import { startRails } from '../support/rails.ts'
import type { Rails } from '../support/rails.ts'
import {
  countsOf,
  dying,
  giveUp,
  heldAndTransit,
  limitsOf,
  onceAt,
  plan,
  resendUnknown,
  send,
} from '../support/sending.ts'
import { valueOf } from '../support/sql.ts'
import { AMOUNT, enterTown, FUNDS, payday, releaseLists, treasurer } from '../support/town.ts'

/** How often anything was sent is read in the books of the bank and the wallet: they are the oracle. */
let database: FreshDatabase
let rails: Rails
let wallet: Channel

const released = copiesOf(async (database) => {
  const communes = await enterTown(database, [{ wallet: 30 }])
  await releaseLists(database, communes)
  return communes[0]?.payingUnit ?? ''
})

beforeEach(async () => {
  const { found, ...copy } = await released()
  database = copy.database
  rails = await startRails({ seed: 'any', faults: 'none' })
  await rails.advance(payday)
  await rails.fund(found, FUNDS)
  // Three claims an order, so that there is something between two claims.
  wallet = { ...rails.channels['hue-s'], limits: limitsOf(10) }
})
afterEach(async () => {
  await database.drop()
  await rails.close()
})

const orderId = async () => (await plan(database))[0]?.orderId ?? ''
const calls = () => [...paymentsIn(rails.folder).values()].map((payment) => payment.calls)
const each = (times: number, count = 30) => Array<number>(count).fill(times)
const written = async () => [
  await balances(database.admin),
  await valueOf(database.admin, 'select count(*)::int from instruction_event'),
  await valueOf(database.admin, 'select count(*)::int from journal_entry'),
]
const ALL = 30n * AMOUNT

describe('nothing is sent twice', () => {
  test('by a job that runs twice', async () => {
    const id = await orderId()
    await send(database, wallet, { id })
    const done = await written()
    expect(await send(database, wallet, { id })).toBe(true)
    expect(await written()).toEqual(done)
    expect(calls()).toEqual(each(1))
  })

  test('by four workers that take the same job at once', async () => {
    const id = await orderId()
    const sent = await Promise.all(Array.from({ length: 4 }, () => send(database, wallet, { id })))
    expect(sent).toEqual([true, true, true, true])
    expect(calls()).toEqual(each(1))
    expect(await countsOf(database)).toEqual({ ACCEPTED: 30 })
    expect(await heldAndTransit(database)).toEqual({ held: 0n, transit: ALL })
  })

  test.each([
    ['after its claim: nothing was sent, and nobody can know it', 'after-claim', 0],
    ['while it waits for the answer', 'after-send', 1],
    ['with the answer in its hand', 'after-answer', 1],
  ] as const)('by the job that runs again after a sender died %s', async (_, name, times) => {
    const id = await orderId()
    await expect(send(database, wallet, { id, barrier: dying(name) })).rejects.toThrow('killed')
    expect(await countsOf(database)).toEqual({ SUBMITTING: 10, QUEUED: 20 })
    const again = () => send(database, wallet, { id }).catch(refusalOf)
    expect(await again()).toBe(true)
    expect(await countsOf(database)).toEqual({ SUBMITTING: 10, ACCEPTED: 20 })
    expect(await giveUp(database)).toBe(10)
    expect(await again()).toBe(true)
    expect(await countsOf(database)).toEqual({ UNKNOWN: 10, ACCEPTED: 20 })
    expect(await heldAndTransit(database)).toEqual({ held: 0n, transit: ALL })
    const made = calls()
    expect(made).toEqual(each(1, 20 + 10 * times))
  })

  test('by a sender that died before its claim: it is as if it had never begun', async () => {
    const id = await orderId()
    const barrier = dying('before-claim')
    await expect(send(database, wallet, { id, barrier })).rejects.toThrow('killed')
    expect(await countsOf(database)).toEqual({ QUEUED: 30 })
    await send(database, wallet, { id })
    expect(calls()).toEqual(each(1))
  })
})

describe('a sender that was given up on and thaws', () => {
  const rejecting: Channel['send'] = ({ payments }) => {
    const rejected: PaymentOutcome = { kind: 'rejected', reason: 'AC01' }
    return Promise.resolve(new Map(payments.map(({ reference }) => [reference, rejected])))
  }

  test('records nothing: what is unknown stays unknown', async () => {
    const id = await orderId()
    const barrier = onceAt('after-answer', () => giveUp(database))
    await send(database, { ...wallet, limits: limitsOf(30) }, { id, barrier })
    expect(await countsOf(database)).toEqual({ UNKNOWN: 30 })
    expect(await heldAndTransit(database)).toEqual({ held: 0n, transit: ALL })
    expect(calls()).toEqual(each(1))
  })

  test('records nothing of what another sender has taken since', async () => {
    const id = await orderId()
    let later = ''
    const meanwhile = async () => {
      await giveUp(database)
      await resendUnknown(database)
      later = await orderId()
      const hanging = send(database, wallet, { id: later, barrier: dying('after-claim') })
      await expect(hanging).rejects.toThrow('killed')
    }
    // What the first sender believes to know: all of it was rejected.
    const slow = { ...wallet, limits: limitsOf(30), send: rejecting }
    await send(database, slow, { id, barrier: onceAt('after-answer', meanwhile) })
    expect(later).not.toBe(id)
    expect(await countsOf(database)).toEqual({ SUBMITTING: 10, QUEUED: 20 })
    expect(await heldAndTransit(database)).toEqual({ held: 20n * AMOUNT, transit: 10n * AMOUNT })
  })

  test('a sender whose claim is all recorded records nothing a second time', async () => {
    const id = await orderId()
    const meanwhile = () => send(database, wallet, { id })
    await send(database, wallet, { id, barrier: onceAt('before-claim', meanwhile) })
    expect(await countsOf(database)).toEqual({ ACCEPTED: 30 })
    expect(calls()).toEqual(each(1))
  })

  test('sends nothing that was decided on without it: its claim is too old', async () => {
    const id = await orderId()
    const meanwhile = async () => {
      await new Promise((resolve) => setTimeout(resolve, 120))
      await giveUp(database)
      await resendUnknown(database)
      for (const order of await plan(database)) {
        await send(database, wallet, { id: order.orderId })
      }
    }
    const barrier = onceAt('after-claim', meanwhile)
    expect(await send(database, wallet, { id, barrier, sendWithinMs: 100 })).toBe(false)
    expect(calls()).toEqual(each(1))
    expect(paidTwice(rails.folder)).toEqual([])
  })
})

test('a claim that grew old before it was sent goes back into the queue, with its money', async () => {
  const id = await orderId()
  const wait = () => new Promise((resolve) => setTimeout(resolve, 120))
  const barrier = onceAt('after-claim', wait)
  expect(await send(database, wallet, { id, barrier, sendWithinMs: 100 })).toBe(false)
  expect(await countsOf(database)).toEqual({ QUEUED: 30 })
  expect(await heldAndTransit(database)).toEqual({ held: ALL, transit: 0n })
  expect(calls()).toEqual([])
  expect(await send(database, wallet, { id })).toBe(true)
  expect(calls()).toEqual(each(1))
})

test('a sender that is told to end claims nothing more, and leaves nothing in doubt', async () => {
  const id = await orderId()
  const ending = new AbortController()
  const barrier = onceAt('after-answer', () => {
    ending.abort()
    return Promise.resolve()
  })
  expect(await send(database, wallet, { id, barrier, until: ending.signal })).toBe(true)
  expect(await countsOf(database)).toEqual({ ACCEPTED: 10, QUEUED: 20 })
  expect(calls()).toEqual(each(1, 10))
})

describe('giving up', () => {
  test('waits its time, and takes only what is being sent', async () => {
    const id = await orderId()
    const barrier = dying('after-claim')
    await expect(send(database, wallet, { id, barrier })).rejects.toThrow('killed')
    const after = (ms: number) =>
      database.app.transact(treasurer, (tx) => payouts.giveUpOnSilent(tx, ms))
    expect(await after(60_000)).toBe(0)
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(await after(50)).toBe(10)
    expect(await countsOf(database)).toEqual({ UNKNOWN: 10, QUEUED: 20 })
    expect(await after(50)).toBe(0)
  })

  test('gives an order that nobody takes a new job, and one that is being sent none', async () => {
    const id = await orderId()
    const idle = (ms: number) =>
      database.app.transact(treasurer, (tx) => payouts.raiseIdleOrders(tx, ms))
    expect(await idle(60_000)).toBe(0)
    await new Promise((resolve) => setTimeout(resolve, 1_050))
    const barrier = dying('after-claim')
    await expect(send(database, wallet, { id, barrier })).rejects.toThrow('killed')
    expect(await idle(1_000)).toBe(0)
    await new Promise((resolve) => setTimeout(resolve, 1_050))
    expect(await idle(1_000)).toBe(1)
    expect((await plan(database))[0]).toMatchObject({ orderId: id, attempt: 2 })
    await send(database, wallet, { id })
    await new Promise((resolve) => setTimeout(resolve, 1_050))
    expect(await idle(1_000)).toBe(0)
  })
})
