import type { Tx } from '../lib/db.ts'
import { troubleOf } from './trouble.ts'
import type { NextStep } from './trouble.ts'
import { failureTexts, stuckRows } from './worklist-store.ts'
import type { StuckRow } from './worklist-store.ts'

/** A payment that waits for somebody: why in plain Vietnamese, the one next step, whose it is, and since how many days. */
export interface StuckPayment extends Omit<StuckRow, 'reason'>, NextStep {
  readonly reason: string
}

/** Rows of the worklist at the most. */
const ROWS_MAX = 200

/**
 * What the transaction may see of payments that are held, unknown, rejected or returned and wait for somebody, the oldest
 * first, 200 at the most. Two statements.
 */
export async function worklist(tx: Tx): Promise<readonly StuckPayment[]> {
  const rows = (await stuckRows(tx, ROWS_MAX)).map((row) => ({ row, ...troubleOf(row) }))
  const texts = await failureTexts(
    tx,
    rows.flatMap(({ code }) => (code === null ? [] : [code])),
  )
  return rows.map(({ row, reason, next, owner, code }) => ({
    ...row,
    ...{ next, owner, reason: texts.get(code ?? '') ?? reason },
  }))
}
