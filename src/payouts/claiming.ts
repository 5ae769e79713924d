import { ledger } from '../ledger/ledger.ts'
import type { Act } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'
import { holdsBeforeSending } from './before-sending.ts'
import type { Channel } from './channels/channel.ts'
import * as store from './sending-store.ts'
import type { Claim, ClaimedPayment } from './sending-store.ts'
import * as switches from './switches-store.ts'

/** A chunk of instructions that are sent together, on a business day. */
export interface Order {
  readonly id: string
  readonly on: LocalDate
}

/**
 * Claims the next payments of an order that may be sent, under a new fence, with their money in transit; those that may
 * not are put on hold with the reason, and the rest goes on. Null: none is left, or the channel is stopped.
 */
export async function claimNext(
  tx: Tx,
  by: Act,
  order: Order,
  channel: Channel,
): Promise<Claim | null> {
  await switches.lockForClaim(tx, channel.name)
  if (!(await switches.maySend(tx, channel.name))) return null
  for (;;) {
    const locked = await store.lockQueued(tx, order.id, channel.claimSize)
    const held = holdsBeforeSending(locked, channel)
    if (held.size > 0) await holdPayments(tx, by, locked, held)
    const payments = locked.filter(({ reference }) => !held.has(reference))
    const [first] = payments
    if (first !== undefined) {
      const references = payments.map(({ reference }) => reference)
      const fence = await store.take(tx, order.id, references)
      await postSubmitted(tx, by, payments, order.on)
      return { fence, payingUnit: first.payingUnit, payments }
    }
    if (locked.length === 0) return null
  }
}

async function holdPayments(
  tx: Tx,
  by: Act,
  locked: readonly ClaimedPayment[],
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
  payments: readonly ClaimedPayment[],
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
