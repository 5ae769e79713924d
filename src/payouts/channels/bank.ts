import { z } from 'zod'
import type { CallResult, HttpClient } from '../../lib/http.ts'
import { sumVnd } from '../../lib/money.ts'
import { ORDER_ROWS_MAX } from './channel.ts'
import type { Channel, OutgoingPayment, PaymentOutcome } from './channel.ts'
import { enquireRail, fetchStatement } from './rail.ts'

const receipt = z.object({ fileId: z.string(), received: z.number() })
const refusal = z.object({ error: z.string(), field: z.string().optional() })
const statusReport = z.object({
  fileId: z.string(),
  rows: z.array(
    z.object({
      reference: z.string(),
      status: z.enum(['ACSC', 'RJCT']),
      reason: z.string().optional(),
    }),
  ),
})

/** The bank: order files with control totals out, status reports by file back. */
export function createBank(http: HttpClient): Channel {
  return {
    name: 'bank',
    limits: {
      ...{ perTransferMax: 499_999_999n, perFileMax: ORDER_ROWS_MAX, callsPerSecond: null },
      ...{ callsAtOnce: 1, cutOff: null, mode: 'bulk', idempotent: false, finalAfterDays: 1 },
      answerWithinMs: 86_400_000,
    },
    mode: 'bulk',
    claimSize: ORDER_ROWS_MAX,
    finalAfterDays: 1,
    send: async ({ id, payingUnit, payments }) => {
      const answer = await http.call(
        'POST',
        '/orders',
        z.union([receipt, refusal]),
        orderFile(id, payingUnit, payments),
      )
      return outcomes(payments, outcomeOf(answer, id, payments.length))
    },
    status: async (orderId) => {
      const answer = await http.call(
        'GET',
        `/orders/${encodeURIComponent(orderId)}/status`,
        z.union([statusReport, refusal]),
      )
      if (answer.kind !== 'answer' || !('rows' in answer.body)) return new Map()
      return new Map(
        answer.body.rows.map(({ reference, status, reason }): [string, PaymentOutcome] => [
          reference,
          status === 'ACSC' ? { kind: 'accepted' } : { kind: 'rejected', reason: reason ?? 'NARR' },
        ]),
      )
    },
    enquire: (reference) => enquireRail(http, reference),
    statement: (payingUnit, day) => fetchStatement(http, payingUnit, day),
  }
}

function orderFile(fileId: string, account: string, payments: readonly OutgoingPayment[]) {
  return {
    fileId,
    account,
    count: payments.length,
    total: sumVnd(payments.map(({ amount }) => amount)).toString(),
    orders: payments.map((payment) => ({
      reference: payment.reference,
      bin: payment.bankCode,
      accountNo: payment.accountNumber,
      name: payment.holderName,
      amount: payment.amount.toString(),
      text: payment.text,
    })),
  }
}

function outcomeOf(answer: CallResult<unknown>, fileId: string, count: number): PaymentOutcome {
  if (answer.kind === 'refused') return { kind: 'refused' }
  if (answer.kind === 'no-answer') return { kind: 'unknown', reason: answer.reason }
  const accepted = receipt.safeParse(answer.body)
  if (
    answer.status === 202 &&
    accepted.success &&
    accepted.data.fileId === fileId &&
    accepted.data.received === count
  ) {
    return { kind: 'submitted' }
  }
  // 400 is documented as "nothing of the file was executed"; any other answer proves nothing.
  if (answer.status === 400) return { kind: 'rejected', reason: 'FF01' }
  return { kind: 'unknown', reason: `unexpected answer ${answer.status}` }
}

function outcomes(
  payments: readonly OutgoingPayment[],
  outcome: PaymentOutcome,
): ReadonlyMap<string, PaymentOutcome> {
  return new Map(payments.map(({ reference }) => [reference, outcome]))
}
