import { ledger } from '../../src/ledger/ledger.ts'
import { addDays } from '../../src/lib/time.ts'
import type { LocalDate } from '../../src/lib/time.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { reconciliation } from '../../src/reconciliation/reconciliation.ts'
import { actOf, CHANNELS, payingUnits } from './demo-context.ts'
import type { Demo } from './demo-context.ts'

/** Imports the missing statements up to a day and matches their lines. */
export async function takeStatements(demo: Demo, until: LocalDate): Promise<void> {
  const by = actOf(demo.staff.accountant)
  for (const name of CHANNELS) {
    const covered = await demo.db.transact(by, (tx) => reconciliation.coveredDays(tx, name))
    for (const payingUnit of payingUnits(demo)) {
      let day = covered.has(payingUnit)
        ? addDays(covered.get(payingUnit) ?? until, 1)
        : addDays(demo.month, -8)
      for (; day <= until; day = addDays(day, 1)) {
        const statement = await demo.channels[name].statement(payingUnit, day)
        await demo.db.transact(by, (tx) =>
          reconciliation.importStatement(tx, by, { channel: name, payingUnit }, statement),
        )
      }
    }
  }
  await reconciliation.matchOpenLines(demo.db, by, demo.barrier)
  await ledger.seal(demo.db, by)
}

/** Asks what became of everything that was sent and is still open: status reports of files, then enquiries one by one. */
export async function learnOutcomes(demo: Demo, on: LocalDate): Promise<void> {
  const by = actOf(demo.staff.treasurer)
  const unreported = await demo.db.transact(by, (tx) =>
    payouts.inState(tx, { month: demo.month, state: 'SUBMITTED', channel: 'bank' }),
  )
  if (unreported.length > 0) {
    await demo.db.transact(by, (tx) =>
      payouts.giveUpOnUnreported(
        tx,
        unreported.map(({ reference }) => reference),
      ),
    )
  }
  for (const name of CHANNELS) {
    const unknown = await demo.db.transact(by, (tx) =>
      payouts.inState(tx, { month: demo.month, state: 'UNKNOWN', channel: name }),
    )
    const outcomes = new Map<string, { kind: 'accepted' } | { kind: 'rejected'; reason: string }>()
    await inGroups(unknown, 20, async ({ reference }) => {
      const answer = await demo.channels[name].enquire(reference)
      if (answer.kind === 'executed') outcomes.set(reference, { kind: 'accepted' })
      if (answer.kind === 'rejected') outcomes.set(reference, answer)
    })
    if (outcomes.size > 0)
      await demo.db.transact(by, (tx) => payouts.applyStatus(tx, by, outcomes, on))
  }
}

/**
 * Resends, as two people, what is unknown although its day's statement is in and the channel's finality has passed: it
 * was not executed, for the statement would name it (law 4).
 */
export async function resendUnexecuted(demo: Demo, on: LocalDate): Promise<void> {
  const by = actOf(demo.staff.treasurer)
  for (const name of CHANNELS) {
    const { finalAfterDays } = demo.channels[name].limits
    await demo.db.transact(by, async (tx) => {
      const rows = await reconciliation.coveredUnknowns(tx, {
        month: demo.month,
        channel: name,
        finalAfterDays,
      })
      const evidence = [...new Set(rows.map(({ statementId }) => statementId))]
        .join(', ')
        .slice(0, 400)
      if (rows.length > 0)
        await payouts.resend(tx, by, { rows, approvedBy: demo.staff.accountant, evidence, on })
    })
  }
}

async function inGroups<T>(
  items: readonly T[],
  size: number,
  run: (item: T) => Promise<void>,
): Promise<void> {
  for (let i = 0; i < items.length; i += size) await Promise.all(items.slice(i, i + size).map(run))
}
