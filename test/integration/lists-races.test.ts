import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { PersonId } from '../../src/lib/act.ts'
import { claimNext } from '../../src/payouts/claiming.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import { vault } from '../support/vault.ts'
import type { FreshDatabase } from '../support/database.ts'
import { balances } from '../support/ledger-state.ts'
import { as, named, submitOwed, why, withdraw } from '../support/lists.ts'
import { refusalOf } from '../support/outcome.ts'
import { countsOf, heldAndTransit, plan, scripted } from '../support/sending.ts'
import { valueOf } from '../support/sql.ts'
import {
  accountant,
  AMOUNT,
  approve,
  august,
  enterTown,
  fund,
  FUNDS,
  leader,
  payday,
  release,
  treasurer,
} from '../support/town.ts'

/** As many as reliability.md (finding 7) ran. */
const RACES = 300

let database: FreshDatabase
let commune: CommuneRow

beforeEach(async () => {
  database = await freshDatabase()
  const communes = await enterTown(database, [{ bank: RACES }])
  commune = communes[0] ?? never()
  await fund(database, commune.payingUnit, FUNDS)
})
afterEach(() => database.drop())

const never = (): never => {
  throw new Error('not there')
}
const everybody = Array.from({ length: RACES }, (_, index) => ({
  n: index + 1,
  account: index + 1,
}))
const people = async () => {
  const { rows } = await database.admin.query<{ id: PersonId }>(
    'select person_id as id from entitlement order by row',
  )
  return rows.map(({ id }) => id)
}
const hold = (personId: PersonId) =>
  as(database, accountant, (tx) =>
    payouts.holds.place(tx, accountant, {
      ...{ subject: { personId }, communeId: commune.id, from: payday, on: payday },
      ...why,
    }),
  )

test('300 holds against the claim of their order: each row is held or being sent, never both', async () => {
  const { order } = await releasedOrder()
  // In the order of the claims, so that the two meet at each step.
  const inOrder = await people()
  const [taken, holds] = await Promise.all([
    claimAll(order).catch(refusalOf),
    Promise.all(inOrder.map((one) => hold(one).catch(refusalOf))),
  ])
  expect([typeof taken, ...holds].filter((one) => typeof one === 'string')).toEqual(['object'])
  if (typeof taken === 'string') return
  const held = holds.flatMap((one) => (typeof one === 'string' ? [] : one.held))
  expect(Math.min(held.length, taken.length)).toBeGreaterThan(0)
  expect(held.filter((reference) => taken.includes(reference))).toEqual([])
  expect(new Set([...held, ...taken]).size).toBe(RACES)
  expect(await countsOf(database)).toEqual({ HELD: held.length, SUBMITTING: taken.length })
}, 120_000)

/** Claims an order in threes, as a worker would, until five times nothing was left. Returns the references. */
async function claimAll(order: string): Promise<readonly string[]> {
  const channel = scripted(() => ({ kind: 'accepted' }), 3)
  const taken: string[] = []
  for (let empty = 0; empty < 5;) {
    const got = await as(database, treasurer, (tx) =>
      claimNext(tx, treasurer, { id: order, on: payday }, { vault, channel }),
    )
    if (got === null) empty += 1
    else taken.push(...got.payments.map(({ reference }) => reference))
  }
  return taken
}

const releasedOrder = async (): Promise<{
  readonly list: Awaited<ReturnType<typeof submitOwed>>
  readonly order: string
}> => {
  const list = await submitOwed(database, commune, august, everybody)
  await approve(database, list)
  await release(database, list)
  return { list, order: (await plan(database))[0]?.orderId ?? '' }
}

test('300 stops of a row against the claim of their order: stopped or sent, never both', async () => {
  const { list, order } = await releasedOrder()
  const seen = new Map<number, Awaited<ReturnType<typeof named>>>()
  await Promise.all(
    everybody.map(async ({ n }) => {
      seen.set(n, await named(database, list, [n]))
    }),
  )
  const stop = async (row: number) => {
    const what = { listId: list.id, set: [row], seen: seen.get(row) ?? never(), on: payday }
    return as(database, leader, (tx) => payouts.lists.stop(tx, leader, { ...what, ...why })).then(
      () => 'stopped',
      refusalOf,
    )
  }
  // Backwards, so that the two meet in the middle.
  const rows = everybody.map(({ n }) => n).toReversed()
  const [taken, stops] = await Promise.all([claimAll(order), Promise.all(rows.map(stop))])
  const stopped = stops.filter((one) => one === 'stopped').length
  expect(stops.filter((one) => one !== 'stopped' && one !== 'state-transition')).toEqual([])
  expect(Math.min(stopped, taken.length)).toBeGreaterThan(0)
  expect(stopped + taken.length).toBe(RACES)
  expect(await countsOf(database)).toEqual({ CANCELLED: stopped, SUBMITTING: taken.length })
  const transit = BigInt(taken.length) * AMOUNT
  expect(await heldAndTransit(database)).toEqual({ held: 0n, transit })
  const free = (await balances(database.admin)).get(`1121-FREE unit:${commune.payingUnit}`)
  expect(free).toBe(FUNDS - transit)
  // What was claimed first can only be asked back, and the request is kept.
  const request = (reference: string) =>
    as(database, leader, (tx) => payouts.stopping.request(tx, leader, reference, 'dừng'))
  for (const reference of taken.slice(0, 5)) expect(await request(reference)).toBe(true)
  const cancelled = `select reference from instruction where state = 'CANCELLED' limit 1`
  const late = await valueOf(database.admin, cancelled)
  expect(await request(String(late)).catch(refusalOf)).toBe('not-sent-yet')
}, 120_000)

test('a hold that meets a release waits for it, and none slips through', async () => {
  const list = await submitOwed(database, commune, august, everybody)
  await approve(database, list)
  const [first = never()] = await people()
  let held: Promise<{ readonly held: readonly string[] }> | undefined
  await as(database, treasurer, async (tx) => {
    await payouts.lists.release(tx, treasurer, { listId: list.id, seen: list, on: payday })
    // Placed while the release is written and not yet committed.
    held = hold(first)
    await new Promise((go) => setTimeout(go, 300))
  })
  expect((await held)?.held).toHaveLength(1)
  const states = `select count(*)::int from instruction where state = 'HELD'`
  expect(await valueOf(database.admin, states)).toBe(1)
})

test('approval against withdrawal: one of them, and the books say which', async () => {
  for (let race = 0; race < RACES; race += 1) {
    const before = await balances(database.admin)
    const list = await submitOwed(database, commune, august, [{ n: 1, account: 1 }])
    const codeOf = (work: Promise<unknown>) => work.then(() => 'taken', refusalOf)
    const both = race % 2 === 0 ? [approve, withdraw] : [withdraw, approve]
    const [one, other] = await Promise.all(both.map((act) => codeOf(act(database, list))))
    const [approved, withdrawn] = race % 2 === 0 ? [one, other] : [other, one]
    const held = (await balances(database.admin)).get(`1121-HELD list:${list.number}`)
    if (approved === 'taken') {
      expect([withdrawn, held]).toEqual(['not-theirs', AMOUNT])
      await withdraw(database, list, leader)
    } else expect([approved, withdrawn, held]).toEqual(['state-transition', 'taken', undefined])
    expect(await balances(database.admin)).toEqual(before)
  }
  expect(await valueOf(database.admin, 'select max(version)::int from payout_list')).toBe(RACES)
}, 120_000)
