import type { Act } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { ChannelName, ChannelStatement } from '../payouts/channels/channel.ts'
import { coverageOn } from './coverage-map.ts'
import { coverageOf } from './coverage-store.ts'
import { explain, requireProgramme, suspended } from './explaining.ts'
import { matchOpenLines } from './matching.ts'
import { coveredDays, coveredUnknowns, explaining } from './reconciliation-store.ts'
import { insertStatement, lockTransfers } from './reconciliation-store.ts'
import { breaksAfter, linesOf, statementsOf } from './statement-reads-store.ts'
import { suspendOpenLines } from './suspense.ts'

export type { Coverage, CommuneFigures } from './coverage-store.ts'

/**
 * Stores a day's statement of a channel and paying unit with its lines, once: false when it was stored before. Throws
 * DomainError `statement-too-early` when the day is not over in Vietnam: the rest of it would never come in;
 * `statement-differs` when that day is stored with other content, and `statement-does-not-add-up` at commit when opening,
 * lines, closing or the day before disagree.
 */
async function importStatement(
  tx: Tx,
  by: Act,
  source: { readonly channel: ChannelName; readonly payingUnit: string },
  statement: ChannelStatement,
): Promise<boolean> {
  const stored = await insertStatement(tx, source, statement)
  if (stored) {
    const detail = { lines: statement.lines.length, closing: statement.closing.toString() }
    await recordActs(tx, by, [
      { act: 'statement.import', subject: `statement:${statement.id}`, detail },
    ])
  }
  return stored
}

/**
 * Refuses to take back an entry that explains a line of a statement: the bank has moved that money. Nothing is matched to it
 * until the transaction ends. Throws DomainError `entry-matched`.
 */
async function requireUnexplained(tx: Tx, entryId: bigint): Promise<void> {
  await lockTransfers(tx)
  if (!(await explaining(tx, [entryId])).has(entryId)) return
  const message = 'Sao kê đã khớp với bút toán này: tiền đã chuyển, hãy ghi chuyển trở lại'
  throw new DomainError('conflict', 'entry-matched', message)
}

/** The face of reconciliation: statements in, lines matched, breaks opened, coverage counted from matched money. */
export const reconciliation = {
  importStatement,
  coveredDays,
  coveredUnknowns,
  matchOpenLines,
  suspendOpenLines,
  suspended,
  requireProgramme,
  explain,
  coverageOf,
  coverageOn,
  statements: statementsOf,
  lines: linesOf,
  requireUnexplained,
  breaks: breaksAfter,
}
