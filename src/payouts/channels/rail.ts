import { z } from 'zod'
import type { HttpClient } from '../../lib/http.ts'
import { parseVnd } from '../../lib/money.ts'
import type { LocalDate } from '../../lib/time.ts'
import { DomainError } from '../../lib/errors.ts'
import { accountStatuses } from './channel.ts'
import type { AccountAnswer, AccountToVerify, ChannelStatement, EnquiryAnswer } from './channel.ts'

/** Amounts on the wire are strings of digits. */
export const wireAmount = z.string().transform((text) => parseVnd(text))

/** A code of ISO 20022 or the channel's own; a text that no column takes is no answer. */
export const reasonCode = z.string().regex(/^[\x20-\x7e]{1,35}$/)

const enquiryAnswer = z.union([
  z.object({
    reference: z.string(),
    amount: wireAmount,
    status: z.enum(['executed', 'rejected', 'returned']),
    reason: reasonCode.optional(),
  }),
  z.object({ status: z.literal('not-found') }),
])

const statementAnswer = z.object({
  statementId: z.string(),
  account: z.string(),
  date: z.string(),
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

/**
 * Asks what became of a reference and, when given, its amount in đồng: another amount is no answer. A returned payment
 * was executed: its statement line says the rest.
 */
export async function enquireRail(
  http: HttpClient,
  reference: string,
  amount: bigint | undefined,
): Promise<EnquiryAnswer> {
  const answer = await http.call('GET', `/payments/${reference}`, enquiryAnswer)
  if (answer.kind === 'refused') return { kind: 'no-answer', reason: 'connection refused' }
  if (answer.kind === 'no-answer') return answer
  const { status, body } = answer
  if (status === 404 && body.status === 'not-found') return { kind: 'not-found' }
  // Another status, or an answer about another payment, says nothing of this one.
  if (status !== 200 || body.status === 'not-found' || body.reference !== reference)
    return { kind: 'no-answer', reason: `unexpected answer (${status})` }
  if (amount !== undefined && body.amount !== amount)
    return { kind: 'no-answer', reason: 'the answer echoes another amount' }
  return body.status === 'rejected'
    ? { kind: 'rejected', reason: body.reason ?? 'NARR' }
    : { kind: 'executed' }
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

const manyHolders = z.object({ accounts: z.array(z.union([holder, noHolder])) })

/** The same for many accounts in one call. An answer that names another account in its place says nothing of this one. */
export async function verifyManyRail(
  http: HttpClient,
  accounts: readonly AccountToVerify[],
): Promise<readonly AccountAnswer[]> {
  const asked = accounts.map(({ bankCode, accountNumber }) => ({
    bin: bankCode ?? '',
    accountNo: accountNumber,
  }))
  const answer = await http.call('POST', '/accounts/enquiries', manyHolders, { accounts: asked })
  if (answer.kind === 'refused') return silentAbout(accounts, 'connection refused')
  if (answer.kind === 'no-answer') return silentAbout(accounts, answer.reason)
  const { accounts: said } = answer.body
  if (answer.status !== 200 || said.length !== accounts.length)
    return silentAbout(accounts, `unexpected answer (${answer.status})`)
  return said.map((one, at) => {
    if (one.bin !== asked[at]?.bin || one.accountNo !== asked[at].accountNo)
      return { kind: 'no-answer', reason: 'the answer is of another account' }
    return 'holderName' in one
      ? { kind: 'known', holderName: one.holderName, status: one.status }
      : { kind: 'unknown-account' }
  })
}

/** No answer about any of some accounts. */
export const silentAbout = (
  accounts: readonly AccountToVerify[],
  reason: string,
): readonly AccountAnswer[] => accounts.map(() => ({ kind: 'no-answer', reason }))

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
  const isAskedFor =
    answer.kind === 'answer' && answer.body.account === payingUnit && answer.body.date === day
  if (!isAskedFor || answer.status !== 200) {
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
