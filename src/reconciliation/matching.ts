import { ledger } from '../ledger/ledger.ts'
import type { Act } from '../lib/act.ts'
import type { Barrier } from '../lib/barrier.ts'
import type { Database, Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'
import { payouts } from '../payouts/payouts.ts'
import * as store from './reconciliation-store.ts'
import type { OpenLine } from './reconciliation-store.ts'

/** Lines matched in one transaction: a crash loses at most this much work, and none of it is half done. */
export const CHUNK = 2_000

/**
 * Matches every open line: payments, then returns, by reference, amount and direction to instructions; transfers to the
 * entries that ordered them. Returns how many matched. Lines that match nothing stay open. A refusal that only parted books
 * explain stops all channels.
 */
export async function matchOpenLines(db: Database, by: Act, barrier: Barrier): Promise<number> {
  let matched = 0
  for (const kind of ['payment', 'return', 'transfer'] as const) {
    let after: { readonly day: LocalDate; readonly lineId: string } | null = null
    do {
      const done = await payouts.failClosed({ db, by, channels: payouts.channelNames }, () =>
        db.transact(by, async (tx) => {
          const result = await matchChunk(tx, by, kind, after)
          await barrier('during-matching')
          return result
        }),
      )
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
  await store.lockTransfers(tx)
  const movements = new Map(
    (
      await ledger.bankMovements(
        tx,
        lines.map(({ reference }) => reference),
      )
    ).map((m) => [m.reference, m]),
  )
  const used = new Set(
    await store.explaining(
      tx,
      [...movements.values()].map(({ entryId }) => entryId),
    ),
  )
  const found = lines.flatMap(({ lineId, reference, direction, amount }) => {
    const entry = movements.get(reference)
    if (entry?.movement !== (direction === 'credit' ? amount : -amount)) return []
    if (used.has(entry.entryId)) return []
    used.add(entry.entryId)
    return [{ lineId, entryId: entry.entryId, communeId: null }]
  })
  await store.closeLines(tx, 'MATCHED', found)
  return found.length
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
