import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { PaymentOutcome } from '../../src/payouts/channels/channel.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { nextIssue } from '../../src/payouts/reference.ts'
import type { Failed } from '../../src/payouts/outcomes-store.ts'
import { registry } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { corrected } from '../support/office.ts'
import { refusalOf } from '../support/outcome.ts'
import { countsOf, plan, scripted, send } from '../support/sending.ts'
import { columnOf } from '../support/sql.ts'
import { august, enterTown, leader, preparer, releaseLists } from '../support/town.ts'
import { vault } from '../support/vault.ts'

/** Whose account a re-issue goes into, and by which rail: three people agree on references, not on numbers. */
let database: FreshDatabase

beforeEach(async () => {
  database = await freshDatabase()
  await releaseLists(database, await enterTown(database, [{ wallet: 3 }]))
})
afterEach(() => database.drop())

const REJECTED = 'AC01'
const newId = '00000077-0000-7000-8000-000000000001'

/** The first payment is rejected for a reason, the others are accepted. */
async function failedFor(reason: string): Promise<Failed> {
  const outcome = (at: number): PaymentOutcome =>
    at === 0 ? { kind: 'rejected', reason } : { kind: 'accepted' }
  for (const { orderId } of await plan(database))
    await send(database, scripted(outcome), { id: orderId })
  const [one] = await database.app.transact(preparer, (tx) => payouts.failedOf(tx, august))
  if (one === undefined) throw new Error('a failed payment')
  return one
}
const prepare = (failed: Failed, newAccountId: string) =>
  database.app.transact(preparer, (tx) =>
    payouts.prepareReissues(tx, preparer, [{ failed, newAccountId }]),
  )
const codeOf = (work: Promise<unknown>) => work.then(() => 'prepared', refusalOf)
/** The account of somebody else, who is paid by the same list. */
const accountOfAnother = async (of: Failed) => {
  const [id] = await columnOf(
    database.admin,
    `select payment_account_id from instruction where reference <> '${of.reference}' order by 1 limit 1`,
  )
  return String(id)
}
const correct = (of: Failed, change: { readonly bankCode: string; readonly number: string }) =>
  database.app.transact(preparer, async (tx) => {
    const account = { ...(await corrected(tx, of)), id: newId, ...change }
    await registry.replaceAccounts(tx, vault, preparer, [account], leader.actor)
  })

describe('a re-issue', () => {
  test('goes into no account but one of its receiver', async () => {
    const failed = await failedFor(REJECTED)
    const another = await accountOfAnother(failed)
    expect(await codeOf(prepare(failed, another))).toBe('account-not-receivers')
    const none = '00000099-0000-7000-8000-000000000001'
    expect(await codeOf(prepare(failed, none))).toBe('account-missing')
    expect(await countsOf(database)).toEqual({ REJECTED: 1, ACCEPTED: 2 })
  })

  test('goes by the rail of its account: a wallet is given up for a bank', async () => {
    const failed = await failedFor(REJECTED)
    expect(failed.channel).toBe('hue-s')
    await correct(failed, { bankCode: '970436', number: '0901123456' })
    const prepared = await prepare(failed, newId).catch(refusalOf)
    expect(prepared).toEqual([nextIssue(failed.reference)])
    const rails = `select channel from instruction where replaces = '${failed.reference}'`
    expect(await columnOf(database.admin, rails)).toEqual(['bank'])
  })

  test('by another rail is refused by the database: that number is somebody else’s there', async () => {
    const failed = await failedFor(REJECTED)
    await correct(failed, { bankCode: '970436', number: '0901123456' })
    const raw = database.app.transact(
      preparer,
      (tx) =>
        tx.$executeRaw`
          insert into instruction (reference, entitlement_number, list_id, commune_id, paying_unit, channel, payment_account_id, amount,
                                   state, replaces, prepared_by)
          select ${nextIssue(failed.reference)}, entitlement_number, list_id, commune_id, paying_unit, 'hue-s', ${newId}::uuid, amount,
                 'LISTED', reference, ${preparer.actor}::uuid from instruction where reference = ${failed.reference}`,
    )
    expect(await codeOf(raw)).toBe('account-not-receivers')
  })

  test('of a receiver whom the channel calls dead is refused, whatever the account', async () => {
    const failed = await failedFor('MD07')
    await correct({ ...failed, reason: REJECTED }, { bankCode: '970436', number: '0901123456' })
    for (const account of [failed.accountId, newId])
      expect(await codeOf(prepare(failed, account))).toBe('receiver-deceased')
  })
})
