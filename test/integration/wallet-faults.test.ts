import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { addDays } from '../../src/lib/time.ts'
import { walletOver } from '../support/rails.ts'
import { countsOf, plan, send, heldAndTransit } from '../support/sending.ts'
import { importOf, match } from '../support/statements.ts'
import { AMOUNT, payday } from '../support/town.ts'
import { COUNT, walletScene } from '../support/wallet-scene.ts'
import type { WalletScene } from '../support/wallet-scene.ts'

/** Every fault of the wallet, through its own process; its book is the oracle. */
let scene: WalletScene
beforeEach(async () => {
  scene = await walletScene()
})
afterEach(() => scene.close())

test.each([
  ['a wrong signature', { fault: 'bad-signature' }],
  ['no signature', { fault: 'unsigned' }],
  ['the answer to an earlier call', { fault: 'replay' }],
  ['a clock ten minutes late', { fault: 'skew', value: '-', amount: 600 }],
  ['a clock ten minutes early', { fault: 'skew', value: '', amount: 600 }],
  ['another amount', { fault: 'wrong-amount' }],
  ['another reference', { fault: 'wrong-reference' }],
  ['garbage', { fault: 'garbage' }],
  ['an error', { fault: 'error', amount: 500 }],
  ['a 503', { fault: 'error', amount: 503 }],
  ['nothing in time, yet executed', { fault: 'timeout-after' }],
  ['its answer after our patience', { fault: 'slow', amount: 3_000 }],
])('%s: unknown, called once, and settled by enquiry and report', async (_, fault) => {
  await scene.rule([{ match: '^pay:', ...fault }])
  expect(await scene.sendAll()).toBe(true)
  expect(await countsOf(scene.database)).toEqual({ UNKNOWN: COUNT })
  expect(await heldAndTransit(scene.database)).toEqual({
    held: 0n,
    transit: BigInt(COUNT) * AMOUNT,
  })
  expect(await scene.sendAll()).toBe(true)
  expect(scene.executions()).toEqual(Array(COUNT).fill(1))

  // The same fault in the enquiry decides nothing.
  if (!['slow', 'timeout-after'].includes(fault.fault)) {
    await scene.rule([{ match: '^enquiry:', ...fault }])
    await scene.enquireAll()
    expect(await countsOf(scene.database)).toEqual({ UNKNOWN: COUNT })
  }
  await scene.rule([])
  await scene.enquireAll()
  expect(await countsOf(scene.database)).toEqual({ ACCEPTED: COUNT })
  await scene.settle()
})

test('nothing in time and not executed: "not found" decides nothing', async () => {
  await scene.rule([{ fault: 'timeout-before', match: '^pay:' }])
  await scene.sendAll()
  await scene.enquireAll()
  expect(await countsOf(scene.database)).toEqual({ UNKNOWN: COUNT })
  expect(scene.executions()).toEqual(Array(COUNT).fill(0))
  await scene.settle()
})

test.each(['AG01', 'AC01', 'AC04', 'AC06', 'AM14', 'AM02', 'BE01', 'MD07'])(
  'a rejection for %s is one, and its money is held again',
  async (value) => {
    await scene.rule([{ fault: 'reject', match: '^pay:', value }])
    await scene.sendAll()
    expect(await countsOf(scene.database)).toEqual({ REJECTED: COUNT })
    const { rows } = await scene.database.admin.query('select distinct reason from instruction')
    expect(rows).toEqual([{ reason: value }])
    expect(await heldAndTransit(scene.database)).toEqual({
      held: BigInt(COUNT) * AMOUNT,
      transit: 0n,
    })
    await scene.settle()
  },
)

test('a slow answer within our patience counts', async () => {
  await scene.rule([{ fault: 'slow', match: '^pay:', amount: 200 }])
  await scene.sendAll()
  expect(await countsOf(scene.database)).toEqual({ ACCEPTED: COUNT })
})

test('a payment that comes back after days is returned', async () => {
  await scene.rule([{ fault: 'return', match: '^pay:', value: 'AC04', amount: 2, times: 1 }])
  await scene.sendAll()
  await scene.settle()
  await scene.rails.advance(addDays(payday, 3))
  for (const days of [1, 2]) {
    const day = addDays(payday, days)
    await importOf(scene.database, scene.unit, await scene.wallet.statement(scene.unit, day))
  }
  await match(scene.database)
  expect(await countsOf(scene.database)).toEqual({ PAID: COUNT - 1, RETURNED: 1 })
})

test('a wallet that is down is left alone, and tried again by an enquiry', async () => {
  const breaking = walletOver(scene.rails.walletHttp, {
    failuresToOpen: 2,
    openForMs: 400,
    callsAtOnce: 1,
  })
  await scene.rails.post('hue-s', '/down', { ms: 900 })
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(await scene.sendAll(breaking)).toBe(false)
  expect(await countsOf(scene.database)).toEqual({ QUEUED: COUNT })
  const attempts = () => scene.database.admin.query('select distinct attempt from instruction')
  const before = (await attempts()).rows
  // Open: the job ends, nothing is claimed.
  expect(await scene.sendAll(breaking)).toBe(false)
  expect((await attempts()).rows).toEqual(before)
  await new Promise((resolve) => setTimeout(resolve, 1_300))
  expect(await scene.sendAll(breaking)).toBe(true)
  expect(await countsOf(scene.database)).toEqual({ ACCEPTED: COUNT })
  expect(scene.executions()).toEqual(Array(COUNT).fill(1))
})

test('a wallet that hangs costs as many unknowns as it takes to notice, and no second call', async () => {
  const breaking = walletOver(scene.rails.walletHttp, { failuresToOpen: 2, callsAtOnce: 1 })
  await scene.rule([{ fault: 'timeout-after', match: '^pay:' }])
  expect(await scene.sendAll(breaking)).toBe(false)
  expect(await countsOf(scene.database)).toEqual({ UNKNOWN: 2, QUEUED: COUNT - 2 })
  await scene.rule([])
  await new Promise((resolve) => setTimeout(resolve, 150))
  expect(await scene.sendAll(breaking)).toBe(true)
  await scene.enquireAll()
  await scene.settle()
})

test('a claim that grows old half-way is sent no further: the rest was surely not sent', async () => {
  const slow = walletOver(scene.rails.walletHttp, { callsAtOnce: 1 })
  await scene.rule([{ fault: 'slow', match: '^pay:', amount: 600 }])
  const [order] = await plan(scene.database)
  const of = { id: order?.orderId ?? '', sendWithinMs: 900 }
  expect(await send(scene.database, slow, of)).toBe(false)
  const counts: Readonly<Record<string, number>> = await countsOf(scene.database)
  expect(counts['QUEUED']).toBeGreaterThanOrEqual(COUNT - 2)
  expect(scene.executions()).toHaveLength(counts['ACCEPTED'] ?? 0)
  await scene.rule([])
  expect(await scene.sendAll()).toBe(true)
  expect(scene.executions()).toEqual(Array(COUNT).fill(1))
})
