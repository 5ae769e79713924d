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

/** An enquiry of a day of business that passes in a second: all that would come due in it is asked, in one round. */
const DAY_OF_ENQUIRIES = { rowsMax: 100_000, aheadMs: 86_400_000 } as const

/** Asks what became of everything that was sent and is still open: what no status report named is unknown, then enquiries. */
export async function learnOutcomes(demo: Demo, on: LocalDate): Promise<void> {
  const by = actOf(demo.staff.treasurer)
  await demo.db.transact(by, (tx) => payouts.giveUpOnLateReports(tx, -1, 'bank'))
  for (const name of CHANNELS) {
    const deps = { db: demo.db, channel: demo.channels[name] }
    await payouts.enquireRound(deps, by, on, DAY_OF_ENQUIRIES)
  }
}

/**
 * Resends, as two people, what is unknown although its day's statement is in and the channel's finality has passed: it
 * was not executed, for the statement would name it (law 4).
 */
export async function resendUnexecuted(demo: Demo, on: LocalDate): Promise<void> {
  const by = actOf(demo.staff.treasurer)
  for (const name of CHANNELS) {
    await demo.db.transact(by, async (tx) => {
      const rows = await reconciliation.coveredUnknowns(tx, { month: demo.month, channel: name })
      if (rows.length > 0)
        await payouts.resend(tx, by, { rows, approvedBy: demo.staff.accountant, on })
    })
  }
}
