import { randomUUID } from 'node:crypto'
import type { Tx } from '../../src/lib/db.ts'
import { addDays } from '../../src/lib/time.ts'
import type { LocalDate } from '../../src/lib/time.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import type { Failed } from '../../src/payouts/outcomes-store.ts'
import { reconciliation } from '../../src/reconciliation/reconciliation.ts'
import { registry } from '../../src/registry/registry.ts'
import type { CorrectedAccount } from '../../src/registry/registry.ts'
import type { FreshDatabase } from './database.ts'
import { refusalOf } from './outcome.ts'
import type { Rails } from './rails.ts'
import { plan, send } from './sending.ts'
import { match } from './statements.ts'
import { accountant, august, leader, preparer, treasurer } from './town.ts'
import { vault } from './vault.ts'

/** A small office that works a month off, day by day, as its officers would: what the demo does, without its size. */
export interface Office {
  readonly database: FreshDatabase
  readonly rails: Rails
  readonly unit: string
}

const CHANNELS = ['bank', 'hue-s'] as const
/** An order that is refused again and again is left for the next day. */
const SENDS_MAX = 5

/** One day: the statements of the days before, what they and enquiries say, corrections, resends, and sending. */
export async function workDay(office: Office, day: LocalDate): Promise<void> {
  await office.rails.advance(day)
  await takeStatements(office, addDays(day, -1))
  await learn(office, day)
  await correct(office)
  await resend(office, day)
  await sendQueued(office, day)
}

async function takeStatements({ database, rails, unit }: Office, until: LocalDate): Promise<void> {
  for (const name of CHANNELS) {
    const covered = await database.app.transact(accountant, (tx) =>
      reconciliation.coveredDays(tx, name),
    )
    let day = addDays(covered.get(unit) ?? addDays(until, -1), 1)
    for (; day <= until; day = addDays(day, 1)) {
      const statement = await rails.channels[name].statement(unit, day)
      const source = { channel: name, payingUnit: unit }
      await database.app.transact(accountant, (tx) =>
        reconciliation.importStatement(tx, accountant, source, statement),
      )
    }
  }
  await match(database)
}

/** Asks after everything that is unknown; what no status report named is unknown. */
async function learn({ database, rails }: Office, on: LocalDate): Promise<void> {
  for (const name of CHANNELS) {
    await database.app.transact(treasurer, (tx) => payouts.giveUpOnLateReports(tx, -1, name))
    const deps = { db: database.app, channel: rails.channels[name] }
    await payouts.enquireRound(deps, treasurer, on, { rowsMax: 1_000, aheadMs: 86_400_000 })
  }
}

/** Of a death nothing is corrected: who is owed is decided elsewhere. */
const LEFT = 'MD07'
/** The bank's own trouble: nothing is wrong with the account. */
const PASSES: ReadonlySet<string | null> = new Set(['AM04', 'AB05'])

/** Corrects and re-issues what failed, as two people. */
async function correct({ database }: Office): Promise<void> {
  const failed = await database.app.transact(preparer, (tx) => payouts.failedOf(tx, august))
  for (const one of failed) if (one.reason !== LEFT) await reissue(database, one)
}

/** Corrects the account of one payment if it was that, and re-issues it; it is queued when this returns. */
export async function reissue({ app }: FreshDatabase, of: Failed): Promise<void> {
  const all = await app.transact(preparer, async (tx) => {
    if (PASSES.has(of.reason)) {
      return payouts.prepareReissues(tx, preparer, [{ failed: of, newAccountId: of.accountId }])
    }
    const account = await corrected(tx, of)
    await registry.replaceAccounts(tx, vault, preparer, [account], leader.actor)
    return payouts.prepareReissues(tx, preparer, [{ failed: of, newAccountId: account.id }])
  })
  await app.transact(leader, (tx) => payouts.approveReissues(tx, leader, all))
  await app.transact(treasurer, (tx) => payouts.queueReissues(tx, treasurer, all))
}

/** The same account under a new id: what a correction is made of. */
export async function corrected(tx: Tx, of: Failed): Promise<CorrectedAccount> {
  const what = { ids: [of.accountId], purpose: 'sửa tài khoản sai' }
  const old = (await registry.accounts.reveal(tx, vault, preparer, what)).get(of.accountId)
  if (old === undefined) throw new Error('an account')
  const { personId, communeId, bankCode, number, holderName } = old
  const account = { personId, communeId, bankCode, number, holderName }
  const proof = { replaces: of.accountId, failure: of.reason ?? 'AC01', from: august }
  return { id: randomUUID(), ...account, ...proof }
}

async function resend({ database }: Office, on: LocalDate): Promise<void> {
  for (const channel of CHANNELS) {
    await database.app.transact(treasurer, async (tx) => {
      const rows = await reconciliation.coveredUnknowns(tx, { month: august, channel })
      const decision = { rows, approvedBy: accountant.actor, on }
      if (rows.length > 0) await payouts.resend(tx, treasurer, decision)
    })
  }
}

/** Sends what is queued, each order by two senders at once, and reads the status reports of the files. */
async function sendQueued({ database, rails }: Office, on: LocalDate): Promise<void> {
  for (let sends = 0; sends < SENDS_MAX; sends += 1) {
    const orders = await plan(database, on)
    if (orders.length === 0) break
    for (const { orderId: id, channel } of orders) {
      // A job that is refused fails; the next sweep adds it again.
      const job = () => send(database, rails.channels[channel], { id, on }).catch(refusalOf)
      await Promise.all([job(), job()])
    }
  }
  await payouts.takeStatusFiles(database.app, treasurer, rails.channels.bank, on)
}
