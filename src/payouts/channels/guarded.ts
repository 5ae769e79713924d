import type { Breaker } from './breaker.ts'
import { PROBE } from './channel.ts'
import type { Channel, OutgoingPayment, PaymentOutcome } from './channel.ts'

const answered = ({ kind }: PaymentOutcome): boolean => kind !== 'unknown' && kind !== 'refused'

/**
 * A channel behind a breaker. While it is open nothing is claimed, and of a claim under way what is not yet called is
 * given back as `refused`: it was surely not sent. What was called keeps its outcome; nothing is ever called again.
 * A bulk channel's file is one call; the calls of a single one are noted by itself (`sendOne`).
 */
export function guarded(channel: Channel, breaker: Breaker): Channel {
  return {
    ...channel,
    send: async (order) => {
      if (channel.limits.mode === 'single') return channel.send(order)
      if (!breaker.isClosed()) return allRefused(order.payments)
      const outcomes = await channel.send(order)
      breaker.note([...outcomes.values()].some(answered))
      return outcomes
    },
    enquire: async (reference, amount) => {
      const answer = await channel.enquire(reference, amount)
      breaker.note(answer.kind !== 'no-answer')
      return answer
    },
    ready: () => breaker.ready(async () => (await channel.enquire(PROBE)).kind !== 'no-answer'),
  }
}

const allRefused = (payments: readonly OutgoingPayment[]) =>
  new Map<string, PaymentOutcome>(payments.map(({ reference }) => [reference, { kind: 'refused' }]))

/** Sends one payment of a single channel unless the breaker is open, and notes how it went. */
export async function sendOne(
  breaker: Breaker,
  call: () => Promise<PaymentOutcome>,
): Promise<PaymentOutcome> {
  if (!breaker.isClosed()) return { kind: 'refused' }
  const outcome = await call()
  breaker.note(answered(outcome))
  return outcome
}
