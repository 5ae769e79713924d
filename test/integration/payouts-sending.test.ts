import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { PaymentOutcome } from '../../src/payouts/channels/channel.ts'
import { paymentReference } from '../../src/payouts/reference.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import { paymentsIn } from '../support/books.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { seedWhere, startRails } from '../support/rails.ts'
import type { Rails } from '../support/rails.ts'
import {
  countsOf,
  heldAndTransit,
  plan,
  resendUnknown,
  send,
  statesOf,
} from '../support/sending.ts'
import {
  AMOUNT,
  august,
  enterTown,
  FUNDS,
  payday,
  releaseLists,
  treasurer,
} from '../support/town.ts'
import type { Cases } from '../support/town.ts'

let database: FreshDatabase
let rails: Rails
let commune: CommuneRow

beforeEach(async () => {
  database = await freshDatabase()
})
afterEach(async () => {
  await database.drop()
  await rails.close()
})

/** One commune with a released list; the simulators with a seed that fits. */
async function begin(
  cases: Cases,
  world: { readonly seedOf?: (references: readonly string[]) => string; readonly funds?: bigint },
) {
  const [first] = await enterTown(database, [cases])
  if (first === undefined) throw new Error('a commune')
  commune = first
  await releaseLists(database, [commune])
  const count = (cases.bank ?? 0) + (cases.wallet ?? 0)
  const references = Array.from({ length: count }, (_, row) =>
    paymentReference({ month: august, commune: commune.code, row: row + 1, issue: 1 }),
  )
  const seed = world.seedOf?.(references) ?? 'any'
  rails = await startRails({ seed, faults: world.seedOf === undefined ? 'none' : 'heavy' })
  if (world.funds === undefined) return references
  await rails.advance(payday)
  await rails.fund(commune.payingUnit, world.funds)
  return references
}

const fileId = () => `20230803-${commune.payingUnit}-001-1`
const takeReports = () =>
  payouts.takeStatusFiles(database.app, treasurer, rails.channels.bank, payday)
const sendOne = async () => {
  const [order] = await plan(database)
  if (order === undefined) throw new Error('an order')
  return send(database, rails.channels[order.channel], { id: order.orderId })
}
const apply = (outcomes: ReadonlyMap<string, PaymentOutcome>) => {
  const answers = [...outcomes].map(([reference, outcome]) => ({ reference, attempt: 1, outcome }))
  return database.app.transact(treasurer, (tx) =>
    payouts.applyStatus(tx, treasurer, answers, payday),
  )
}

const kinds = [
  'execute',
  'reject',
  'executed drop',
  'lost drop',
  'executed hang',
  'return',
] as const
type Kind = (typeof kinds)[number] | 'lost hang'

/** A seed with which some of twenty payments meet each fate, and what each meets. */
function mixed(references: readonly string[]) {
  const fates = new Map<string, Kind>()
  const seed = seedWhere((dice) => {
    for (const reference of references) {
      const fate = dice.payment('hue-s', reference)
      const [done, how] = fate.kind === 'silent' ? [fate.executed, fate.hang] : [false, false]
      const silent = `${done ? 'executed' : 'lost'} ${how ? 'hang' : 'drop'}` as const
      fates.set(reference, fate.kind === 'silent' ? silent : fate.kind)
    }
    return kinds.every((kind) => [...fates.values()].includes(kind))
  })
  const that = (begins: string) => references.filter((one) => fates.get(one)?.startsWith(begins))
  return { seed, that }
}

test('a payment to the wallet is what the answer says, and unknown without one', async () => {
  let that: (begins: string) => readonly string[] = () => []
  const seedOf = (references: readonly string[]) => {
    const found = mixed(references)
    that = found.that
    return found.seed
  }
  const references = await begin({ wallet: 20 }, { seedOf, funds: FUNDS })
  expect(await sendOne()).toBe(true)

  const [rejected, executed, lost] = [that('reject'), that('executed'), that('lost')]
  const unknown = [...executed, ...lost]
  const states = await statesOf(database)
  const wanted = (one: string) => (rejected.includes(one) ? 'REJECTED' : 'ACCEPTED')
  expect(references.map((one) => states.get(one))).toEqual(
    references.map((one) => (unknown.includes(one) ? 'UNKNOWN' : wanted(one))),
  )
  const payments = paymentsIn(rails.folder)
  expect(references.map((one) => payments.get(one)?.calls)).toEqual(references.map(() => 1))
  expect(executed.map((one) => payments.get(one)?.executed)).toEqual(executed.map(() => 1))

  // The money of what is unknown stays in transit; that of what was rejected is held again.
  const held = BigInt(rejected.length) * AMOUNT
  expect(await heldAndTransit(database)).toEqual({ held, transit: 20n * AMOUNT - held })

  // An enquiry tells executed ones; "not found" proves nothing, and nothing is sent again.
  const answers = new Map<string, PaymentOutcome>()
  for (const one of unknown) {
    const { kind } = await rails.channels['hue-s'].enquire(one)
    expect(kind).toBe(executed.includes(one) ? 'executed' : 'not-found')
    if (kind === 'executed') answers.set(one, { kind: 'accepted' })
  }
  expect(await apply(answers)).toBe(executed.length)
  expect((await countsOf(database))['UNKNOWN']).toBe(lost.length)
  expect(await plan(database)).toEqual([])

  // Two people decide that these were not executed: the same reference, once more.
  expect(await resendUnknown(database)).toBe(lost.length)
  const again = { held: held + BigInt(lost.length) * AMOUNT }
  expect(await heldAndTransit(database)).toMatchObject(again)
  await sendOne()
  const after = paymentsIn(rails.folder)
  expect(lost.map((one) => after.get(one)?.calls)).toEqual(lost.map(() => 2))
  expect([...after.values()].filter((one) => one.executed > 1)).toEqual([])
})

