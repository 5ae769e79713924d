import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'
import { heldRows } from './hold-store.ts'

/** A row about which is asked whether its money must wait. */
export interface HoldQuestion {
  /** The entitlement's number. */
  readonly key: string
  readonly personId: PersonId
  readonly enrolmentId: string
  readonly programme: string
  readonly period: string
  readonly payeeId: PersonId
  readonly representationId: string | null
  readonly paymentAccountId: string | null
}

/**
 * Why rows must not be sent on a day, by key; rows that may are left out. Asked inside the transaction of the release, and
 * again before something held is let go: the one place where lists meet `registry.payees.holds`. Officers' holds come
 * first; then a representation that has ended and an enrolment that no longer covers the period. One statement.
 */
export async function holdsAt(
  tx: Tx,
  rows: readonly HoldQuestion[],
  on: LocalDate,
): Promise<ReadonlyMap<string, string>> {
  if (rows.length === 0) return new Map()
  const held = await heldRows(tx, rows, on)
  return new Map(held.map(({ key, reason }) => [key, reason]))
}
