import { Readable } from 'node:stream'
import { z } from 'zod'
import { DomainError } from '../../lib/errors.ts'
import type { HttpClient } from '../../lib/http.ts'
import type { Channel, OutgoingPayment, PaymentOutcome } from './channel.ts'
import { enquireRail, fetchStatement, wireAmount } from './rail.ts'

const paymentAnswer = z.object({
  reference: z.string(),
  amount: wireAmount,
  status: z.enum(['executed', 'rejected']),
  reason: z.string().optional(),
})

/** The Hue-S wallet: one call a payment, answered at once within `timeoutMs`. */
export function createHueS(http: HttpClient, timeoutMs = 30_000): Channel {
  return {
    name: 'hue-s',
    limits: {
      mode: 'single',
      rowsMax: 100,
      // The wallet's own ceiling is not known yet: that of a fast transfer (domain.md §4) stands for it.
      amountMax: 499_999_999n,
      callsPerSecond: null,
      hours: null,
      idempotent: false,
      finalAfterDays: 1,
      answerWithinMs: timeoutMs,
      outcomeWithinMs: timeoutMs,
    },
    refusal: () => null,
    send: async ({ payingUnit, payments }) =>
      new Map(
        await Promise.all(
          payments.map(async (payment): Promise<[string, PaymentOutcome]> => [
            payment.reference,
            await pay(http, payingUnit, payment),
          ]),
        ),
      ),
    statusFiles: () => Readable.from([]),
    readStatus: () => {
      throw new DomainError('invalid', 'status-file', 'Ví không có tệp trạng thái')
    },
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
