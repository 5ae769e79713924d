import { ledger } from '../ledger/ledger.ts'
import type { Act } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { invariant } from '../lib/errors.ts'
import { CHUNK } from './matching.ts'
import * as store from './reconciliation-store.ts'
import type { OpenLine } from './reconciliation-store.ts'

/**
 * Books every line that is still open as unexplained, so that the books equal the bank: suspense until somebody
 * explains it (a break with an age and an owner). A debit of more than is free at its unit stays open: the books cannot
 * show it without taking money that is held for somebody. Returns how many were booked.
 */
export async function suspendOpenLines(tx: Tx, by: Act): Promise<number> {
  let count = 0
  const free = new Map<string, bigint>()
  for (const kind of ['payment', 'return', 'transfer'] as const) {
    for (let after: OpenLine | null = null; ;) {
      const lines: readonly OpenLine[] = await store.openLines(tx, kind, after, CHUNK)
      const bookable = await whatIsFree(tx, lines, free)
      if (bookable.length > 0) await suspend(tx, by, bookable)
      count += bookable.length
      after = lines.at(-1) ?? null
      if (lines.length < CHUNK) break
    }
  }
  return count
}

/** The lines that fit in the free money of their units, in order; `free` keeps what is left. */
async function whatIsFree(
  tx: Tx,
  lines: readonly OpenLine[],
  free: Map<string, bigint>,
): Promise<readonly OpenLine[]> {
  for (const unit of new Set(lines.map(({ payingUnit }) => payingUnit))) {
    if (free.has(unit)) continue
    const account = { code: '1121-FREE', subject: `unit:${unit}` } as const
    free.set(unit, await ledger.balance(tx, account))
  }
  return lines.filter(({ payingUnit, direction, amount }) => {
    const left = (free.get(payingUnit) ?? 0n) + (direction === 'credit' ? amount : -amount)
    if (left < 0n) return false
    free.set(payingUnit, left)
    return true
  })
}

async function suspend(tx: Tx, by: Act, lines: readonly OpenLine[]): Promise<void> {
  const posted = await ledger.post(
    tx,
    by,
    lines.map(({ lineId, direction, payingUnit: unit, amount, day }) =>
      ledger.entry(
        direction === 'credit' ? 'suspense-credit' : 'suspense-debit',
        { unit, line: lineId, amount },
        { reference: `suspense:${lineId}`, occurredOn: day },
      ),
    ),
  )
  await store.closeLines(
    tx,
    'SUSPENSE',
    lines.map(({ lineId }, index) => {
      const entry = posted[index]
      invariant(entry, 'an entry per line')
      return { lineId, entryId: entry.entryId, communeId: null }
    }),
  )
  await recordActs(
    tx,
    by,
    lines.map(({ lineId }) => ({ act: 'break.open', subject: `line:${lineId}` })),
  )
}
