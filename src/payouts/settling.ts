import { ledger } from '../ledger/ledger.ts'
import type { Act } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { invariant } from '../lib/errors.ts'
import type { LocalDate } from '../lib/time.ts'
import { registry } from '../registry/registry.ts'
import { lockForLines, settle } from './settling-store.ts'
import type { LineOfInstruction, MatchedLine } from './settling-store.ts'

export type { LineOfInstruction, MatchedLine } from './settling-store.ts'

/**
 * Settles instructions by statement lines that name their reference and exact amount: an executed debit makes
 * SUBMITTED, ACCEPTED or UNKNOWN instructions PAID, a return credit makes PAID ones RETURNED; each with its entry in
 * the caller's transaction; an account that was paid is no longer news to the next approver. Takes lines with unique ids, booked on `day`; returns those that matched. A second debit of
 * one reference, another amount, or an instruction in another state does not match: the line stays open.
 */
export async function settleLines(
  tx: Tx,
  by: Act,
  lines: {
    readonly kind: 'payment' | 'return'
    readonly day: LocalDate
    readonly rows: readonly LineOfInstruction[]
  },
): Promise<readonly MatchedLine[]> {
  const { kind, day } = lines
  const paid = kind === 'payment'
  const found = await lockForLines(
    tx,
    lines.rows,
    paid ? ['SUBMITTED', 'ACCEPTED', 'UNKNOWN'] : ['PAID'],
  )
  if (found.length === 0) return []
  const posted = await ledger.post(
    tx,
    by,
    found.map(({ reference, entitlement, listNumber, amount, communeId }) => {
      const head = {
        reference: `${paid ? 'paid' : 'returned'}:${reference}`,
        occurredOn: day,
        communeId,
      }
      return paid
        ? ledger.entry(
            'paid',
            { entitlement, instruction: reference, amount, carried: false },
            head,
          )
        : ledger.entry('returned', { entitlement, list: listNumber, amount, carried: false }, head)
    }),
  )
  await settle(
    tx,
    found.map(({ reference, reason }) => ({ reference, reason })),
    paid ? 'PAID' : 'RETURNED',
  )
  if (paid) {
    await registry.accounts.markPaid(
      tx,
      found.map(({ accountId }) => accountId),
    )
  }
  return found.map(({ lineId, communeId }, index) => {
    const entry = posted[index]
    invariant(entry, 'an entry per line')
    return { lineId, communeId, entryId: entry.entryId }
  })
}
