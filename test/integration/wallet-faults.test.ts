import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { walletKeys } from '../../scripts/simulators/wallet-signature.ts'
import { addDays } from '../../src/lib/time.ts'
import { openHttp } from '../../src/lib/http.ts'
import { hueSSeal, signatureKeys } from '../../src/payouts/channels/hue-s-signature.ts'
import { verifyAccounts } from '../../src/payouts/channels/verify-accounts.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { paidTwice, paymentsIn } from '../support/books.ts'
import { startCallbacks } from '../support/callbacks.ts'
import type { CallbackProcess } from '../support/callbacks.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { startRails, walletOver } from '../support/rails.ts'
import type { Rails } from '../support/rails.ts'
import { countsOf, heldAndTransit, plan, send, statesOf } from '../support/sending.ts'
import { importOf, match } from '../support/statements.ts'
import { AMOUNT, enterTown, FUNDS, payday, releaseLists, treasurer } from '../support/town.ts'

/** Every fault of the wallet, through its own process; its book is the oracle. */
let database: FreshDatabase
let rails: Rails
let unit: string
let listener: CallbackProcess | undefined

const COUNT = 4

beforeEach(async () => {
  database = await freshDatabase()
  rails = await startRails({ seed: 'any', faults: 'none' })
  const communes = await enterTown(database, [{ wallet: COUNT }])
  await releaseLists(database, communes)
  unit = communes[0]?.payingUnit ?? ''
  await rails.advance(payday)
  await rails.fund(unit, FUNDS)
})
afterEach(async () => {
  await listener?.stop()
  listener = undefined
  await database.drop()
  await rails.close()
})

interface Fault {
  readonly fault: string
  readonly match?: string
  readonly value?: string
  readonly amount?: number
  readonly times?: number
}
const rule = (faults: readonly Fault[]) =>
  rails.post('hue-s', '/rules', {
    rules: faults.map((one) => ({ match: '.', value: '', amount: 1, times: 1_000, ...one })),
  })
const wallet = () => rails.channels['hue-s']
const sendAll = async (channel = wallet()) => {
  const [order] = await plan(database)
  return order === undefined ? true : send(database, channel, { id: order.orderId })
}
const executions = () => [...paymentsIn(rails.folder).values()].map(({ executed }) => executed)
const references = async () => [...(await statesOf(database)).keys()]
const enquireAll = async () => {
  const answers = new Map()
  for (const reference of await references()) {
    const answer = await wallet().enquire(reference, AMOUNT)
    if (answer.kind === 'executed') answers.set(reference, { kind: 'accepted' })
    if (answer.kind === 'rejected') answers.set(reference, answer)
  }
  await database.app.transact(treasurer, (tx) =>
    payouts.applyStatus(tx, treasurer, answers, payday),
  )
}
/** The day after: the report is matched, and ours is equal to theirs. */
const settle = async () => {
  await rails.advance(addDays(payday, 1))
  await importOf(database, unit, await wallet().statement(unit, payday))
  await match(database)
  expect(paidTwice(rails.folder)).toEqual([])
  const paid = [...paymentsIn(rails.folder).values()].filter(({ executed }) => executed === 1)
  const states = [...(await statesOf(database))].filter(([, state]) => state === 'PAID')
  expect(states.map(([reference]) => reference)).toEqual(
    paid.map(({ reference }) => reference).toSorted(),
  )
}

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
  ['its answer after our patience', { fault: 'slow', amount: 1_200 }],
])('%s: unknown, called once, and settled by enquiry and report', async (_, fault) => {
  await rule([{ match: '^pay:', ...fault }])
  expect(await sendAll()).toBe(true)
  expect(await countsOf(database)).toEqual({ UNKNOWN: COUNT })
  expect(await heldAndTransit(database)).toEqual({ held: 0n, transit: BigInt(COUNT) * AMOUNT })
  expect(await sendAll()).toBe(true)
  expect(executions()).toEqual(Array(COUNT).fill(1))

  // The same fault in the enquiry decides nothing.
  if (!['slow', 'timeout-after'].includes(fault.fault)) {
    await rule([{ match: '^enquiry:', ...fault }])
    await enquireAll()
    expect(await countsOf(database)).toEqual({ UNKNOWN: COUNT })
  }
  await rule([])
  await enquireAll()
  expect(await countsOf(database)).toEqual({ ACCEPTED: COUNT })
  await settle()
})

