import { ledger } from '../ledger/ledger.ts'
import type { EntryDraft } from '../ledger/journal.ts'
import type { Act } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Barrier } from '../lib/barrier.ts'
import type { Database, Tx } from '../lib/db.ts'
import { invariant } from '../lib/errors.ts'
import { stopwatch, timeOfDay } from '../lib/time.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'
import type { Channel, ChannelLimits, PaymentOutcome } from './channels/channel.ts'
import type { Order, Outgoing } from './claiming.ts'
import { DUPLICATE } from './failure-reasons.ts'
import { claimOrPark } from './parking.ts'
import * as store from './sending-store.ts'
import type { Changed, Claim, Verdict } from './sending-store.ts'
import { verifyBeforeSending } from './verifying.ts'

/** What a sender works with. */
export interface Sender {
  readonly db: Database
  readonly vault: Vault
  readonly channel: Channel
  readonly barrier: Barrier
  /** Says that the process is to end: nothing more is claimed then. */
  readonly stopping?: () => boolean
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
 * day. Returns true when there is nothing left to do for this job; false when the channel refused the connection or the
 * claim was too old to be sent X
 */
export async function sendOrder(sender: Sender, by: Act, order: Order): Promise<boolean> {
  const { db, channel, barrier, stopping = () => false, sendWithinMs = SEND_WITHIN_MS } = sender
  for (;;) {
    if (stopping() || !isOpen(channel.limits, sender.clock ?? timeOfDay)) return true
    if (!(await channel.ready())) return false
    if (channel.limits.verifiesFirst && !(await verifyBeforeSending(sender, by, order.id)))
      return false
    await barrier('before-claim')
    if (stopping()) return true
    const age = stopwatch()
    const claim = await claimOrPark(sender, by, order)
    if (claim === null) return true
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

/** Whether a channel takes orders at this time of day. Outside its hours rows stay queued, and the sweep brings them back. */
function isOpen({ hours }: ChannelLimits, clock: () => string): boolean {
  if (hours === null) return true
  const now = clock()
  return hours.from <= now && now < hours.until
}

/** Nothing has left this process, and no other could send under its fence. */
function notSent({ payments }: Claim): ReadonlyMap<string, PaymentOutcome> {
  return new Map(payments.map(({ reference }) => [reference, { kind: 'refused' }]))
}

async function sendClaim(
  channel: Channel,
  claim: Outgoing,
  when: { readonly on: LocalDate; readonly isFresh: () => boolean },
) {
  if (claim.sendable.length === 0) return claim.refused
  const outcomes = await channel.send({ ...claim, ...when, payments: claim.sendable })
  return new Map([...claim.refused, ...outcomes])
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

function verdictOf(reference: string, outcome: PaymentOutcome): Verdict {
  switch (outcome.kind) {
    case 'submitted':
      return { reference, state: 'SUBMITTED', reason: null }
    case 'accepted':
      return { reference, state: 'ACCEPTED', reason: null }
    case 'rejected':
      // The channel has had this payment before: what came of the first is not said.
      return outcome.reason === DUPLICATE
        ? { reference, state: 'UNKNOWN', reason: DUPLICATE }
        : { reference, state: 'REJECTED', reason: outcome.reason }
    case 'refused':
      return { reference, state: 'QUEUED', reason: 'connection refused' }
    case 'unknown':
      return { reference, state: 'UNKNOWN', reason: outcome.reason }
  }
}

/** The money of what was surely not executed goes from transit back to the list's hold. */
export async function postNotExecuted(
  tx: Tx,
  by: Act,
  changed: readonly Changed[],
  on: LocalDate,
): Promise<void> {
  const drafts: readonly EntryDraft[] = changed
    .filter(({ state }) => state === 'REJECTED' || state === 'QUEUED')
    .map(({ reference, attempt, amount, listNumber, communeId }) =>
      ledger.entry(
        'not-executed',
        { list: listNumber, instruction: reference, amount },
        { reference: `not-executed:${reference}:${attempt}`, occurredOn: on, communeId },
      ),
    )
  if (drafts.length > 0) await ledger.post(tx, by, drafts)
}

/**
 * Takes the answers of enquiries into account: SUBMITTED or UNKNOWN rows become ACCEPTED or REJECTED; a duplicate leaves
 * them UNKNOWN. Returns how many changed.
 */
export async function applyStatus(
  tx: Tx,
  by: Act,
  outcomes: ReadonlyMap<string, PaymentOutcome>,
  on: LocalDate,
): Promise<number> {
  const verdicts = [...outcomes].map(([reference, outcome]) => verdictOf(reference, outcome))
  const [unclear, clear] = [
    verdicts.filter(({ state }) => state === 'UNKNOWN'),
    verdicts.filter(({ state }) => state !== 'UNKNOWN'),
  ]
  const changed = await store.move(tx, ['SUBMITTED', 'UNKNOWN'], clear)
  await postNotExecuted(tx, by, changed, on)
  return changed.length + (await store.move(tx, ['SUBMITTED'], unclear)).length
}

/** Instructions that a file carried and no report named in time become UNKNOWN: an enquiry or a statement decides. */
export async function giveUpOnUnreported(tx: Tx, references: readonly string[]): Promise<number> {
  const verdicts = references.map((reference): Verdict => ({
    reference,
    state: 'UNKNOWN',
    reason: 'not in the status report',
  }))
  return (await store.move(tx, ['SUBMITTED'], verdicts)).length
}

/**
 * Decides, as two people, that unknown payments were not executed and are sent again under their own references
 * (law 4). The caller has seen that the channel's finality has passed and its covering statement is in: `evidence`.
 * The money comes back from transit to the hold until the next claim takes it again. Returns how many.
 */
export async function resend(
  tx: Tx,
  by: Act,
  decision: {
    readonly rows: readonly { readonly reference: string; readonly attempt: number }[]
    readonly approvedBy: string
    readonly evidence: string
    readonly on: LocalDate
  },
): Promise<number> {
  const { rows, approvedBy, evidence, on } = decision
  await store.insertResends(tx, rows, { requestedBy: by.actor, approvedBy, evidence })
  const verdicts = rows.map(({ reference }): Verdict => ({
    reference,
    state: 'QUEUED',
    reason: 'resend',
  }))
  const changed = await store.move(tx, ['UNKNOWN'], verdicts)
  await postNotExecuted(tx, by, changed, on)
  await recordActs(
    tx,
    by,
    changed.map(({ reference, communeId }) => ({
      act: 'instruction.resend',
      subject: `instruction:${reference}`,
      communeId,
      detail: { evidence, approvedBy },
    })),
  )
  return changed.length
}
