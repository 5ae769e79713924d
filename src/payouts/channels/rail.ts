import { z } from 'zod'
import type { HttpClient } from '../../lib/http.ts'
import { parseVnd } from '../../lib/money.ts'
import type { LocalDate } from '../../lib/time.ts'
import { DomainError } from '../../lib/errors.ts'
import { accountStatuses } from './channel.ts'
import type { AccountAnswer, AccountToVerify, ChannelStatement, EnquiryAnswer } from './channel.ts'

/** Amounts on the wire are strings of digits. */
export const wireAmount = z.string().transform((text) => parseVnd(text))

const enquiryAnswer = z.object({
  status: z.enum(['executed', 'rejected', 'returned', 'not-found']),
  reason: z.string().optional(),
})

const statementAnswer = z.object({
  statementId: z.string(),
  opening: wireAmount,
  closing: wireAmount,
  lines: z.array(
    z.object({
      lineId: z.string(),
      reference: z.string(),
      direction: z.enum(['debit', 'credit']),
      kind: z.enum(['payment', 'return', 'transfer']),
      amount: wireAmount,
      reason: z.string().optional(),
    }),
  ),
})

/** Asks what became of a reference. A returned payment was executed: its statement line says the rest. */
export async function enquireRail(http: HttpClient, reference: string): Promise<EnquiryAnswer> {
  const answer = await http.call('GET', `/payments/${reference}`, enquiryAnswer)
  if (answer.kind === 'refused') return { kind: 'no-answer', reason: 'connection refused' }
  if (answer.kind === 'no-answer') return answer
  switch (answer.body.status) {
    case 'executed':
    case 'returned':
      return { kind: 'executed' }
    case 'rejected':
      return { kind: 'rejected', reason: answer.body.reason ?? 'NARR' }
    case 'not-found':
      return { kind: 'not-found' }
  }
}

const holder = z.object({
  bin: z.string(),
  accountNo: z.string(),
  holderName: z.string().min(1).max(140),
  status: z.enum(accountStatuses),
})
const noHolder = z.object({ bin: z.string(), accountNo: z.string(), status: z.literal('unknown') })

/** Asks a bank for the holder of an account. An answer about another account is no answer. */
export async function verifyRail(
  http: HttpClient,
  { bankCode, accountNumber }: AccountToVerify,
): Promise<AccountAnswer> {
  const path = `/accounts/${encodeURIComponent(bankCode ?? '')}/${encodeURIComponent(accountNumber)}`
  const answer = await http.call('GET', path, z.union([holder, noHolder]))
  if (answer.kind === 'refused') return { kind: 'no-answer', reason: 'connection refused' }
  if (answer.kind === 'no-answer') return answer
  const { status, body } = answer
  if (body.bin !== bankCode || body.accountNo !== accountNumber)
    return { kind: 'no-answer', reason: 'the answer is of another account' }
  if (status !== (body.status === 'unknown' ? 404 : 200))
    return { kind: 'no-answer', reason: `unexpected answer (${status})` }
  return 'holderName' in body
    ? { kind: 'known', holderName: body.holderName, status: body.status }
    : { kind: 'unknown-account' }
}

/** Fetches a day's statement of a paying unit. Throws DomainError `statement-missing` when it is not given. */
export async function fetchStatement(
  http: HttpClient,
  payingUnit: string,
  day: LocalDate,
): Promise<ChannelStatement> {
  const answer = await http.call(
    'GET',
    `/statements/${day}?account=${encodeURIComponent(payingUnit)}`,
    statementAnswer,
  )
  if (answer.kind !== 'answer' || answer.status !== 200) {
    throw new DomainError(
      'conflict',
      'statement-missing',
      `Chưa có sao kê ngày ${day} của ${payingUnit}`,
    )
  }
  const { statementId, opening, closing, lines } = answer.body
  return {
    id: statementId,
    day,
    opening,
    closing,
    lines: lines.map(({ lineId, reason, ...line }) => ({
      ...line,
      id: lineId,
      reason: reason ?? null,
    })),
  }
}
