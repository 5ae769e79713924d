import type { LocalDate } from '../../lib/time.ts'

/**
 * The rails that carry money to an account, in one place: queues, sweeps, checks, stops and routes go by it, so that a new one
 * is watched from the start. Cash goes through the service organisation (cash-service.ts).
 */
export const channelNames = ['bank', 'hue-s'] as const
export type ChannelName = (typeof channelNames)[number]

/** Something of each channel. */
export const byChannel = <T>(of: (channel: ChannelName) => T): Readonly<Record<ChannelName, T>> =>
  Object.fromEntries(channelNames.map((name) => [name, of(name)])) as Record<ChannelName, T>

/**
 * When a channel's word is final: how many days after a sending "not found" counts, once the statements are in, and whether
 * it gives one of every day; a bank gives those of working days, and the next one carries what happened in between. Set-up
 * copies it into the database, which asks it of every resend (law 4).
 */
export const FINALITY: Readonly<
  Record<ChannelName, { readonly afterDays: number; readonly statesEveryDay: boolean }>
> = {
  bank: { afterDays: 1, statesEveryDay: false },
  'hue-s': { afterDays: 1, statesEveryDay: true },
}

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

/** A reference of no payment: whether a channel answers is tried with it, so that no payment is at stake. */
export const PROBE = '0000000000000000'

/** What an enquiry says of a reference; `not-found` is not "not executed" before the channel's finality (law 4). */
export type EnquiryAnswer =
  | { readonly kind: 'executed' }
  | { readonly kind: 'rejected'; readonly reason: string }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'no-answer'; readonly reason: string }

/** An account or wallet as a name enquiry asks for it; `bankCode` is null for a wallet. */
export interface AccountToVerify {
  readonly bankCode: string | null
  readonly accountNumber: string
}

/** What the holder may do with the account; only `active` is paid into. */
export const accountStatuses = [
  'active',
  'blocked',
  'closed',
  'not-linked',
  'not-identified',
] as const
export type AccountStatus = (typeof accountStatuses)[number]

/** What the name enquiry says; `holderName` is as the channel has it registered. */
export type AccountAnswer =
  | { readonly kind: 'known'; readonly holderName: string; readonly status: AccountStatus }
  | { readonly kind: 'unknown-account' }
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

/**
 * What a channel can take and how it behaves, declared by the channel itself: planning, claiming, sweeps and enquiries
 * read these instead of knowing the rail. Adding a channel is its file, its configuration and its tests.
 */
export interface ChannelLimits {
  /** bulk: one order file is one claim; single: one call a payment, claimed in groups of `rowsMax`. */
  readonly mode: 'bulk' | 'single'
  /** Payments of one order file, or of one claim of single calls, at the most. */
  readonly rowsMax: number
  /** Đồng of one payment at the most. */
  readonly amountMax: bigint
  /** Calls a second at the most; null: the channel names no number. */
  readonly callsPerSecond: number | null
  /** Calls of one process that may be under way at once. */
  readonly callsAtOnce: number
  /** When orders are taken, "HH:MM" in Asia/Ho_Chi_Minh; null: day and night. */
  readonly hours: { readonly from: string; readonly until: string } | null
  /** Whether the holder is asked for by a name enquiry before the first payment into an account. */
  readonly verifiesFirst: boolean
  /** Accounts of one name enquiry at the most; 1: the channel is asked for one after the other. */
  readonly accountsAtOnce: number
  /** Whether it answers enquiries at all: what is sent again is asked after once more where it does. */
  readonly enquires: boolean
  /**
   * Whether the channel promises that the same reference twice is one payment. None does so far, and nothing is called twice
   * on the strength of it: what may have been executed is asked after (law 4).
   */
  readonly idempotent: boolean
  /** How long after sending the outcome of a row may be outstanding: the call itself, or the next status file. */
  readonly outcomeWithinMs: number
}

