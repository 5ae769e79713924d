import type { Act } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Database, Tx } from '../lib/db.ts'
import { stopwatch } from '../lib/time.ts'
import { payouts } from '../payouts/payouts.ts'
import * as more from './checking-more-store.ts'
import { findParted, insertRun } from './checking-store.ts'
import type { CheckRun, Violation } from './checking-store.ts'

export type { Violation } from './checking-store.ts'

/** What the auditor's programs found: the ledger's and the audit trail's (ledger/verify.ts, ledger/verify-audit.ts). */
export type Verify = (
  db: Database,
  by: Act,
) => Promise<{ readonly findings: readonly { readonly check: string; readonly message: string }[] }>

/**
 * The fast run, by the minute: money in transit against states (which stops its own channel), then balances, floors,
 * recorded states, double payments, cancelled payments that were sent and those that nobody looks after, of what moved last;
 * and whether communes are apart. Any violation stops sending through every channel, is audited and
 * kept; nothing is repaired (reliability.md, Part E). Returns what was found.
 */
export async function checkFast(db: Database, by: Act): Promise<readonly Violation[]> {
  const took = stopwatch()
  const inTransit = (await payouts.checkBooks(db, by)).map(({ reference }): Violation => ({
    invariant: 'I3',
    subject: `instruction:${reference}`,
  }))
  const parted = await db.transact(by, findParted, 'RepeatableRead')
  const others = await db.transact(by, findOthers, 'RepeatableRead')
  const shown = await db.transact({ ...by, scope: { communes: [] } }, more.shownToNobody)
  const found = [...parted, ...others, ...shown]
  const violations = [...inTransit, ...found]
  await keep(db, by, { depth: 'fast', violations, durationMs: took() }, found.length > 0)
  return violations
}

/**
 * The full run, by night: every entry, every audit event and every statement recomputed from zero. What is found stops sending as above.
 */
export async function checkFull(
  db: Database,
  by: Act,
  verify: { readonly ledger: Verify; readonly audit: Verify },
): Promise<readonly Violation[]> {
  const took = stopwatch()
  const ledger = (await verify.ledger(db, by)).findings
  const audit = (await verify.audit(db, by)).findings
  const statements = await db.transact(by, more.partedStatements, 'RepeatableRead')
  const violations = [
    ...statements,
    ...ledger.map(({ check }): Violation => ({ invariant: 'I1', subject: `ledger:${check}` })),
    ...audit.map(({ check }): Violation => ({ invariant: 'I10', subject: `audit:${check}` })),
  ]
  await keep(db, by, { depth: 'full', violations, durationMs: took() }, violations.length > 0)
  return violations
}

/** Cancelled and sent, looked after by nobody, open to all: of one snapshot. */
async function findOthers(tx: Tx): Promise<readonly Violation[]> {
  return [
    ...(await more.cancelledAndSent(tx)),
    ...(await more.lookedAfterByNobody(tx)),
    ...(await more.openTables(tx)),
  ]
}

async function keep(db: Database, by: Act, run: CheckRun, stops: boolean): Promise<void> {
  await db.transact(by, async (tx) => {
    await insertRun(tx, run)
    if (run.violations.length > 0) await tell(tx, by, run)
    if (!stops) return
    const named = run.violations.map(({ invariant, subject }) => `${invariant} ${subject}`)
    const reason = `Bất biến bị vi phạm: ${named.slice(0, 5).join('; ')}`
    for (const channel of payouts.channelNames) await payouts.switches.stop(tx, by, channel, reason)
  })
}

function tell(tx: Tx, by: Act, { depth, violations }: CheckRun): Promise<void> {
  return recordActs(tx, by, [
    { act: 'invariant.violated', subject: `check:${depth}`, detail: { violations } },
  ])
}
