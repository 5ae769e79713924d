import type { Act } from '../lib/act.ts'
import type { Database } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Channel, EnquiryAnswer, PaymentOutcome } from './channels/channel.ts'
import { insertEnquiries, takeDue, unreportedOrders } from './enquiries-store.ts'
import type { DueEnquiry } from './enquiries-store.ts'
import { applyStatus } from './sending.ts'

/** Enquiries of one round and channel at the most: what is left is due at the next round. */
const ROUND_MAX = 200
/** Enquiries under way at once. */
const AT_ONCE = 8

/**
 * One round of enquiries after the unknown payments of a channel that are due (design.md, law 4). An answer "executed"
 * or "rejected" decides; "not found" and no answer at all are written down and decide nothing. No transaction is open
 * while the channel is asked. Returns how many were asked and how many were decided.
 */
export async function enquireRound(
  deps: { readonly db: Database; readonly channel: Channel },
  by: Act,
  on: LocalDate,
): Promise<{ readonly asked: number; readonly decided: number }> {
  const { db, channel } = deps
  const due = await db.transact(by, (tx) => takeDue(tx, channel.name, ROUND_MAX))
  if (due.length === 0) return { asked: 0, decided: 0 }
  const asked = await askAll(channel, due)
  const decided = await db.transact(by, async (tx) => {
    await insertEnquiries(tx, asked)
    return applyStatus(tx, by, outcomesOf(asked), on)
  })
  return { asked: asked.length, decided }
}

/** Files asked after in one round: a report may have thousands of rows. */
const REPORTS_MAX = 50

/**
 * One round of reading the status reports of files that were received. What a report names is decided, the rest waits
 * for the next round. Returns how many payments were decided.
 */
export async function reportRound(
  deps: { readonly db: Database; readonly channel: Channel },
  by: Act,
  on: LocalDate,
): Promise<number> {
  const { db, channel } = deps
  const orders = await db.transact(by, (tx) => unreportedOrders(tx, channel.name, REPORTS_MAX))
  let decided = 0
  for (const order of orders) {
    const outcomes = await channel.status(order)
    if (outcomes.size > 0)
      decided += await db.transact(by, (tx) => applyStatus(tx, by, outcomes, on))
  }
  return decided
}

type Asked = DueEnquiry & { readonly answer: EnquiryAnswer }

async function askAll(channel: Channel, due: readonly DueEnquiry[]): Promise<readonly Asked[]> {
  const left = due.values()
  const asked: Asked[] = []
  const ask = async () => {
    for (const one of left) asked.push({ ...one, answer: await channel.enquire(one.reference) })
  }
  await Promise.all(Array.from({ length: AT_ONCE }, ask))
  return asked
}

function outcomesOf(asked: readonly Asked[]): ReadonlyMap<string, PaymentOutcome> {
  const outcomes = new Map<string, PaymentOutcome>()
  for (const { reference, answer } of asked) {
    if (answer.kind === 'executed') outcomes.set(reference, { kind: 'accepted' })
    if (answer.kind === 'rejected') outcomes.set(reference, answer)
  }
  return outcomes
}
