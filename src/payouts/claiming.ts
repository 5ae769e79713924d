import { ledger } from '../ledger/ledger.ts'
import type { Act } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'
import { divideBeforeSending } from './before-sending.ts'
import type { Channel, PaymentOutcome } from './channels/channel.ts'
import { keepDigest } from './order-files.ts'
import { knownBefore } from './resending.ts'
import * as store from './sending-store.ts'
import type { Claim, ClaimedPayment, LockedPayment, TakenPayment } from './sending-store.ts'
import { insertOrderFile } from './status-store.ts'
import * as switches from './switches-store.ts'

/** A chunk of instructions that are sent together, on a business day. */
export interface Order {
  readonly id: string
  readonly on: LocalDate
}

/**
 * A claim divided: what the channel cannot carry is rejected unsent, and what came to light of a payment that would be sent
 * again stands instead of sending it. `id` is the file's, or the order's.
 */
export interface Outgoing extends Claim {
  readonly id: string
  readonly sendable: readonly ClaimedPayment[]
  readonly known: ReadonlyMap<string, PaymentOutcome>
  /** Nothing else of the order was queued: what is queued later comes with a job of its own. */
  readonly isLast: boolean
}

/**
 * Claims the next payments of an order that may be sent, under a new fence, with their money in transit; those that may
 * not are put on hold with the reason, and the rest goes on. Null: none is left, or the channel is stopped.
 */
export async function claimNext(
  tx: Tx,
  by: Act,
  order: Order,
  deps: { readonly vault: Vault; readonly channel: Channel },
): Promise<Outgoing | null> {
  const { vault, channel } = deps
  const { limits, name } = channel
  await switches.lockForClaim(tx, name)
  if (!(await switches.maySend(tx, name))) return null
  for (;;) {
    const queued = { id: order.id, size: limits.rowsMax, askFirst: limits.enquires }
    const { rows: locked, isLast } = await store.lockQueued(tx, queued)
    const [first] = locked
    if (first === undefined) return null
    const before = locked.filter(({ attempt }) => attempt > 1).map(({ reference }) => reference)
    const known = await knownBefore(tx, before)
    const unknown = locked.filter(({ reference }) => !known.has(reference))
    const look = { vault, limits, on: order.on }
    const { payments, held } = await divideBeforeSending(tx, unknown, look)
    if (held.size > 0) await holdPayments(tx, by, locked, held)
    const all = [...payments, ...locked.filter(({ reference }) => known.has(reference))]
    if (all.length === 0) continue
    const references = all.map(({ reference }) => reference)
    const taken = await store.take(tx, references)
    await postSubmitted(tx, by, all, order.on)
    const { payingUnit, payerName } = first
    const claim = { ...taken, payingUnit, payerName, payments: all }
    const divided = await divide(tx, order, channel, { payments, known })
    if (divided.id !== order.id) {
      const file = { ...claim, id: divided.id, on: order.on, payments: divided.sendable }
      await keepDigest(tx, by, channel, file)
    }
    return { ...claim, ...divided, isLast }
  }
}

/** What the channel cannot carry leaves the claim; the rest of a bulk channel's claim is a file with a name of its own. */
async function divide(
  tx: Tx,
  order: Order,
  channel: Channel,
  claim: {
    readonly payments: readonly ClaimedPayment[]
    readonly known: ReadonlyMap<string, PaymentOutcome>
  },
): Promise<Pick<Outgoing, 'id' | 'sendable' | 'known'>> {
  const known = new Map(claim.known)
  for (const payment of claim.payments) {
    const reason = channel.refusal(payment)
    if (reason !== null) known.set(payment.reference, { kind: 'rejected', reason })
  }
  const sendable = claim.payments.filter(({ reference }) => !known.has(reference))
  const inFile = channel.limits.mode === 'bulk' && sendable.length > 0
  // What is only laid down has not left: that it has is for `takeBackFiles` to see.
  const goneOn = channel.takeBack === undefined ? order.on : null
  const id = inFile ? await insertOrderFile(tx, { id: order.id, goneOn }, sendable) : order.id
  return { id, sendable, known }
}

async function holdPayments(
  tx: Tx,
  by: Act,
  locked: readonly LockedPayment[],
  held: ReadonlyMap<string, string>,
): Promise<void> {
  await store.holdQueued(tx, held)
  await recordActs(
    tx,
    by,
    locked
      .filter(({ reference }) => held.has(reference))
      .map(({ reference, communeId }) => ({
        act: 'instruction.hold-before-sending',
        subject: `instruction:${reference}`,
        communeId,
        detail: { reason: held.get(reference) },
      })),
  )
}

async function postSubmitted(
  tx: Tx,
  by: Act,
  payments: readonly TakenPayment[],
  on: LocalDate,
): Promise<void> {
  await ledger.post(
    tx,
    by,
    payments.map(({ reference, attempt, amount, listNumber, communeId }) =>
      ledger.entry(
        'submit',
        { list: listNumber, instruction: reference, amount },
        { reference: `submit:${reference}:${attempt}`, occurredOn: on, communeId },
      ),
    ),
  )
}