/** A claim as it is sent. The times are the database's: a channel has no clock. */
export interface OutgoingOrder {
  /** Of a bulk channel the file's own, never used for another; of a single one the order's. At most 35 characters. */
  readonly id: string
  /** The business day of execution. */
  readonly on: LocalDate
  /** When it was claimed, ISO 8601 with its offset. */
  readonly claimedAt: string
  readonly payingUnit: string
  readonly payerName: string
  readonly payments: readonly OutgoingPayment[]
  /**
   * Whether it may still be sent, asked before each call: a process that was frozen in the middle of a claim may find
   * that others have decided without it. Left out: it may.
   */
  readonly isFresh?: () => boolean
}

/** A part of an order file: `reference` names the payment that it is about; null: it is about none. */
export interface FilePiece {
  readonly text: string
  readonly reference: string | null
}

/** A status file as it came. */
export interface IncomingFile {
  readonly name: string
  readonly bytes: Uint8Array
  /** Says what became of it, once that is committed; a folder puts it away by this. */
  done(outcome: 'processed' | 'quarantined'): Promise<void>
}

/** A status code with its reason; codes as ISO 20022 names them. */
export interface ReportedStatus {
  readonly code: string
  readonly reason: string | null
}

/** A status file read: three levels, of which the lowest that speaks of a row is the one that counts. */
export interface StatusReport {
  readonly messageId: string
  /** The order file that it is about. */
  readonly fileId: string
  readonly count: bigint | null
  readonly total: bigint | null
  readonly status: ReportedStatus | null
  readonly tallies: ReadonlyMap<string, bigint>
  readonly parts: readonly {
    readonly id: string
    readonly count: bigint | null
    readonly total: bigint | null
    readonly status: ReportedStatus | null
    readonly tallies: ReadonlyMap<string, bigint>
    readonly rows: readonly {
      readonly reference: string
      readonly amount: bigint | null
      readonly status: ReportedStatus | null
    }[]
  }[]
}

/** What every rail can do, whatever its protocol. None of these calls is ever retried by the transport. */
export interface Channel {
  readonly name: ChannelName
  readonly limits: ChannelLimits
  /** Why the channel cannot carry a payment, as an ISO 20022 reason; null when it can. Asks nobody. */
  refusal(payment: OutgoingPayment): string | null
  /** Sends a claim once. Every payment gets an outcome; never throws for what the channel does. */
  send(order: OutgoingOrder): Promise<ReadonlyMap<string, PaymentOutcome>>
  /** Only of a channel that sends files: the bytes that `send` sends for a claim, so that they can be digested before. */
  readonly contents?: (order: OutgoingOrder) => Iterable<FilePiece>
  /**
   * Only of a channel whose files lie with us until it fetches them: takes a file back that still lies there, so that nobody
   * fetches it any more. Returns whether it did; either way the file does not lie there when this returns. Throws when it
   * cannot see the place.
   */
  readonly takeBack?: (fileId: string) => Promise<boolean>
  /** The status files that are there now: those of the named order files, or all that lie in the inbox. */
  statusFiles(fileIds: readonly string[]): AsyncIterable<IncomingFile>
  /** Reads a status file. Throws DomainError that says why it is not one: nothing of it may be used then. */
  readStatus(bytes: Uint8Array): StatusReport
  /** What became of a reference. `amount` is what we ordered: an answer about another amount is no answer. */
  enquire(reference: string, amount?: bigint): Promise<EnquiryAnswer>
  /** The name enquiry, asked before the first payment into an account. */
  verifyAccount(account: AccountToVerify): Promise<AccountAnswer>
  /** The same for up to `accountsAtOnce` accounts in one call, answered in their order; not called where that is 1. */
  verifyMany(accounts: readonly AccountToVerify[]): Promise<readonly AccountAnswer[]>
  /** Whether orders may be claimed now; after failures it tries the channel by an enquiry, never by a payment. */
  ready(): Promise<boolean>
  /** The statement of a day that is over. Throws when the channel does not give it: asking again is safe. */
  statement(payingUnit: string, day: LocalDate): Promise<ChannelStatement>
}
