import type { LocalDate } from '../../lib/time.ts'

/** The rails that carry money to an account. Cash goes through the service organisation (cash-service.ts). */
export type ChannelName = 'bank' | 'hue-s'

/** Rows of an order at the most: a file is one claim, so a bulk channel must take as many. */
export const ORDER_ROWS_MAX = 500

/** One instruction as a channel needs it; the amount in đồng. */
export interface OutgoingPayment {
  readonly reference: string
  readonly amount: bigint
  readonly bankCode: string | null
  readonly accountNumber: string
  readonly holderName: string
  readonly text: string
}

/** What became of one payment, as far as an answer says. A missing answer is `unknown`, never a failure. */
export type PaymentOutcome =
  | { readonly kind: 'submitted' }
  | { readonly kind: 'accepted' }
  | { readonly kind: 'rejected'; readonly reason: string }
  /** The connection was refused before any byte left: the one case in which it was surely not sent. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'unknown'; readonly reason: string }

/** What an enquiry says of a reference; `not-found` is not "not executed" before the channel's finality (law 4). */
export type EnquiryAnswer =
  | { readonly kind: 'executed' }
  | { readonly kind: 'rejected'; readonly reason: string }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'no-answer'; readonly reason: string }

/** A day's statement as the channel sends it; amounts in đồng. */
export interface ChannelStatement {
  readonly id: string
  readonly day: LocalDate
  readonly opening: bigint
  readonly closing: bigint
  readonly lines: readonly {
    readonly id: string
    readonly reference: string
    readonly direction: 'debit' | 'credit'
    readonly kind: 'payment' | 'return' | 'transfer'
    readonly amount: bigint
    readonly reason: string | null
  }[]
}

/** What a channel can take, and what its answers are worth. Amounts in đồng, hours "HH:MM" of Vietnam. */
export interface ChannelLimits {
  readonly perTransferMax: bigint
  readonly perFileMax: number
  readonly callsPerSecond: number | null
  readonly callsAtOnce: number
  /** Between these hours it takes nothing; null: it always does. */
  readonly cutOff: { readonly from: string; readonly to: string } | null
  readonly mode: 'bulk' | 'single'
  readonly idempotent: boolean
  readonly finalAfterDays: number
  /** How long until "no answer" means unknown: a call's answer, or a file's status report. */
  readonly answerWithinMs: number
}

/** What every rail can do, whatever its protocol. None of these calls is ever retried by the transport. */
export interface Channel {
  readonly name: ChannelName
  readonly limits: ChannelLimits
  /** bulk: one order file is one claim; single: one call a payment, claimed in groups of `claimSize`. */
  readonly mode: 'bulk' | 'single'
  readonly claimSize: number
  /** Days after which "not found" is final, once the statement of the day of sending is in. */
  readonly finalAfterDays: number
  /** Sends a claim once. Every payment gets an outcome; never throws for what the channel does. */
  send(order: {
    readonly id: string
    readonly payingUnit: string
    readonly payments: readonly OutgoingPayment[]
  }): Promise<ReadonlyMap<string, PaymentOutcome>>
  /** The status report of an order (bulk channels): outcomes of the payments that it names. */
  status(orderId: string): Promise<ReadonlyMap<string, PaymentOutcome>>
  enquire(reference: string): Promise<EnquiryAnswer>
  /** The statement of a day that is over. Throws when the channel does not give it: asking again is safe. */
  statement(payingUnit: string, day: LocalDate): Promise<ChannelStatement>
}
