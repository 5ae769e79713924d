import type { Call } from './serve.ts'

export type Direction = 'in' | 'out'

/** A payment order as the payer sent it: to whom, how much, out of which account. */
export interface Order {
  readonly reference: string
  readonly account: string
  readonly amount: bigint
  readonly to: string
  readonly name: string
  readonly text: string
  /** The file it came in, for a bank. */
  readonly fileId?: string
  /** The part of that file (PmtInf) it came in. */
  readonly part?: string
}

/** What every record of one order has; `attempt` counts the receipts of its reference. */
interface OrderRecord {
  readonly at: string
  readonly reference: string
  readonly account: string
  readonly amount: string
  readonly to: string
  readonly name: string
  readonly text: string
  readonly attempt: number
  readonly fileId?: string
  readonly part?: string
}
/** What every record has that makes a statement line. */
interface LineRecord {
  readonly at: string
  readonly lineId: string
  readonly reference: string
  readonly account: string
  readonly amount: string
}

export type CallRecord = Call & { readonly type: 'call'; readonly at: string | null }
export interface ClockRecord {
  readonly type: 'clock'
  readonly at: string
}

/** Money left the account. Not `answered`: the payer was not told, by HTTP or by the status report. */
export type ExecutedRecord = OrderRecord &
  LineRecord & {
    readonly type: 'executed'
    readonly answered: boolean
    readonly returnOn?: string
    readonly returnReason?: string
  }
export type RejectedRecord = OrderRecord & {
  readonly type: 'rejected'
  readonly answered: boolean
  readonly reason: string
}
/** Received, then neither executed nor answered. */
export type LostRecord = OrderRecord & { readonly type: 'lost' }
/** Money of an executed payment came back; `original` is the line by which it left. */
export type ReturnedRecord = LineRecord & {
  readonly type: 'returned'
  readonly reason: string
  readonly original: string
}
/** Money into or out of an account that is not a payment: its funding, for one. */
export type TransferRecord = LineRecord & {
  readonly type: 'transfer'
  readonly direction: Direction
  readonly counterparty: string
  readonly purpose: string
}
/** An order file received; its rows follow, one record each. */
export interface FileRecord {
  readonly type: 'file'
  readonly at: string
  readonly fileId: string
  readonly account: string
  readonly count: number
  readonly total: string
  readonly attempt: number
  readonly fate: 'answer' | 'lose' | 'drop'
  /** The version of pain.001 it came as. */
  readonly version: string
  /** Refused as a whole, with the reason. */
  readonly groupReason?: string
  /** Refused parts (PmtInf), with their reasons. */
  readonly partReasons?: Readonly<Record<string, string>>
}

export type HolderStatus = 'active' | 'blocked' | 'closed' | 'not-linked' | 'not-identified'
/** Whose an account or wallet is; a bank's account is `bin:number`. */
export interface HolderRecord {
  readonly type: 'holder'
  readonly account: string
  readonly name: string
  readonly status: HolderStatus
}
/** A callback was tried; `answer` is the status, 0 for none. */
export interface CallbackRecord {
  readonly type: 'callback'
  readonly at: string | null
  readonly eventId: string
  readonly answer: number
}

/** Every line of a bank's or wallet's book; each order received has exactly one executed, rejected or lost. */
export type RailRecord =
  | CallRecord
  | ClockRecord
  | ExecutedRecord
  | RejectedRecord
  | LostRecord
  | ReturnedRecord
  | TransferRecord
  | FileRecord
  | HolderRecord
  | CallbackRecord
