import { Readable } from 'node:stream'
import { DomainError } from '../../lib/errors.ts'
import type { HttpClient } from '../../lib/http.ts'
import type { Breaker } from './breaker.ts'
import type {
  Channel,
  ChannelLimits,
  EnquiryAnswer,
  OutgoingPayment,
  PaymentOutcome,
} from './channel.ts'
import { TRANSFER_MAX } from './bank.ts'
import { guarded, sendOne } from './guarded.ts'
import { verify, verifyMany } from './hue-s-holders.ts'
import { enquiryAnswer, paymentAnswer } from './hue-s-messages.ts'
import { fetchReport } from './hue-s-report.ts'
import type { Limiter } from './limiter.ts'

/** What the wallet is called with. `http` signs and checks (hue-s-signature.ts); the rest is shared by a process. */
export interface HueSSetting {
  readonly http: HttpClient
  readonly breaker: Breaker
  readonly limiter: Limiter
  readonly timeoutMs: number
  readonly callsAtOnce: number
  readonly callsPerSecond: number | null
  /** Whether holders are asked for before the first payment. */
  readonly verifiesFirst: boolean
  /** Wallets of one name enquiry. */
  readonly accountsAtOnce: number
}

/** What a claim may take at the rate that the wallet bears: claims of other senders have their turns in between. */
const CLAIM_SECONDS = 2
/** More in one claim saves little (of 200 each costs a twentieth more), and a worker that dies leaves as many to be asked after. */
const CLAIM_ROWS_MAX = 400

/** The Hue-S wallet: one call a payment, answered at once within `timeoutMs`. */
export function createHueS({ http, breaker, limiter, ...setting }: HueSSetting): Channel {
  const channel: Channel = {
    name: 'hue-s',
    limits: limitsOf(setting),
    refusal: ({ accountNumber }) => (/^\d{9,15}$/.test(accountNumber) ? null : 'AC01'),
    send: async ({ payingUnit, payments, isFresh = () => true }) => {
      const send = (payment: OutgoingPayment): Promise<PaymentOutcome> =>
        isFresh()
          ? sendOne(breaker, () => pay(http, payingUnit, payment))
          : Promise.resolve({ kind: 'refused' })
      return new Map(
        await Promise.all(
          payments.map(async (payment): Promise<[string, PaymentOutcome]> => [
            payment.reference,
            await limiter.run(() => send(payment)),
          ]),
        ),
      )
    },
    statusFiles: () => Readable.from([]),
    readStatus: () => {
      throw new DomainError('invalid', 'status-file', 'Ví không có tệp trạng thái')
    },
    enquire: (reference, amount) => limiter.run(() => enquire(http, reference, amount)),
    verifyAccount: ({ accountNumber }) => limiter.run(() => verify(http, accountNumber)),
    verifyMany: (accounts) => limiter.run(() => verifyMany(http, accounts)),
    ready: () => Promise.resolve(true),
    statement: (payingUnit, day) => fetchReport(http, payingUnit, day),
  }
  return guarded(channel, breaker)
}

/** Payments of one claim: no more than are called before the claim is too old to be sent. */
export const walletRowsMax = (callsPerSecond: number | null): number =>
  Math.min(CLAIM_ROWS_MAX, CLAIM_SECONDS * (callsPerSecond ?? CLAIM_ROWS_MAX))

function limitsOf(setting: Omit<HueSSetting, 'http' | 'breaker' | 'limiter'>): ChannelLimits {
  return {
    mode: 'single',
    rowsMax: walletRowsMax(setting.callsPerSecond),
    // The wallet's own ceiling is not known yet: that of a fast transfer (domain.md §4) stands for it.
    amountMax: TRANSFER_MAX,
    callsPerSecond: setting.callsPerSecond,
    callsAtOnce: setting.callsAtOnce,
    hours: null,
    verifiesFirst: setting.verifiesFirst,
    accountsAtOnce: setting.accountsAtOnce,
    enquires: true,
    idempotent: false,
    outcomeWithinMs: setting.timeoutMs,
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
  if (status !== 200 || 'error' in body)
    return { kind: 'unknown', reason: `unexpected answer (${status})` }
  // An answer about another payment or another amount proves nothing about this one.
  if (body.reference !== payment.reference || body.amount !== payment.amount) {
    return { kind: 'unknown', reason: 'the answer echoes another payment' }
  }
  if (body.status === 'rejected') return { kind: 'rejected', reason: body.reason ?? 'NARR' }
  return body.status === 'executed'
    ? { kind: 'accepted' }
    : { kind: 'unknown', reason: 'the answer tells of a return' }
}

/** A returned payment was executed: its statement line says the rest. */
async function enquire(
  http: HttpClient,
  reference: string,
  amount: bigint | undefined,
): Promise<EnquiryAnswer> {
  const silent = (reason: string): EnquiryAnswer => ({ kind: 'no-answer', reason })
  const answer = await http.call('GET', `/payments/${encodeURIComponent(reference)}`, enquiryAnswer)
  if (answer.kind === 'refused') return silent('connection refused')
  if (answer.kind === 'no-answer') return answer
  const { status, body } = answer
  if ('error' in body || status !== (body.status === 'not-found' ? 404 : 200))
    return silent(`unexpected answer (${status})`)
  if (body.reference !== reference) return silent('the answer echoes another payment')
  if (body.status === 'not-found') return { kind: 'not-found' }
  if (amount !== undefined && body.amount !== amount)
    return silent('the answer echoes another amount')
  return body.status === 'rejected'
    ? { kind: 'rejected', reason: body.reason ?? 'NARR' }
    : { kind: 'executed' }
}