describe('an order file to the bank', () => {
  const answers = (fate: 'answer' | 'lose' | 'drop') => ({
    funds: FUNDS,
    seedOf: (references: readonly string[]) =>
      seedWhere((dice) => {
        const fates = references.map((reference) => dice.payment('bank', reference).kind)
        const mixed = fates.includes('silent') && fates.includes('reject')
        return mixed && dice.file(fileId()) === fate
      }),
  })

  test('that is received is SUBMITTED; the status report says the rest of what it names', async () => {
    await begin({ bank: 20 }, answers('answer'))
    expect(await sendOne()).toBe(true)
    expect(await countsOf(database)).toEqual({ SUBMITTED: 20 })
    expect(await takeReports()).toMatchObject([{ kind: 'applied' }])
    const { ACCEPTED = 0, REJECTED = 0, SUBMITTED = 0 } = await countsOf(database)
    expect(Math.min(ACCEPTED, REJECTED, SUBMITTED)).toBeGreaterThan(0)
    expect(await takeReports()).toMatchObject([{ kind: 'already', changed: 0 }])
    await database.app.transact(treasurer, (tx) => payouts.giveUpOnLateReports(tx, -1, 'bank'))
    expect(await countsOf(database)).toEqual({ ACCEPTED, REJECTED, UNKNOWN: SUBMITTED })
    const transit = BigInt(ACCEPTED + SUBMITTED) * AMOUNT
    expect(await heldAndTransit(database)).toEqual({ held: BigInt(REJECTED) * AMOUNT, transit })
  })

  test('whose answer is lost is UNKNOWN as a whole, and yet executed', async () => {
    const references = await begin({ bank: 20 }, answers('drop'))
    expect(await sendOne()).toBe(true)
    expect(await countsOf(database)).toEqual({ UNKNOWN: 20 })
    const payments = paymentsIn(rails.folder)
    const executed = references.filter((one) => payments.get(one)?.executed === 1)
    expect(executed.length).toBeGreaterThan(10)
    expect(await heldAndTransit(database)).toEqual({ held: 0n, transit: 20n * AMOUNT })
    expect(await takeReports()).toMatchObject([{ kind: 'applied' }])
    const accepted = [...(await statesOf(database))].filter(([, state]) => state === 'ACCEPTED')
    expect(executed).toEqual(expect.arrayContaining(accepted.map(([one]) => one)))
  })

  test('that is lost is UNKNOWN as well: nobody can tell the two apart', async () => {
    const references = await begin({ bank: 20 }, answers('lose'))
    expect(await sendOne()).toBe(true)
    expect(await countsOf(database)).toEqual({ UNKNOWN: 20 })
    const payments = [...paymentsIn(rails.folder).values()]
    expect(payments.filter(({ executed }) => executed > 0)).toEqual([])
    expect(await rails.channels.bank.enquire(references[0] ?? '')).toEqual({ kind: 'not-found' })
    expect(await takeReports()).toEqual([])
  })

  test('beyond the balance is rejected row by row, and its money is held again', async () => {
    await begin({ bank: 2 }, { funds: AMOUNT })
    await sendOne()
    expect(await takeReports()).toMatchObject([{ kind: 'applied' }])
    const { rows } = await database.admin.query('select state, reason from instruction order by 1')
    expect(rows).toEqual([
      { state: 'ACCEPTED', reason: 'ACSC' },
      { state: 'REJECTED', reason: 'AM04' },
    ])
    expect(await heldAndTransit(database)).toEqual({ held: AMOUNT, transit: AMOUNT })
  })
})
