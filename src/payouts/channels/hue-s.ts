import { z } from 'zod'
import type { HttpClient } from '../../lib/http.ts'
import type { Channel, OutgoingPayment, PaymentOutcome } from './channel.ts'
import { enquireRail, fetchStatement, wireAmount } from './rail.ts'

const paymentAnswer = z.object({
  reference: z.string(),
  amount: wireAmount,
  status: z.enum(['executed', 'rejected']),
  reason: z.string().optional(),
})

/** The Hue-S wallet: one call a payment, answered at once. */
export function createHueS(http: HttpClient): Channel {
  return {
    name: 'hue-s',
    limits: {
      ...{ perTransferMax: 100_000_000n, perFileMax: 1, callsPerSecond: null, callsAtOnce: 100 },
      ...{ cutOff: null, mode: 'single', idempotent: false, finalAfterDays: 1 },
      answerWithinMs: 60_000,
    },
    mode: 'single',
    claimSize: 100,
    finalAfterDays: 1,
    send: async ({ payingUnit, payments }) =>
      new Map(
        await Promise.all(
          payments.map(async (payment): Promise<[string, PaymentOutcome]> => [
            payment.reference,
            await pay(http, payingUnit, payment),
          ]),
        ),
      ),
    status: () => Promise.resolve(new Map()),
    enquire: (reference) => enquireRail(http, reference),
    statement: (payingUnit, day) => fetchStatement(http, payingUnit, day),
  }
}

async function pay(
  http: HttpClient,
  account: string,
  payment: OutgoingPayment,
): Promise<PaymentOutcome> {
  const answer = await http.call('POST', '/payments', paymentAnswer, {
    reference: payment.reference,
    account,
    wallet: payment.accountNumber,
    name: payment.holderName,
    amount: payment.amount.toString(),
    text: payment.text,
  })
  if (answer.kind === 'refused') return answer
  if (answer.kind === 'no-answer') return { kind: 'unknown', reason: answer.reason }
  const { status, body } = answer
  // An answer about another payment or another amount proves nothing about this one.
  if (status !== 200 || body.reference !== payment.reference || body.amount !== payment.amount) {
    return { kind: 'unknown', reason: 'the answer echoes another payment' }
  }
  return body.status === 'executed'
    ? { kind: 'accepted' }
    : { kind: 'rejected', reason: body.reason ?? 'NARR' }
}
