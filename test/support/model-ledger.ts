import { DomainError } from '../../src/lib/errors.ts'
import { addMonths, monthOf } from '../../src/lib/time.ts'
import type { LocalDate, Month } from '../../src/lib/time.ts'
import { chart } from '../../src/ledger/chart.ts'
import type { AccountCode } from '../../src/ledger/chart.ts'
import type { AccountRef, EntryDraft, Posting } from '../../src/ledger/journal.ts'

/** An account in one word, as the model and the database reads of the tests name it. */
export const nameOf = ({ code, subject }: AccountRef): string => `${code} ${subject}`

/** An entry as the model keeps it: where it stands on the two axes, and what it reverses. */
export interface ModelEntry extends EntryDraft {
  readonly postingDate: LocalDate
  readonly reverses: string | undefined
  block: number
}

const NOT_SEALED = Infinity
const refusal = (code: string, message: string) => new DomainError('conflict', code, message)

/**
 * What the ledger should do, said as simply as possible: a list of entries in memory and sums over
 * it. It shares no code with the database; the tests compare the two. Refusals carry the codes of
 * src/lib/db-errors.ts.
 */
export class ModelLedger {
  readonly entries: ModelEntry[] = []
  readonly periods = new Map<Month, 'open' | 'closed'>()
  blocks = 0

  /** Posts all or none, each as if alone; returns for each whether it was there before. */
  post(drafts: readonly EntryDraft[]): readonly boolean[] {
    const before = this.entries.length
    try {
      return drafts.map((draft) => this.#add(draft, undefined))
    } catch (error) {
      this.entries.length = before
      throw error
    }
  }

  /** Posts the reversal of an entry; returns whether it was there before. */
  reverse(original: ModelEntry, head: Pick<EntryDraft, 'reference' | 'occurredOn'>): boolean {
    const { communeId, dimensions } = original
    const postings = original.postings.map((p) => ({ ...p, debit: p.credit, credit: p.debit }))
    const reversal = { ...head, communeId, dimensions, template: 'reversal', version: 1, postings }
    const known = this.#known(head.reference) !== undefined
    if (!known) this.#dateOf(reversal)
    if (original.reverses !== undefined) throw refusal('not-reversible', 'a reversal')
    const again = this.entries.some(({ reverses }) => reverses === original.reference)
    if (!known && again) throw refusal('not-reversible', 'reversed already')
    return this.#add(reversal, original.reference)
  }

  /** Returns whether the month was new. */
  openPeriod(month: Month): boolean {
    for (const [other, state] of this.periods) {
      if (other > month && state === 'closed')
        throw refusal('period-not-open', 'a later one is closed')
    }
    const fresh = !this.periods.has(month)
    if (fresh) this.periods.set(month, 'open')
    return fresh
  }

  closePeriod(month: Month): void {
    for (const [other, state] of this.periods) {
      if (other < month && state === 'open')
        throw refusal('period-not-open', 'an earlier one is open')
    }
    if (this.periods.get(month) !== 'open') throw refusal('period-not-open', 'not open')
    this.seal()
    this.periods.set(month, 'closed')
  }

  /** Returns how many entries were sealed. */
  seal(): number {
    const fresh = this.entries.filter(({ block }) => block === NOT_SEALED)
    if (fresh.length > 0) this.blocks += 1
    for (const entry of fresh) entry.block = this.blocks
    return fresh.length
  }

  /**
   * Every balance that is not zero, in each account's own direction, at a point of the two axes.
   */
  balances(
    at: { readonly on?: LocalDate; readonly block?: number | undefined } = {},
  ): Map<string, bigint> {
    const sums = new Map<string, bigint>()
    const move = (account: AccountRef, debit: bigint) => {
      const own = chart[account.code].grows === 'debit' ? debit : -debit
      sums.set(nameOf(account), (sums.get(nameOf(account)) ?? 0n) + own)
    }
    for (const { postings, postingDate, block } of this.entries) {
      if (postingDate > (at.on ?? '9999') || block > (at.block ?? NOT_SEALED)) continue
      for (const { debit, credit, amount } of postings) {
        move(debit, amount)
        move(credit, -amount)
      }
    }
    return new Map([...sums].filter(([, sum]) => sum !== 0n))
  }

  #add(draft: EntryDraft, reverses: string | undefined): boolean {
    const known = this.#known(draft.reference)
    if (known !== undefined) {
      if (contentOf(known, known.reverses) === contentOf(draft, reverses)) return true
      throw refusal('reference-reused', draft.reference)
    }
    const postingDate = this.#dateOf(draft)
    this.entries.push({ ...draft, postingDate, reverses, block: NOT_SEALED })
    for (const [account, balance] of this.balances()) {
      const floor = chart[account.split(' ')[0] as AccountCode].floor
      if (floor !== null && balance < floor) throw this.#undo(refusal('below-floor', account))
    }
    return false
  }

  #known(reference: string): ModelEntry | undefined {
    return this.entries.find((entry) => entry.reference === reference)
  }

  #undo(error: DomainError): DomainError {
    this.entries.pop()
    return error
  }

  #dateOf({ postingDate, occurredOn }: Pick<EntryDraft, 'postingDate' | 'occurredOn'>): LocalDate {
    const day = postingDate ?? this.#firstOpenDay(occurredOn)
    if (day === undefined || this.periods.get(monthOf(day)) !== 'open') {
      throw refusal('period-not-open', String(day))
    }
    return day
  }

  #firstOpenDay(occurredOn: LocalDate): LocalDate | undefined {
    const own = monthOf(occurredOn)
    if (this.periods.get(own) === 'open') return occurredOn
    for (let month = own, ahead = 0; ahead < 240; ahead += 1, month = addMonths(month, 1)) {
      if (this.periods.get(month) === 'open') return month
    }
    return undefined
  }
}

/** Everything that the caller says but the posting date: what a replay is compared by. */
function contentOf(draft: EntryDraft, reverses: string | undefined): string {
  const { template, version, occurredOn, communeId, memo, dimensions, postings } = draft
  const line = ({ debit, credit, amount }: Posting) => [
    nameOf(debit),
    nameOf(credit),
    String(amount),
  ]
  return JSON.stringify([
    template,
    version,
    occurredOn,
    communeId,
    memo,
    dimensions,
    reverses,
    postings.map(line),
  ])
}
