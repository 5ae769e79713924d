import { ledger } from '../ledger/ledger.ts'
import type { Act } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Barrier } from '../lib/barrier.ts'
import type { Database, Tx } from '../lib/db.ts'
import { invariant } from '../lib/errors.ts'
import type { LocalDate } from '../lib/time.ts'
import { payouts } from '../payouts/payouts.ts'
import * as store from './reconciliation-store.ts'
import type { OpenLine } from './reconciliation-store.ts'

/** Lines matched in one transaction: a crash loses at most this much work, and none of it is half done. */
const CHUNK = 2_000

/**
 * Matches every open line: payments, then returns, by reference, amount and direction to instructions; transfers to the
 * entries that ordered them. Returns how many matched. Lines that match nothing stay open.
 */
export async function matchOpenLines(db: Database, by: Act, barrier: Barrier): Promise<number> {
  let matched = 0
  for (const kind of ['payment', 'return', 'transfer'] as const) {
    let after: { readonly day: LocalDate; readonly lineId: string } | null = null
    do {
      const done = await db.transact(by, async (tx) => {
        const result = await matchChunk(tx, by, kind, after)
        await barrier('during-matching')
        return result
      })
      matched += done.matched
      after = done.last
    } while (after !== null)
  }
  return matched
}

async function matchChunk(
  tx: Tx,
  by: Act,
  kind: OpenLine['kind'],
  after: { readonly day: LocalDate; readonly lineId: string } | null,
) {
  const lines = await store.openLines(tx, kind, after, CHUNK)
  const last = lines.length < CHUNK ? null : (lines.at(-1) ?? null)
  if (kind === 'transfer') return { matched: await matchTransfers(tx, lines), last }
  const expected = kind === 'payment' ? 'debit' : 'credit'
  let matched = 0
  for (const [day, rows] of byDay(lines.filter(({ direction }) => direction === expected))) {
    const settled = await payouts.settleLines(tx, by, { kind, day, rows })
    await store.closeLines(tx, 'MATCHED', settled)
    matched += settled.length
  }
  return { matched, last }
}

async function matchTransfers(tx: Tx, lines: readonly OpenLine[]): Promise<number> {
  if (lines.length === 0) return 0
  const movements = new Map(
    (
      await ledger.bankMovements(
        tx,
        lines.map(({ reference }) => reference),
      )
    ).map((m) => [m.reference, m]),
  )
  const found = lines.flatMap(({ lineId, reference, direction, amount }) => {
    const entry = movements.get(reference)
    return entry?.movement === (direction === 'credit' ? amount : -amount)
      ? [{ lineId, entryId: entry.entryId, communeId: null }]
      : []
  })
  await store.closeLines(tx, 'MATCHED', found)
  return found.length
}

/**
 * Books every line that is still open as unexplained, so that the books equal the bank: suspense until somebody
 * explains it (a break with an age and an owner). Returns how many.
 */
export async function suspendOpenLines(tx: Tx, by: Act): Promise<number> {
  let count = 0
  for (const kind of ['payment', 'return', 'transfer'] as const) {
    const lines = await store.openLines(tx, kind, null, CHUNK)
    if (lines.length === 0) continue
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
    count += lines.length
  }
  return count
}

function byDay(lines: readonly OpenLine[]): ReadonlyMap<LocalDate, readonly OpenLine[]> {
  const days = new Map<LocalDate, OpenLine[]>()
  for (const line of lines) {
    const day = days.get(line.day)
    if (day === undefined) days.set(line.day, [line])
    else day.push(line)
  }
  return days
}
