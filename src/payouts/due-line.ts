import type { PersonId } from '../lib/act.ts'
import type { Vnd } from '../lib/money.ts'
import type { Month } from '../lib/time.ts'
import type { ChannelName } from './channels/channel.ts'

/** One thing a person is owed on a month's list; the registry says the same of itself (plan: DueLine). */
export interface DueLine {
  readonly personId: PersonId
  readonly enrolmentId: string
  readonly programme: string
  /** 'monthly', 'care', 'institution', 'funeral', 'one-off', 'difference'. */
  readonly component: string
  /** The month it is owed for: before the list's month for arrears. */
  readonly period: Month
  readonly categoryCode: string
  readonly amount: Vnd
  readonly explanation: string
  readonly explanationEn: string
  readonly legalBasis: string
}

/** Who receives a person's money of a programme, and how. */
export interface Payee {
  readonly payeeId: PersonId
  readonly relation: string
  readonly representationId: string | null
  readonly method: 'account' | 'cash'
  readonly channel: ChannelName | null
  readonly paymentAccountId: string | null
  /** Why it could not be released today; null when it could. */
  readonly hold: string | null
  readonly warnings: readonly string[]
}

/** What the law owes the people of a commune on a month's list and who receives it. */
export interface Due {
  readonly lines: readonly DueLine[]
  /** By `${personId}:${programme}`. */
  readonly payees: ReadonlyMap<string, Payee>
}
