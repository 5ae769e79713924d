import type { Act } from '../lib/act.ts'
import type { Barrier } from '../lib/barrier.ts'
import type { Database, Tx } from '../lib/db.ts'
import { invariant } from '../lib/errors.ts'
import { stopwatch, today } from '../lib/time.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'
import type { Channel, PaymentOutcome } from './channels/channel.ts'
import { isOpen } from './channels/hours.ts'
import type { Order, Outgoing } from './claiming.ts'
import { postNotExecuted, verdictOf } from './outcomes.ts'
import { claimOrPark } from './parking.ts'
import { askAgain } from './resending.ts'
import * as store from './sending-store.ts'
import type { Claim } from './sending-store.ts'
import { verifyBeforeSending } from './verifying.ts'

/** What a sender works with. */
export interface Sender {
  readonly db: Database
  readonly vault: Vault
  readonly channel: Channel
  readonly barrier: Barrier
  /** Says that the process is to end: nothing more is asked or claimed then. */
  readonly until?: AbortSignal
  /** A claim older than this is not sent any more: its sender was frozen, and others may have decided without it. */
  readonly sendWithinMs?: number
  /** The time of day in Vietnam, "HH:MM"; this machine's when left out. */
  readonly clock?: () => string
}

/** Well below what anybody waits before an unrecorded claim counts as unknown, and before a resend may be decided. */
const SEND_WITHIN_MS = 10_000

/**
 * Sends an order: claim, commit; call the channel once; record under the fence (docs/adr/0006). Nothing is ever
 * called for a row that is not freshly claimed here, so a job that runs twice sends nothing twice. `on` is the business
 * day; null: the day of each claim by the clock. Returns true when there is nothing left to do for this job; false when the
 * channel refused the connection or the claim was too old to be sent.
 */
export async function sendOrder(
  sender: Sender,
  by: Act,
  { id, on }: Pick<Order, 'id'> & { readonly on: LocalDate | null },
): Promise<boolean> {
  const { db, channel, barrier, until, sendWithinMs = SEND_WITHIN_MS } = sender
  const mayGoOn = () => until?.aborted !== true && isOpen(channel.limits, sender.clock)
  for (let hasAsked = false; ;) {
    if (!mayGoOn()) return true
    if (!(await channel.ready())) return false
    if (channel.limits.verifiesFirst && !(await verifyBeforeSending(sender, by, id))) return false
    await barrier('before-claim')
    // What was asked takes time: it may have grown late, or the process be told to end.
    if (!mayGoOn()) return true
    let age = stopwatch()
    const begin = () => {
      age = stopwatch()
    }
    const order = { id, on: on ?? today() }
    const claim = await claimOrPark(sender, by, order, begin)
    if (claim === null) {
      // What is left may wait to be asked after once more; that is done once before a claim.
      if (hasAsked || (await askAgain(sender, by, id)) === 0) return true
      hasAsked = true
      continue
    }
    hasAsked = false
    await barrier('after-claim')
    const isFresh = () => age() <= sendWithinMs
    const sending = isFresh()
      ? sendClaim(channel, claim, { on: order.on, isFresh })
      : notSent(claim)
    await barrier('after-send')
    const outcomes = await sending
    await barrier('after-answer')
    const again = await db.transact(by, async (tx) => {
      const refused = await record(tx, by, order, claim, outcomes)
      await barrier('during-record')
      return refused
    })
    if (again) return false
    if (claim.isLast) return true
  }
}

/** Nothing has left this process, and no other could send under its fence. What was known before is known. */
function notSent({ payments, known }: Outgoing): ReadonlyMap<string, PaymentOutcome> {
  const refused: PaymentOutcome = { kind: 'refused' }
  return new Map(payments.map(({ reference }) => [reference, known.get(reference) ?? refused]))
}

async function sendClaim(
  channel: Channel,
  claim: Outgoing,
  when: { readonly on: LocalDate; readonly isFresh: () => boolean },
) {
  if (claim.sendable.length === 0) return claim.known
  const outcomes = await channel.send({ ...claim, ...when, payments: claim.sendable })
  return new Map([...claim.known, ...outcomes])
}

async function record(
  tx: Tx,
  by: Act,
  order: Order,
  claim: Claim,
  outcomes: ReadonlyMap<string, PaymentOutcome>,
): Promise<boolean> {
  const verdicts = claim.payments.map(({ reference }) => {
    const outcome = outcomes.get(reference)
    invariant(outcome, `the channel says something of ${reference}`)
    return verdictOf(reference, outcome)
  })
  const changed = await store.recordClaim(tx, claim.fence, verdicts)
  await postNotExecuted(tx, by, changed, order.on)
  const refused = verdicts.some(({ state }) => state === 'QUEUED')
  if (refused) await store.raiseOrderAttempt(tx, order.id)
  return refused
}
