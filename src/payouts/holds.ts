import type { Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'
import { registry } from '../registry/registry.ts'
import { heldRows } from './hold-store.ts'
import type { HoldQuestion } from './hold-store.ts'

/**
 * Why rows must not be sent on a day, by key; rows that may are left out. Asked inside the transaction of the release, and
 * again before something held is let go: the one place where lists meet `registry.payees.holds`. Officers' holds come
 * first, then an enrolment that no longer covers the period, then what the registry holds of payees. A handful of statements.
 */
export async function holdsAt(
  tx: Tx,
  rows: readonly HoldQuestion[],
  on: LocalDate,
): Promise<ReadonlyMap<string, string>> {
  if (rows.length === 0) return new Map()
  const ofPayees = await registry.payees.holds(tx, { on, rows })
  const ofOffices = await heldRows(tx, rows, on)
  return new Map([...ofPayees, ...ofOffices.map(({ key, reason }) => [key, reason] as const)])
}
