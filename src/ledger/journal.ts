import { DomainError } from '../lib/errors.ts'
import type { LocalDate } from '../lib/time.ts'
import type { AccountCode, SubjectKind } from './chart.ts'

/** What an account is about: "unit:474", "entitlement:2308-19750-000C4". */
export type Subject = `${SubjectKind}:${string}`

/** An account: a code of the chart with a subject. */
export interface AccountRef {
  readonly code: AccountCode
  readonly subject: Subject
}

/** One line of an entry: debit account, credit account (Nợ / Có), amount in đồng above zero. */
export interface Posting {
  readonly debit: AccountRef
  readonly credit: AccountRef
  readonly amount: bigint
}

/** Everything about an entry but its postings. */
export interface EntryHead {
  /** Unique for ever; the idempotency key of the entry: letters, digits and : . / _ - */
  readonly reference: string
  /** The day on which it happened. */
  readonly occurredOn: LocalDate
  /** The day under which it is booked; left out: the day it occurred, or, its month being closed, the next open month. */
  readonly postingDate?: LocalDate | undefined
  /** The commune whose row it is; left out: the province's. */
  readonly communeId?: number | undefined
  readonly memo?: string | undefined
  /** Budget dimensions: chapter, kind, item, sub-item, funding source. */
  readonly dimensions?: Readonly<Record<string, string>> | undefined
}

/** An entry ready to be posted, as a template builds it. */
export interface EntryDraft extends EntryHead {
  readonly template: string
  readonly version: number
  readonly postings: readonly Posting[]
}

/** The arrays that the door `ledger_post` takes (0003_ledger_doors/migration.sql): each account named once. */
export interface PostingCall {
  readonly entries: readonly EntryDraft[]
  readonly accounts: readonly AccountRef[]
  readonly entry: readonly number[]
  readonly seq: readonly number[]
  readonly debit: readonly number[]
  readonly credit: readonly number[]
  readonly amount: readonly string[]
}

/** At most so many entries and postings a call: there is a limit on everything. */
export const ENTRIES_MAX = 60_000
const POSTINGS_MAX = 200_000

/**
 * Lays entries out as the door wants them: distinct accounts, postings that point at them by 1-based position.
 * Takes 1 to 60,000 entries with at most 200,000 postings; throws DomainError `posting-call-size` otherwise.
 */
export function layOut(entries: readonly EntryDraft[]): PostingCall {
  const positions = new Map<string, number>()
  const accounts: AccountRef[] = []
  const positionOf = (account: AccountRef): number => {
    const key = `${account.code} ${account.subject}`
    const known = positions.get(key)
    if (known !== undefined) return known
    accounts.push(account)
    positions.set(key, accounts.length)
    return accounts.length
  }
  const entry: number[] = []
  const seq: number[] = []
  const debit: number[] = []
  const credit: number[] = []
  const amount: string[] = []
  entries.forEach(({ postings }, index) => {
    postings.forEach((posting, line) => {
      entry.push(index + 1)
      seq.push(line + 1)
      debit.push(positionOf(posting.debit))
      credit.push(positionOf(posting.credit))
      amount.push(posting.amount.toString())
    })
  })
  if (entries.length === 0 || entries.length > ENTRIES_MAX || entry.length > POSTINGS_MAX) {
    throw new DomainError(
      'invalid',
      'posting-call-size',
      `A call posts 1 to ${ENTRIES_MAX} entries with at most ${POSTINGS_MAX} postings, not ${entries.length} with ${entry.length}`,
    )
  }
  return { entries, accounts, entry, seq, debit, credit, amount }
}
