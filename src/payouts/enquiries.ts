import type { Act } from '../lib/act.ts'
import { beforeEnd } from '../lib/before-end.ts'
import type { Database } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'
import { clearDue, dueFor } from './callbacks-store.ts'
import type { Channel, EnquiryAnswer } from './channels/channel.ts'
import { insertEnquiries, takeDue } from './enquiries-store.ts'
import type { DueEnquiry } from './enquiries-store.ts'
import { applyStatus } from './outcomes.ts'
import type { AttemptOutcome } from './outcomes.ts'

/** Enquiries of one round and channel at the most, unless told otherwise: what is left is due at the next round. */
const ROUND_MAX = 200

interface EnquiryDeps {
  readonly db: Database
  readonly channel: Channel
  /** Ends the round early: its time is over, or the process is to end. */
  readonly until?: AbortSignal | undefined
}

type Asked<Due extends DueEnquiry> = Due & { readonly answer: EnquiryAnswer }

/**
 * One round of enquiries after the unknown payments of a channel that are due (design.md, law 4). An answer "executed"
 * or "rejected" decides; "not found" and no answer at all are written down and decide nothing. No transaction is open
 * while the channel is asked. Who works business days off faster than the clock asks `aheadMs` ahead of it. Returns how many were asked and how many were decided.
 */
export async function enquireRound(
  deps: EnquiryDeps,
  by: Act,
  on: LocalDate,
  { rowsMax = ROUND_MAX, aheadMs = 0 }: { rowsMax?: number; aheadMs?: number } = {},
): Promise<{ readonly asked: number; readonly decided: number }> {
  const { db, channel, until } = deps
  const due = await db.transact(by, (tx) => takeDue(tx, channel.name, { rowsMax, aheadMs }))
  if (due.length === 0) return { asked: 0, decided: 0 }
  const asked = await askAll(channel, due, until)
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
  deps: EnquiryDeps,
  by: Act,
  round: { readonly on: LocalDate; readonly rowsMax: number },
): Promise<number> {
  const { db, channel, until } = deps
  const due = await db.transact(by, (tx) => dueFor(tx, channel.name, round.rowsMax))
  const asked = await askAll(channel, due, until)
  const answered = asked.filter(({ answer }) => answer.kind !== 'no-answer')
  return db.transact(by, async (tx) => {
    await insertEnquiries(tx, asked)
    const changed = await applyStatus(tx, by, outcomesOf(asked), round.on)
    await clearDue(tx, channel.name, answered)
    return changed
  })
}

/**
 * Asks a channel after payments, `callsAtOnce` at a time. When `until` says so it begins no more and waits for nobody: an
 * enquiry that is not waited for does no harm. Returns what was answered by then.
 */
export async function askAll<Due extends DueEnquiry>(
  channel: Channel,
  due: readonly Due[],
  until?: AbortSignal,
): Promise<readonly Asked<Due>[]> {
  const left = due.values()
  const asked: Asked<Due>[] = []
  const ask = async () => {
    for (const one of left) {
      if (until?.aborted === true) return
      const answer = await channel.enquire(one.reference, one.amount)
      asked.push({ ...one, answer })
    }
  }
  await beforeEnd(Promise.all(Array.from({ length: channel.limits.callsAtOnce }, ask)), until)
  // What is answered later is not looked at any more.
  return [...asked]
}

function outcomesOf(asked: readonly Asked<DueEnquiry>[]): readonly AttemptOutcome[] {
  return asked.flatMap(({ reference, attempt, answer }): AttemptOutcome[] => {
    if (answer.kind === 'executed') return [{ reference, attempt, outcome: { kind: 'accepted' } }]
    return answer.kind === 'rejected' ? [{ reference, attempt, outcome: answer }] : []
  })
}
