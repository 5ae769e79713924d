import type { Act } from '../lib/act.ts'
import type { Database } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'
import { clearDue, dueFor } from './callbacks-store.ts'
import type { Due } from './callbacks-store.ts'
import type { Channel, EnquiryAnswer, PaymentOutcome } from './channels/channel.ts'
import { applyStatus } from './sending.ts'

/**
 * Asks a channel, `callsAtOnce` at a time and at most `rowsMax` in all, what became of the instructions that a callback
 * called for. No transaction is open while it asks. What got no answer stays due; "not found" decides nothing (law 4).
 * Returns how many instructions changed.
 */
export async function enquireDue(
  deps: { readonly db: Database; readonly channel: Channel },
  by: Act,
  round: { readonly on: LocalDate; readonly rowsMax: number },
): Promise<number> {
  const { db, channel } = deps
  const due = await db.transact(by, (tx) => dueFor(tx, channel.name, round.rowsMax))
  const answers = await askAll(channel, due)
  const outcomes = new Map<string, PaymentOutcome>()
  for (const [{ reference }, answer] of answers) {
    if (answer.kind === 'executed') outcomes.set(reference, { kind: 'accepted' })
    if (answer.kind === 'rejected') outcomes.set(reference, answer)
  }
  const answered = answers.filter(([, { kind }]) => kind !== 'no-answer').map(([one]) => one)
  return db.transact(by, async (tx) => {
    const changed = outcomes.size === 0 ? 0 : await applyStatus(tx, by, outcomes, round.on)
    await clearDue(tx, channel.name, answered)
    return changed
  })
}

async function askAll(
  channel: Channel,
  due: readonly Due[],
): Promise<readonly (readonly [Due, EnquiryAnswer])[]> {
  const answers: (readonly [Due, EnquiryAnswer])[] = []
  const size = channel.limits.callsAtOnce
  for (let at = 0; at < due.length; at += size) {
    const group = due.slice(at, at + size)
    const ask = async (one: Due) => [one, await channel.enquire(one.reference, one.amount)] as const
    answers.push(...(await Promise.all(group.map(ask))))
  }
  return answers
}
