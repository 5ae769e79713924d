import { z } from 'zod'
import { accountStatuses } from './channel.ts'
import { reasonCode, wireAmount } from './rail.ts'

/** What the wallet answers, exactly: an answer with anything else in it is no answer. */
const refusal = z.strictObject({ error: z.string(), field: z.string().optional() })

const payment = z.strictObject({
  reference: z.string(),
  amount: wireAmount,
  status: z.enum(['executed', 'rejected', 'returned']),
  reason: reasonCode.optional(),
  times: z.int().optional(),
})

export const paymentAnswer = z.union([payment, refusal])

export const enquiryAnswer = z.union([
  payment,
  z.strictObject({ reference: z.string(), status: z.literal('not-found') }),
  refusal,
])

const holder = z.strictObject({
  wallet: z.string(),
  holderName: z.string().min(1).max(140),
  status: z.enum(accountStatuses),
})
const noHolder = z.strictObject({ wallet: z.string(), status: z.literal('unknown') })
export const holderAnswer = z.union([holder, noHolder, refusal])
export const holderAnswers = z.union([
  z.strictObject({ wallets: z.array(z.union([holder, noHolder])) }),
  refusal,
])

/** One page of a day's settlement report; every page repeats the head. */
export const reportPage = z.strictObject({
  reportId: z.string().min(1).max(100),
  account: z.string(),
  date: z.string(),
  opening: wireAmount,
  closing: wireAmount,
  lineCount: z.int().min(0),
  page: z.int().min(1),
  pages: z.int().min(1).max(10_000),
  lines: z
    .array(
      z.strictObject({
        lineId: z.string(),
        reference: z.string(),
        direction: z.enum(['debit', 'credit']),
        kind: z.enum(['payment', 'return', 'transfer']),
        amount: wireAmount,
        reason: z.string().optional(),
        original: z.string().optional(),
      }),
    )
    .max(1_000),
})
export const reportAnswer = z.union([reportPage, refusal])
