import { createHash } from 'node:crypto'
import { DomainError } from '../lib/errors.ts'
import { sumVnd } from '../lib/money.ts'
import type { Vnd } from '../lib/money.ts'

/** One row of a list as it is frozen: everything that decides who gets how much, and how. */
export interface ListRow {
  readonly number: string
  readonly personId: string
  readonly programme: string
  readonly component: string
  /** The month that it is owed for. */
  readonly period: string
  readonly categoryCode: string
  readonly amount: bigint
  readonly method: 'account' | 'cash'
  readonly payeeId: string
  readonly paymentAccountId: string | null
}

/** What an approver names: exactly this set, its size and its sum (law 7). */
export interface FrozenSet {
  readonly rowCount: number
  /** In đồng. */
  readonly total: Vnd
  /** SHA-256 over every row, hex. */
  readonly contentHash: string
}

/** Freezes rows into a count, a sum in đồng and a hash that covers every field of every row in order. */
export function freeze(rows: readonly ListRow[]): FrozenSet {
  const hash = createHash('sha256')
  for (const row of rows) {
    hash.update(
      JSON.stringify([
        row.number,
        row.personId,
        row.programme,
        row.component,
        row.period,
        row.categoryCode,
        row.amount.toString(),
        row.method,
        row.payeeId,
        row.paymentAccountId,
      ]) + '\n',
    )
  }
  return {
    rowCount: rows.length,
    total: sumVnd(rows.map(({ amount }) => amount)),
    contentHash: hash.digest('hex'),
  }
}

/**
 * Checks that the set a person decides on is the set that is stored.
 * Throws DomainError `list-differs` naming both counts and sums when it is not: nothing is approved unseen.
 */
export function requireSameSet(seen: FrozenSet, stored: FrozenSet): void {
  if (
    seen.rowCount !== stored.rowCount ||
    seen.total !== stored.total ||
    seen.contentHash !== stored.contentHash
  ) {
    throw new DomainError(
      'conflict',
      'list-differs',
      `Danh sách đã khác: bạn xem ${seen.rowCount} dòng, ${seen.total} đồng; hiện có ${stored.rowCount} dòng, ${stored.total} đồng`,
    )
  }
}
