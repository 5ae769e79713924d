import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { openHttp } from '../../src/lib/http.ts'
import type { HttpClient } from '../../src/lib/http.ts'
import { createBreaker } from '../../src/payouts/channels/breaker.ts'
import type { Channel, ChannelName } from '../../src/payouts/channels/channel.ts'
import { guarded } from '../../src/payouts/channels/guarded.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { paidTwice, paymentsIn } from '../support/books.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { bankOver, startRails, walletOver } from '../support/rails.ts'
import type { Rails } from '../support/rails.ts'
import { countsOf, heldAndTransit, limitsOf, plan, send } from '../support/sending.ts'
import { columnOf } from '../support/sql.ts'
import { AMOUNT, enterTown, FUNDS, payday, releaseLists, treasurer } from '../support/town.ts'

/**
 * A channel is down for an hour, with payments out and others waiting. The hour goes by in sweeps of 30 s, each with the jobs
 * and enquiries that it brings: what is older is the rows' times and the breaker's clock.
 */
const STEP_S = 30
const ROUNDS = 3_600 / STEP_S
const ORDER_ROWS = 2
const BREAKER = { failuresToOpen: 3, openForMs: 30_000 }
const waits = { callMs: 48_000, reportMs: 86_400_000 }

let database: FreshDatabase
let rails: Rails
let dead: HttpClient
let nowMs = 0

beforeEach(async () => {
  database = await freshDatabase()
  rails = await startRails({ seed: 'any', faults: 'none' })
  dead = openHttp({ baseUrl: 'http://127.0.0.1:9', timeoutMs: 300, connections: 2 })
})
afterEach(async () => {
  await dead.close()
  await rails.close()
  await database.drop()
})

const clock = () => nowMs
const FAULT = { bank: 'drop', 'hue-s': 'timeout-after' } as const
const overOf = {
  bank: (http: HttpClient): Channel => guarded(bankOver(http), createBreaker(BREAKER, clock)),
  'hue-s': (http: HttpClient): Channel => walletOver(http, { ...BREAKER, nowMs: clock }),
}

async function released(name: ChannelName): Promise<void> {
  const cases = { [name === 'bank' ? 'bank' : 'wallet']: 2 * ORDER_ROWS }
  const communes = await enterTown(database, [cases])
  await releaseLists(database, communes)
  await rails.advance(payday)
  await rails.fund(communes[0]?.payingUnit ?? '', FUNDS)
}

/** Everything is half a minute older. */
async function wait(): Promise<void> {
  nowMs += STEP_S * 1_000
  const ago = `interval '${String(STEP_S)} s'`
  await database.admin.query(`
    set session_replication_role = replica;
    update payment_order set touched_at = touched_at - ${ago};
    update instruction set moved_at = moved_at - ${ago}, claimed_at = claimed_at - ${ago}, enquire_at = enquire_at - ${ago};
    set session_replication_role = origin`)
}

/** One sweep, the jobs that it offers, a round of enquiries. Returns what the sweep had to do. */
async function round(channel: Channel) {
  await wait()
  const offered: string[] = []
  const spy = {
    add: (_job: unknown, payloads: readonly unknown[]) => {
      for (const payload of payloads) offered.push((payload as { orderId: string }).orderId)
      return Promise.resolve()
    },
    ...{ schedule: () => Promise.resolve(), counts: () => Promise.resolve({}) },
    close: () => Promise.resolve(),
  }
  const deps = {
    ...{ db: database.app, queueOf: () => spy, idleMs: 4 * STEP_S * 1_000 },
    limits: { bank: limitsOf(ORDER_ROWS), 'hue-s': limitsOf(ORDER_ROWS) },
    waits: { bank: waits, 'hue-s': waits },
  }
  const swept = await payouts.sweep(deps, treasurer, payday)
  for (const id of offered) await send(database, channel, { id })
  await payouts.enquireRound({ db: database.app, channel }, treasurer, payday)
  return swept
}

const executions = () => [...paymentsIn(rails.folder).values()].map(({ executed }) => executed)
const rule = (name: ChannelName, times: number) =>
  rails.post(name, name === 'bank' ? '/faults' : '/rules', {
    rules: times === 0 ? [] : [{ fault: FAULT[name], match: '.', value: '', amount: 1, times }],
  })

/** A channel whose line may be turned to where nobody listens. */
function switchedTo(name: ChannelName) {
  const alive =
    name === 'bank'
      ? openHttp({ baseUrl: rails.urls.bank, timeoutMs: 700, connections: 2 })
      : rails.walletHttp
  let line = alive
  const http: HttpClient = {
    call: (...of) => line.call(...of),
    exchange: (...of) => line.exchange(...of),
    close: () => (name === 'bank' ? alive.close() : Promise.resolve()),
  }
  const turn = (to: 'down' | 'up') => {
    line = to === 'down' ? dead : alive
  }
  return { channel: overOf[name](http), turn, close: () => http.close() }
}

const OUT = { UNKNOWN: ORDER_ROWS, QUEUED: ORDER_ROWS }
const HALF = BigInt(ORDER_ROWS) * AMOUNT

/** Half of the payments are executed and not answered for; the others wait. */
async function halfIsOut(name: ChannelName, channel: Channel): Promise<void> {
  await released(name)
  await rule(name, name === 'bank' ? 1 : ORDER_ROWS)
  const [first] = await plan(database, payday, ORDER_ROWS)
  await send(database, channel, { id: first?.orderId ?? '' })
  await rule(name, 0)
  expect(await countsOf(database)).toEqual(OUT)
}

test.each(['bank', 'hue-s'] as const)(
  'the %s: nothing is lost, nothing doubled, nothing decided by its silence',
  async (name) => {
    const { channel, turn, close } = switchedTo(name)
    await halfIsOut(name, channel)
    turn('down')
    const sweeps = []
    for (let at = 0; at < ROUNDS; at += 1) sweeps.push(await round(channel))
    expect(await countsOf(database)).toEqual(OUT)
    expect(await heldAndTransit(database)).toEqual({ held: HALF, transit: HALF })
    expect(executions()).toEqual(Array(ORDER_ROWS).fill(1))
    expect(sweeps.every(({ silent, unreported }) => silent + unreported === 0)).toBe(true)
    // It is left alone: no claim a sweep, and each unknown payment is asked after as the calendar of enquiries has it, whose
    // fifth enquiry is due when the hour is over.
    const [attempts] = await columnOf(database.admin, 'select max(attempt)::int from instruction')
    expect(attempts).toBeLessThan(2 * BREAKER.failuresToOpen)
    const asked = `select count(*) in (4, 5) from enquiry where answer = 'no-answer' group by reference`
    expect(await columnOf(database.admin, asked)).toEqual(Array(ORDER_ROWS).fill(true))

    turn('up')
    for (let at = 0; at < 5; at += 1) await round(channel)
    await database.admin.query(`update instruction set enquire_at = now() where state = 'UNKNOWN'`)
    await round(channel)
    await payouts.takeStatusFiles(database.app, treasurer, channel, payday)
    expect(await countsOf(database)).toEqual({ ACCEPTED: 2 * ORDER_ROWS })
    expect(executions()).toEqual(Array(2 * ORDER_ROWS).fill(1))
    expect(paidTwice(rails.folder)).toEqual([])
    expect(await heldAndTransit(database)).toEqual({ held: 0n, transit: 2n * HALF })
    await close()
  },
  120_000,
)
