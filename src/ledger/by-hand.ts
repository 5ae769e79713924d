import type { Act, PersonId } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError, invariant } from '../lib/errors.ts'
import type { LocalDate } from '../lib/time.ts'
import * as store from './by-hand-store.ts'
import type { EntryRead, PostingRead } from './by-hand-store.ts'
import { layOut } from './journal.ts'
import type { EntryDraft } from './journal.ts'
import { callPost, callReverse } from './ledger-store.ts'
import type { Posted } from './ledger-store.ts'
import { templates } from './templates.ts'
import type { TemplateName } from './templates.ts'

/**
 * What officers book by hand, and may reverse: the funds of a paying unit. Anything else is booked by the act of a list, a
 * payment or a statement, and is put right by an act of theirs: a reversal alone would part books and states.
 */
export const FUNDING = [
  ...(['estimate-assigned', 'direct-order-received', 'advance-order-received', 'draw'] as const),
  ...(['move-to-bank', 'move-to-treasury', 'sent-back', 'unused-draw-returned'] as const),
] as const satisfies readonly TemplateName[]

const isFunding = (template: string): boolean => FUNDING.some((one) => one === template)

/** Funds of a paying unit as its voucher has them. */
export interface Funds {
  readonly step: (typeof FUNDING)[number]
  /** The paying unit's id. */
  readonly unit: string
  /** In đồng, above zero. */
  readonly amount: bigint
  /** The voucher's number, in letters, digits and . / _ -; with step and unit it is the entry's reference. */
  readonly number: string
  readonly occurredOn: LocalDate
  readonly document: string
}

interface ByHand {
  readonly entryId: bigint
  /** What a transfer's statement line has to carry to be matched. */
  readonly reference: string
}

/**
 * Books funds of a paying unit on the word of two people, with the paper; a voucher once. `today` is the business day.
 * Throws DomainError `day-to-come`, `entry-there`, `reference-reused`, `below-floor`, `period-not-open`, `same-person`.
 */
export async function fund(
  tx: Tx,
  by: Act,
  funds: Funds & { readonly today: LocalDate },
  confirmedBy: PersonId,
): Promise<ByHand> {
  const { step, unit, amount, number, occurredOn, document } = funds
  requireReached(occurredOn, funds.today)
  const { version, build } = templates[step]
  const reference = `${step}:${unit}:${number}`
  const head = { reference, occurredOn, memo: document }
  const draft = { ...head, template: step, version, postings: build({ unit, amount }) }
  const [posted] = await callPost(tx, by.actor, layOut([draft]))
  const detail = { step, unit, amount: amount.toString(), reference }
  return keep(tx, by, posted, { reference, document, confirmedBy, act: 'entry.fund', detail })
}

/**
 * Reverses an entry that was booked by hand, on the word of two people, once. Throws DomainError `entry-missing`,
 * `not-by-hand`, `not-reversible`, `day-to-come`, `below-floor`, `period-not-open`, `same-person`.
 */
export async function reverseByHand(
  tx: Tx,
  by: Act,
  of: {
    readonly entryId: bigint
    readonly occurredOn: LocalDate
    readonly reason: string
    readonly document: string
    readonly today: LocalDate
  },
  confirmedBy: PersonId,
): Promise<ByHand> {
  const { entryId, occurredOn, reason, document } = of
  requireReached(occurredOn, of.today)
  const entry = await reversible(tx, entryId)
  const reference = `reversal:${String(entryId)}`
  const posted = await callReverse(tx, by.actor, { entryId, reference, occurredOn, memo: reason })
  const detail = { entryId: entryId.toString(), reference: entry.reference, reason }
  return keep(tx, by, posted, { reference, document, confirmedBy, act: 'entry.reverse', detail })
}

/**
 * Posts entries that belong to an act of two people with a paper, which is kept with each. Returns them in order. Throws
 * DomainError `entry-there`, and what `ledger.post` throws; `same-person`.
 */
export async function postOnPaper(
  tx: Tx,
  by: Act,
  drafts: readonly EntryDraft[],
  paper: { readonly document: string; readonly confirmedBy: PersonId },
): Promise<readonly Posted[]> {
  const posted = await callPost(tx, by.actor, layOut(drafts))
  for (const { entryId, replayed } of posted) {
    if (replayed) throw new DomainError('conflict', 'entry-there', 'Chứng từ này đã được ghi sổ')
    await store.insertByHand(tx, { entryId, enteredBy: by.actor, ...paper })
  }
  return posted
}

/** An entry that may be reversed by hand. Throws DomainError `entry-missing`, `not-by-hand`, `not-reversible`. */
export async function reversible(tx: Tx, id: bigint): Promise<EntryRead> {
  const entry = await entryOf(tx, id)
  if (!isFunding(entry.template)) {
    const message =
      'Bút toán này do danh sách, lệnh chi hoặc sao kê sinh ra: sửa bằng việc của nó, không đảo riêng'
    throw new DomainError('conflict', 'not-by-hand', message)
  }
  if (entry.reversedBy !== null) {
    throw new DomainError('conflict', 'not-reversible', 'Bút toán này đã được đảo')
  }
  return entry
}

/** Postings that are shown of an entry; `postingCount` says when there are more. */
const POSTINGS_SHOWN = 200

/** An entry with its postings, the first 200. Throws DomainError `entry-missing`. */
export async function entryRead(
  tx: Tx,
  id: bigint,
): Promise<EntryRead & { readonly postings: readonly PostingRead[] }> {
  const entry = await entryOf(tx, id)
  return { ...entry, postings: await store.postingsOf(tx, id, POSTINGS_SHOWN) }
}

async function entryOf(tx: Tx, id: bigint): Promise<EntryRead> {
  const entry = await store.entryById(tx, id)
  if (entry !== undefined) return entry
  throw new DomainError('not-found', 'entry-missing', 'Không có bút toán này')
}

function requireReached(day: LocalDate, today: LocalDate): void {
  if (day <= today) return
  throw new DomainError('invalid', 'day-to-come', 'Ngày phát sinh chưa tới')
}

async function keep(
  tx: Tx,
  by: Act,
  posted: Posted | undefined,
  of: {
    readonly reference: string
    readonly document: string
    readonly confirmedBy: PersonId
    readonly act: string
    readonly detail: Readonly<Record<string, string>>
  },
): Promise<ByHand> {
  invariant(posted !== undefined, 'the door answers for its entry')
  const { reference, document, confirmedBy, act, detail } = of
  if (posted.replayed) {
    throw new DomainError('conflict', 'entry-there', 'Chứng từ này đã được ghi sổ')
  }
  const { entryId } = posted
  await store.insertByHand(tx, { entryId, document, enteredBy: by.actor, confirmedBy })
  const subject = `entry:${String(entryId)}`
  await recordActs(tx, by, [{ act, subject, detail: { ...detail, document, confirmedBy } }])
  return { entryId, reference }
}