test('nothing in time and not executed: "not found" decides nothing', async () => {
  await rule([{ fault: 'timeout-before', match: '^pay:' }])
  await sendAll()
  await enquireAll()
  expect(await countsOf(database)).toEqual({ UNKNOWN: COUNT })
  expect(executions()).toEqual(Array(COUNT).fill(0))
  await settle()
})

test.each(['AG01', 'AC01', 'AC04', 'AC06', 'AM14', 'AM02', 'BE01', 'MD07'])(
  'a rejection for %s is one, and its money is held again',
  async (value) => {
    await rule([{ fault: 'reject', match: '^pay:', value }])
    await sendAll()
    expect(await countsOf(database)).toEqual({ REJECTED: COUNT })
    const { rows } = await database.admin.query('select distinct reason from instruction')
    expect(rows).toEqual([{ reason: value }])
    expect(await heldAndTransit(database)).toEqual({ held: BigInt(COUNT) * AMOUNT, transit: 0n })
    await settle()
  },
)

test('a slow answer within our patience counts', async () => {
  await rule([{ fault: 'slow', match: '^pay:', amount: 200 }])
  await sendAll()
  expect(await countsOf(database)).toEqual({ ACCEPTED: COUNT })
})

test('a payment that comes back after days is returned', async () => {
  await rule([{ fault: 'return', match: '^pay:', value: 'AC04', amount: 2, times: 1 }])
  await sendAll()
  await settle()
  await rails.advance(addDays(payday, 3))
  for (const days of [1, 2]) {
    const day = addDays(payday, days)
    await importOf(database, unit, await wallet().statement(unit, day))
  }
  await match(database)
  expect(await countsOf(database)).toEqual({ PAID: COUNT - 1, RETURNED: 1 })
})

test('a wallet that is down is left alone, and tried again by an enquiry', async () => {
  const breaking = walletOver(rails.walletHttp, {
    failuresToOpen: 2,
    openForMs: 400,
    callsAtOnce: 1,
  })
  await rails.post('hue-s', '/down', { ms: 900 })
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(await sendAll(breaking)).toBe(false)
  expect(await countsOf(database)).toEqual({ QUEUED: COUNT })
  const attempts = () => database.admin.query('select distinct attempt from instruction')
  const before = (await attempts()).rows
  // Open: the job ends, nothing is claimed.
  expect(await sendAll(breaking)).toBe(false)
  expect((await attempts()).rows).toEqual(before)
  await new Promise((resolve) => setTimeout(resolve, 1_300))
  expect(await sendAll(breaking)).toBe(true)
  expect(await countsOf(database)).toEqual({ ACCEPTED: COUNT })
  expect(executions()).toEqual(Array(COUNT).fill(1))
})

test('a wallet that hangs costs as many unknowns as it takes to notice, and no second call', async () => {
  const breaking = walletOver(rails.walletHttp, { failuresToOpen: 2, callsAtOnce: 1 })
  await rule([{ fault: 'timeout-after', match: '^pay:' }])
  expect(await sendAll(breaking)).toBe(false)
  expect(await countsOf(database)).toEqual({ UNKNOWN: 2, QUEUED: COUNT - 2 })
  await rule([])
  await new Promise((resolve) => setTimeout(resolve, 150))
  expect(await sendAll(breaking)).toBe(true)
  await enquireAll()
  await settle()
})

