import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { vault } from '../support/vault.ts'
import { sendHandler } from '../../src/payouts/handlers.ts'
import { paymentsIn } from '../support/books.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { startRails } from '../support/rails.ts'
import type { Rails } from '../support/rails.ts'
import { countsOf, heldAndTransit, passing, plan, send } from '../support/sending.ts'
import { AMOUNT, enterTown, FUNDS, payday, releaseLists } from '../support/town.ts'

let database: FreshDatabase
let rails: Rails
let unit: string

beforeEach(async () => {
  database = await freshDatabase()
  rails = await startRails({ seed: 'any', faults: 'none' })
})
afterEach(async () => {
  await database.drop()
  await rails.close()
})

async function begin(name: 'bank' | 'hue-s'): Promise<void> {
  const communes = await enterTown(database, [name === 'bank' ? { bank: 5 } : { wallet: 5 }])
  await releaseLists(database, communes)
  unit = communes[0]?.payingUnit ?? ''
}

const sendOne = async () => {
  const [order] = await plan(database)
  if (order === undefined) throw new Error('an order')
  return send(database, rails.channels[order.channel], { id: order.orderId })
}

test('the job of a refused order fails and says so: a sweep adds it again', async () => {
  await begin('hue-s')
  await rails.kill('hue-s')
  const channel = rails.channels['hue-s']
  const until = new AbortController().signal
  const handler = sendHandler({ db: database.app, vault, channel, barrier: passing, until })
  const [order] = await plan(database)
  const run = handler.run({ ...order, on: payday })
  await expect(run).rejects.toMatchObject({ code: 'channel-refused' })
  expect((await plan(database))[0]).toMatchObject({ attempt: 2 })
  await expect(handler.run({ ...order })).rejects.toThrow()
  expect(await countsOf(database)).toEqual({ QUEUED: 5 })
})

describe.each(['bank', 'hue-s'] as const)('the %s', (name) => {
  test('that refuses the connection: queued again, the money held again, another attempt', async () => {
    await begin(name)
    await rails.advance(payday)
    await rails.fund(unit, FUNDS)
    await rails.kill(name)
    expect(await sendOne()).toBe(false)
    expect(await countsOf(database)).toEqual({ QUEUED: 5 })
    expect(await heldAndTransit(database)).toEqual({ held: 5n * AMOUNT, transit: 0n })
    expect([...paymentsIn(rails.folder)]).toEqual([])
    const { folder } = rails
    const old = rails
    rails = await startRails({ seed: 'any', faults: 'none', folder })
    const [order] = await plan(database)
    expect(order).toMatchObject({ attempt: 2 })
    expect(await sendOne()).toBe(true)
    expect(await countsOf(database)).toEqual(name === 'bank' ? { SUBMITTED: 5 } : { ACCEPTED: 5 })
    const { rows } = await database.admin.query('select distinct attempt from instruction')
    expect(rows).toEqual([{ attempt: 2 }])
    const payments = [...paymentsIn(folder).values()]
    expect(payments.map(({ executed }) => executed)).toEqual([1, 1, 1, 1, 1])
    await old.close()
  })

  test('that answers something else than was asked for: unknown', async () => {
    // Without a business date it refuses everything with 409: an answer that our contract does not name.
    await begin(name)
    expect(await sendOne()).toBe(true)
    expect(await countsOf(database)).toEqual({ UNKNOWN: 5 })
    expect(await heldAndTransit(database)).toEqual({ held: 0n, transit: 5n * AMOUNT })
  })
})
