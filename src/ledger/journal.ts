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

/** The columns of a call as the door takes them: what is the same everywhere is sent once, or as null. */
export interface PostingColumns {
  readonly reference: readonly string[]
  /** One of each when all entries have the same. */
  readonly template: readonly string[]
  readonly version: readonly number[]
  readonly occurredOn: readonly LocalDate[]
  readonly postingDate: readonly (LocalDate | null)[] | null
  readonly communeId: readonly (number | null)[] | null
  readonly memo: readonly (string | null)[] | null
  /** As JSON. */
  readonly dimensions: readonly (string | null)[] | null
  readonly code: readonly string[]
  readonly subject: readonly string[]
  /** Null when each entry has one posting, in the order of entries. */
  readonly entry: readonly number[] | null
  readonly seq: readonly number[] | null
}

/** Takes a call that is laid out; returns its columns but debit, credit and amount, which are sent as they are. */
export function columnsOf({ entries, accounts, entry, seq }: PostingCall): PostingColumns {
  const [first] = entries
  const alike = entries.every((e) => e.template === first?.template && e.version === first.version)
  const named = alike ? entries.slice(0, 1) : entries
  const single = entry.length === entries.length && entry.every((of, index) => of === index + 1)
  return {
    reference: entries.map((e) => e.reference),
    template: named.map((e) => e.template),
    version: named.map((e) => e.version),
    occurredOn: entries.map((e) => e.occurredOn),
    postingDate: filledIn(entries, (e) => e.postingDate),
    communeId: filledIn(entries, (e) => e.communeId),
    memo: filledIn(entries, (e) => e.memo),
    dimensions: filledIn(entries, (e) => e.dimensions && JSON.stringify(e.dimensions)),
    code: accounts.map((a) => a.code),
    subject: accounts.map((a) => a.subject),
    entry: single ? null : entry,
    seq: single ? null : seq,
  }
}

/** A column of entries, or null when none of them fills it in. */
function filledIn<T>(
  entries: readonly EntryDraft[],
  value: (entry: EntryDraft) => T | undefined,
): readonly (T | null)[] | null {
  const column = entries.map((entry) => value(entry) ?? null)
  return column.some((one) => one !== null) ? column : null
}
