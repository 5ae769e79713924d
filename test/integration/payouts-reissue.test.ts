import { beforeEach, describe, expect, test } from '@jest/globals'
import type { PaymentOutcome } from '../../src/payouts/channels/channel.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { isPaymentReference, nextIssue } from '../../src/payouts/reference.ts'
import type { Failed } from '../../src/payouts/outcomes-store.ts'
import { registry } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { corrected } from '../support/office.ts'
import { refusalOf } from '../support/outcome.ts'
import { heldAndTransit, plan, scripted, send, statesOf } from '../support/sending.ts'
import {
  AMOUNT,
  august,
  enterTown,
  leader,
  payday,
  preparer,
  releaseLists,
  treasurer,
} from '../support/town.ts'
import { vault } from '../support/vault.ts'

/** Three payments: the first is rejected, the others are accepted. */
let database: FreshDatabase
let unit: string
let references: readonly string[]

beforeEach(async () => {
  database = await freshDatabase()
  const communes = await enterTown(database, [{ wallet: 3 }])
  await releaseLists(database, communes)
  unit = communes[0]?.payingUnit ?? ''
  references = [...(await statesOf(database)).keys()]
  await sendWith((at) => (at === 0 ? { kind: 'rejected', reason: 'AC01' } : { kind: 'accepted' }))
})

async function sendWith(outcome: (at: number) => PaymentOutcome): Promise<void> {
  for (const { orderId } of await plan(database)) {
    await send(database, scripted(outcome), { id: orderId })
  }
}

const failed = () => database.app.transact(preparer, (tx) => payouts.failedOf(tx, august))
const newId = '00000077-0000-7000-8000-000000000001'

/** Corrects the account of a failed payment and prepares its re-issue. */
async function reissue(of: Failed, by = preparer): Promise<readonly string[]> {
  return database.app.transact(by, async (tx) => {
    const account = { ...(await corrected(tx, of)), id: newId, number: '0901123456' }
    await registry.replaceAccounts(tx, vault, by, [account], leader.actor)
    return payouts.prepareReissues(tx, by, [{ failed: of, newAccountId: newId }])
  })
}
const approveBy = (by: typeof leader, all: readonly string[]) =>
  database.app.transact(by, (tx) => payouts.approveReissues(tx, by, all))
const queue = (all: readonly string[]) =>
  database.app.transact(treasurer, (tx) => payouts.queueReissues(tx, treasurer, all))
const codeOf = (work: Promise<unknown>) => work.then(() => 'taken', refusalOf)
const theFailed = async (): Promise<Failed> => {
  const [one] = await failed()
  if (one === undefined) throw new Error('a failed payment')
  return one
}

describe('a re-issue', () => {
  test('is a new instruction of the same entitlement under its next reference', async () => {
    const one = await theFailed()
    expect(one).toMatchObject({ reference: references[0], reason: 'AC01', amount: AMOUNT })
    expect(await failed()).toHaveLength(1)
    const [reference = ''] = await reissue(one)
    expect(reference).toBe(nextIssue(one.reference))
    expect(isPaymentReference(reference)).toBe(true)
    expect((await statesOf(database)).get(reference)).toBe('LISTED')
    expect(await failed()).toEqual([])
    const { rows } = await database.admin.query(
      `select entitlement_number, amount, replaces, payment_account_id, prepared_by from instruction where reference = $1`,
      [reference],
    )
    expect(rows).toEqual([
      {
        entitlement_number: one.entitlementNumber,
        amount: String(AMOUNT),
        replaces: one.reference,
        payment_account_id: newId,
        prepared_by: preparer.actor,
      },
    ])
  })

  test('is approved by another person, sent, and paid from the money held again', async () => {
    const all = await reissue(await theFailed())
    expect(await heldAndTransit(database)).toEqual({ held: AMOUNT, transit: 2n * AMOUNT })
    expect(await codeOf(approveBy(preparer, all))).toBe('same-person')
    await approveBy(leader, all)
    await queue(all)
    await sendWith(() => ({ kind: 'accepted' }))
    expect(await heldAndTransit(database)).toEqual({ held: 0n, transit: 3n * AMOUNT })
    const states = await statesOf(database)
    expect([...states.values()].toSorted()).toEqual([
      'ACCEPTED',
      'ACCEPTED',
      'ACCEPTED',
      'REJECTED',
    ])
  })

  test('is not queued before it is approved', async () => {
    const all = await reissue(await theFailed())
    expect(await codeOf(queue(all))).toBe('instruction-missing')
    expect((await statesOf(database)).get(all[0] ?? '')).toBe('LISTED')
    expect(await plan(database)).toEqual([])
  })

  test('needs a corrected account', async () => {
    const one = await theFailed()
    const same = [{ failed: one, newAccountId: one.accountId }]
    const work = database.app.transact(preparer, (tx) =>
      payouts.prepareReissues(tx, preparer, same),
    )
    expect(await codeOf(work)).toBe('same-account')
  })

  test('is refused while the old one is open', async () => {
    const one = await theFailed()
    const open = { ...one, reference: references[1] ?? '' }
    const number = open.reference.replace(/^(.{4})(.{5})(.{5})..$/, '$1-$2-$3')
    const work = reissue({ ...open, entitlementNumber: number })
    expect(await codeOf(work)).toBe('still-open')
  })

  test('is refused a second time', async () => {
    const one = await theFailed()
    await reissue(one)
    expect(await codeOf(reissue(one))).toBe('23505')
    expect((await statesOf(database)).size).toBe(4)
  })

  test('of money that came back follows the return, and is not more than what is held', async () => {
    const [, second = ''] = references
    const of = { channel: 'hue-s' as const, payingUnit: unit }
    const line = { ...of, lineId: 'L1', reference: second, amount: AMOUNT, reason: null }
    const settle = (kind: 'payment' | 'return', lineId: string) =>
      database.app.transact(treasurer, (tx) =>
        payouts.settleLines(tx, treasurer, { kind, day: payday, rows: [{ ...line, lineId }] }),
      )
    expect(await settle('payment', 'L1')).toHaveLength(1)
    expect(await failed()).toHaveLength(1)
    expect(await settle('return', 'L2')).toHaveLength(1)
    const returned = (await failed()).find(({ reference }) => reference === second)
    if (returned === undefined) throw new Error('a returned payment')
    const all = await reissue(returned)
    await approveBy(leader, all)
    await queue(all)
    await sendWith(() => ({ kind: 'accepted' }))
    expect(await heldAndTransit(database)).toEqual({ held: AMOUNT, transit: 2n * AMOUNT })
  })
})

test('a payment that the channel rejected after it was accepted gives its money back once', async () => {
  const [, second = ''] = references
  const outcome: PaymentOutcome = { kind: 'rejected', reason: 'AC04' }
  const outcomes = [{ reference: second, attempt: 1, outcome }]
  const apply = () =>
    database.app.transact(treasurer, (tx) => payouts.applyStatus(tx, treasurer, outcomes, payday))
  // An enquiry decides on what is submitted or unknown; what was accepted is decided by its statement.
  expect(await apply()).toBe(0)
  await database.admin.query(
    `select set_config('app.actor', $1, false), set_config('app.via', 'test', false)`,
    [treasurer.actor],
  )
  await database.admin.query(`update instruction set state = 'UNKNOWN' where reference = $1`, [
    second,
  ])
  expect(await apply()).toBe(1)
  expect(await apply()).toBe(0)
  expect(await heldAndTransit(database)).toEqual({ held: 2n * AMOUNT, transit: AMOUNT })
})