test('a call that is made twice, byte for byte, is refused by the wallet', async () => {
  const { urls } = rails
  const seal = hueSSeal(signatureKeys(walletKeys.calls), Date.now)
  const body = JSON.stringify({ wallet: '0900000001' })
  const { headers } = seal.begin({ method: 'POST', target: '/name-enquiries', body })
  const ask = (more: Record<string, string> = {}) =>
    fetch(`${urls['hue-s']}/name-enquiries`, {
      method: 'POST',
      body,
      headers: { ...headers, ...more },
    })
  expect([(await ask()).status, (await ask()).status]).toEqual([404, 401])
  expect((await ask({ 'x-hues-nonce': 'other' })).status).toBe(401)
  const bare = openHttp({ baseUrl: urls['hue-s'], timeoutMs: 700, connections: 1 })
  const unsigned = walletOver(bare)
  await sendAll(unsigned)
  await bare.close()
  expect(await countsOf(database)).toEqual({ UNKNOWN: COUNT })
  expect(executions()).toEqual(Array(COUNT).fill(0))
})

describe('the name enquiry', () => {
  const ask = (accountNumber: string) => wallet().verifyAccount({ bankCode: null, accountNumber })
  beforeEach(async () => {
    const rows = [
      { account: '0900000001', name: 'NGUYEN VAN AN MAU', status: 'active' },
      { account: '0900000002', name: 'LE THI HOA MAU', status: 'not-identified' },
      { account: '970405:0012', name: 'TRAN THI BE MAU', status: 'closed' },
    ]
    await rails.post('hue-s', '/holders', { rows: rows.slice(0, 2) })
    await rails.post('bank', '/holders', { rows: rows.slice(2) })
  })

  test('says who holds a wallet, in what state, or that there is none', async () => {
    const numbers = ['0900000001', '0900000002', '0900000003']
    const accounts = numbers.map((accountNumber) => ({ bankCode: null, accountNumber }))
    expect(await verifyAccounts(wallet(), accounts)).toEqual([
      { kind: 'known', holderName: 'NGUYEN VAN AN MAU', status: 'active' },
      { kind: 'known', holderName: 'LE THI HOA MAU', status: 'not-identified' },
      { kind: 'unknown-account' },
    ])
  })

  test('of the bank does so too', async () => {
    const bank = (bankCode: string, accountNumber: string) =>
      rails.channels.bank.verifyAccount({ bankCode, accountNumber })
    const holder = { kind: 'known', holderName: 'TRAN THI BE MAU', status: 'closed' }
    expect(await bank('970405', '0012')).toEqual(holder)
    expect(await bank('970436', '0012')).toEqual({ kind: 'unknown-account' })
    await rails.kill('bank')
    expect(await bank('970405', '0012')).toMatchObject({ kind: 'no-answer' })
  })

  test.each(['bad-signature', 'unsigned', 'replay', 'garbage'])(
    'that is answered with %s is not answered',
    async (fault) => {
      await ask('0900000001')
      await rule([{ fault, match: '^name:' }])
      expect(await ask('0900000001')).toMatchObject({ kind: 'no-answer' })
    },
  )

  test('is asked a bounded number of times at once, each once', async () => {
    const channel = walletOver(rails.walletHttp, { callsAtOnce: 3 })
    let [running, most, asked] = [0, 0, 0]
    const counted = {
      ...channel,
      verifyAccount: async (account: Parameters<typeof channel.verifyAccount>[0]) => {
        asked += 1
        most = Math.max(most, (running += 1))
        const answer = await channel.verifyAccount(account)
        running -= 1
        return answer
      },
    }
    const accounts = Array.from({ length: 40 }, (_, n) => ({
      bankCode: null,
      accountNumber: `09${String(n).padStart(8, '0')}`,
    }))
    expect(await verifyAccounts(counted, accounts)).toHaveLength(40)
    expect([asked, most]).toEqual([40, 3])
  })
})

