import { ledger } from '../ledger/ledger.ts'
import type { Act, PersonId } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError, invariant } from '../lib/errors.ts'
import { explainLine, suspendedLine } from './explaining-store.ts'
import type { SuspendedLine } from './explaining-store.ts'

/** What a line in suspense turned out to be. */
type Explained =
  | { readonly kind: 'recovered'; readonly personId: string }
  | { readonly kind: 'interest' }
  | { readonly kind: 'bank-fee'; readonly programme: string }

/**
 * A line in suspense that may be explained. Throws DomainError `line-not-suspended`, `line-of-payment` (matching finds it, or
 * somebody decides about the payment: docs/adr/0031).
 */
export async function suspended(tx: Tx, lineId: string): Promise<SuspendedLine> {
  const line = await suspendedLine(tx, lineId)
  if (line === undefined) {
    const message = 'Không có dòng sao kê này đang chờ xử lý'
    throw new DomainError('not-found', 'line-not-suspended', message)
  }
  if (!line.ofPayment) return line
  const message = `Dòng này mang mã lệnh chi ${line.reference}: không giải trình ở đây, hãy xử lý lệnh chi đó`
  throw new DomainError('conflict', 'line-of-payment', message)
}

/** Refuses a fee of a programme for which nothing was ever booked. Throws DomainError `programme-unknown`. */
export async function requireProgramme(tx: Tx, what: Explained): Promise<void> {
  if (what.kind !== 'bank-fee' || (await ledger.hasProgramme(tx, what.programme))) return
  const message = `Sổ không có chương trình ${what.programme}`
  throw new DomainError('invalid', 'programme-unknown', message, { field: 'what.programme' })
}

/**
 * Takes a line out of suspense on the word of two people with a paper: the entry that booked it there is undone, and the right
 * one booked beside it (`recovered` from a person, `interest`, `bank-fee`), which the line is matched with. Returns that entry.
 * Throws DomainError `line-not-suspended`, `line-of-payment`, `programme-unknown`, `explanation-direction` (money came in, and a fee goes out), `below-floor` (more than
 * that person owes), `period-not-open`, `same-person`.
 */
export async function explain(
  tx: Tx,
  by: Act,
  of: {
    readonly lineId: string
    readonly what: Explained
    readonly document: string
    /** Whose commune what was recovered belongs to. */
    readonly communeId: number | null
  },
  confirmedBy: PersonId,
): Promise<{ readonly entryId: bigint; readonly reference: string }> {
  const { lineId, what, document, communeId } = of
  const line = await suspended(tx, lineId)
  requireDirection(line, what)
  await requireProgramme(tx, what)
  const reference = `explained:${lineId}`
  const { payingUnit: unit, amount, day } = line
  const undo = ledger.entry(
    line.direction === 'credit' ? 'suspense-credit-explained' : 'suspense-debit-explained',
    { unit, line: lineId, amount },
    { reference: `suspense-explained:${lineId}`, occurredOn: day },
  )
  const right = rightEntry(line, what, { reference, occurredOn: day, communeId })
  const posted = await ledger.byHand.post(tx, by, [right, undo], { document, confirmedBy })
  const entryId = posted[0]?.entryId
  invariant(entryId !== undefined, 'an entry for each')
  await explainLine(tx, { lineId, entryId, communeId })
  const detail = { ...what, document, confirmedBy, entryId: entryId.toString() }
  await recordActs(tx, by, [
    { act: 'break.explain', subject: `line:${lineId}`, communeId: communeId ?? undefined, detail },
  ])
  return { entryId, reference }
}

type Head = Omit<Parameters<typeof ledger.entry>[2], 'communeId'>

function rightEntry(
  { payingUnit: unit, amount }: SuspendedLine,
  what: Explained,
  { communeId, ...head }: Head & { readonly communeId: number | null },
) {
  const where = communeId === null ? head : { ...head, communeId }
  if (what.kind === 'recovered') {
    return ledger.entry('recovered', { unit, amount, person: what.personId }, where)
  }
  if (what.kind === 'interest') return ledger.entry('interest', { unit, amount }, where)
  return ledger.entry('bank-fee', { unit, amount, programme: what.programme }, where)
}

function requireDirection({ direction }: SuspendedLine, { kind }: Explained): void {
  if ((kind === 'bank-fee') === (direction === 'debit')) return
  const message = 'Tiền vào không phải là phí, tiền ra không phải là lãi hay tiền thu hồi'
  throw new DomainError('invalid', 'explanation-direction', message, { field: 'what' })
}
