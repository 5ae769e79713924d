import type { Act } from '../lib/act.ts'
import type { Database } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'
import { clearDue, dueFor } from './callbacks-store.ts'
import type { Channel, EnquiryAnswer, PaymentOutcome } from './channels/channel.ts'
import { insertEnquiries, takeDue } from './enquiries-store.ts'
import type { DueEnquiry } from './enquiries-store.ts'
import { applyStatus } from './sending.ts'

/** Enquiries of one round and channel at the most: what is left is due at the next round. */
const ROUND_MAX = 200

type Asked<Due extends DueEnquiry> = Due & { readonly answer: EnquiryAnswer }

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

/**
 * Asks, at most `rowsMax` in all, what became of the instructions that a callback called for (docs/adr/0014), as
 * `enquireRound` does. What got no answer stays due. Returns how many instructions changed.
 */
export async function enquireDue(
  deps: { readonly db: Database; readonly channel: Channel },
  by: Act,
  round: { readonly on: LocalDate; readonly rowsMax: number },
): Promise<number> {
  const { db, channel } = deps
  const due = await db.transact(by, (tx) => dueFor(tx, channel.name, round.rowsMax))
  const asked = await askAll(channel, due)
  const answered = asked.filter(({ answer }) => answer.kind !== 'no-answer')
  return db.transact(by, async (tx) => {
    await insertEnquiries(tx, asked)
    const changed = await applyStatus(tx, by, outcomesOf(asked), round.on)
    await clearDue(tx, channel.name, answered)
    return changed
  })
}

async function askAll<Due extends DueEnquiry>(
  channel: Channel,
  due: readonly Due[],
): Promise<readonly Asked<Due>[]> {
  const left = due.values()
  const asked: Asked<Due>[] = []
  const ask = async () => {
    for (const one of left)
      asked.push({ ...one, answer: await channel.enquire(one.reference, one.amount) })
  }
  await Promise.all(Array.from({ length: channel.limits.callsAtOnce }, ask))
  return asked
}

function outcomesOf(asked: readonly Asked<DueEnquiry>[]): ReadonlyMap<string, PaymentOutcome> {
  const outcomes = new Map<string, PaymentOutcome>()
  for (const { reference, answer } of asked) {
    if (answer.kind === 'executed') outcomes.set(reference, { kind: 'accepted' })
    if (answer.kind === 'rejected') outcomes.set(reference, answer)
  }
  return outcomes
}
