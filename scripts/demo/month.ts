import { formatVnd } from '../../src/lib/money.ts'
import { addDays, formatDate } from '../../src/lib/time.ts'
import type { LocalDate } from '../../src/lib/time.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { CASH_SETTLED_DAY, handCashOver, settleCash } from './cash.ts'
import { correctFailures } from './corrections.ts'
import { actOf } from './demo-context.ts'
import type { Demo } from './demo-context.ts'
import { learnOutcomes, resendUnexecuted, takeStatements } from './outcomes.ts'
import { sendQueued } from './sending.ts'

/** Simulated returns come up to four days after the payment, and are seen on the statement a day later. */
const RETURN_DAYS = 5
/** Nothing is worked off after this day; what is open then stays open and is shown. */
const LAST_DAY = 25

/**
 * 4–8. Day by day until nothing is open: statements, outcomes, corrections, resends, sending, cash. Goes on from the
 * simulators' own date: a day that is over is never worked on again. Returns the last day.
 */
export async function workOff(demo: Demo): Promise<LocalDate> {
  const today = await demo.world.today()
  let day: LocalDate = today !== null && today > demo.month ? today : demo.month
  await demo.world.advance(day)
  await handCashOver(demo, day)
  for (; ; day = addDays(day, 1)) {
    await demo.world.advance(day)
    await takeStatements(demo, addDays(day, -1))
    await learnOutcomes(demo, day)
    await correctFailures(demo)
    await resendUnexecuted(demo, day)
    await sendQueued(demo, day)
    const open = await countOpen(demo, day)
    const dayOfMonth = Number(day.slice(8))
    if (dayOfMonth >= CASH_SETTLED_DAY) await settleCash(demo, day)
    if (dayOfMonth < CASH_SETTLED_DAY) continue
    if (dayOfMonth >= LAST_DAY || (open === 0 && (await returnsAreOver(demo, day)))) return day
  }
}

async function countOpen({ db, staff, month, progress }: Demo, day: LocalDate): Promise<number> {
  const states = await db.transact(actOf(staff.treasurer), (tx) => payouts.countStates(tx, month))
  const closed = new Set(['PAID', 'REJECTED', 'RETURNED', 'CANCELLED'])
  const open = [...states].reduce((sum, [state, count]) => sum + (closed.has(state) ? 0 : count), 0)
  const paid = formatVnd(BigInt(states.get('PAID') ?? 0))
  progress(`  ngày ${formatDate(day)}: đã chi ${paid}, đang mở ${formatVnd(BigInt(open))}`)
  return open
}

async function returnsAreOver({ db, staff }: Demo, day: LocalDate): Promise<boolean> {
  const last = await db.transact(actOf(staff.treasurer), (tx) => payouts.lastPlannedDay(tx))
  return last === null || day > addDays(last, RETURN_DAYS)
}