describe('the settlement report', () => {
  test.each([
    ['a page that lacks lines', { fault: 'page-short', match: '^report:' }, 'statement-incomplete'],
    ['a page that is not signed', { fault: 'unsigned', match: '^report:' }, 'statement-missing'],
  ])('with %s is refused whole', async (_, fault, code) => {
    await sendAll()
    await rails.advance(addDays(payday, 1))
    await rule([fault])
    await expect(wallet().statement(unit, payday)).rejects.toMatchObject({ code })
    await rule([])
    expect((await wallet().statement(unit, payday)).lines).toHaveLength(COUNT + 1)
  })

  test('of more lines than a page has is complete', async () => {
    const order = { account: unit, direction: 'in', counterparty: 'KBNN', amount: '1', purpose: '' }
    const many = Array.from({ length: 1_500 }, (_, n) =>
      rails.post('hue-s', '/transfers', { reference: `many:${n}`, ...order }),
    )
    await Promise.all(many)
    await rails.advance(addDays(payday, 1))
    const { lines, closing } = await wallet().statement(unit, payday)
    expect([lines.length, closing]).toEqual([1_501, FUNDS + 1_500n])
  })
})

describe('a callback', () => {
  const events = async () =>
    (
      await database.admin.query<{ verdict: string }>('select verdict from callback_event')
    ).rows.map(({ verdict }) => verdict)
  const until = async (count: number) => {
    for (let tries = 0; tries < 80 && (await events()).length < count; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 100))
    return (await events()).toSorted()
  }
  const listen = async (setting: { barrier?: string; port?: number } = {}) => {
    listener = await startCallbacks(database, setting)
    await rails.post('hue-s', '/callback-url', { url: listener.url })
    return listener
  }
  const round = () =>
    payouts.enquireDue({ db: database.app, channel: wallet() }, treasurer, {
      on: payday,
      rowsMax: 9,
    })

  test('after a lost answer leads to the enquiry that decides, whatever it says itself', async () => {
    await listen()
    await rule([
      { fault: 'timeout-after', match: '^pay:' },
      { fault: 'callback-lie', match: '^pay:' },
      { fault: 'callback-twice', match: '^pay:' },
      { fault: 'callback-late', match: '^pay:', amount: 900 },
    ])
    await sendAll()
    expect(await until(COUNT)).toEqual(Array(COUNT).fill('enquiry-due'))
    expect(await countsOf(database)).toEqual({ UNKNOWN: COUNT })
    expect(await round()).toBe(COUNT)
    expect(await countsOf(database)).toEqual({ ACCEPTED: COUNT })
    await settle()
  })

  test('before the answer changes nothing about it', async () => {
    await listen()
    await rule([{ fault: 'callback-first', match: '^pay:' }])
    await sendAll()
    expect(await countsOf(database)).toEqual({ ACCEPTED: COUNT })
    expect(await events()).toEqual(Array(COUNT).fill('enquiry-due'))
    expect(await round()).toBe(0)
    const { rows } = await database.admin.query('select * from enquiry_due')
    expect(rows).toEqual([])
    await settle()
  })

  test('that is forged, late by its clock, garbage or of nobody moves nothing', async () => {
    await listen()
    const [one = '', two = '', three = ''] = await references()
    await rule([
      { fault: 'timeout-after', match: '^pay:' },
      { fault: 'callback-bad-signature', match: one },
      { fault: 'callback-skew', match: two, value: '-', amount: 600 },
      { fault: 'callback-garbage', match: three },
      { fault: 'callback-foreign', match: '^pay:', value: 'NOBODY' },
    ])
    await sendAll()
    expect(await until(3)).toEqual(['unknown-reference', 'unknown-reference', 'wrong-clock'])
    expect(await countsOf(database)).toEqual({ UNKNOWN: COUNT })
    expect(await round()).toBe(0)
  })

  test.each(['callback-before-commit', 'callback-after-commit'])(
    'whose receiver is killed at %s is sent again and kept once',
    async (barrier) => {
      const first = await listen({ barrier: `${barrier}:1` })
      const [one = ''] = await references()
      await rule([
        { fault: 'timeout-after', match: one },
        { fault: 'callback-none', match: `^pay:(?!${one})` },
      ])
      await sendAll()
      expect(await first.ended).toBe('SIGKILL')
      expect(await events()).toHaveLength(barrier === 'callback-after-commit' ? 1 : 0)
      listener = await startCallbacks(database, { port: Number(new URL(first.url).port) })
      expect(await until(1)).toEqual(['enquiry-due'])
      expect(await round()).toBe(1)
    },
  )
})
