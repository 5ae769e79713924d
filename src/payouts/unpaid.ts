import type { Act } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { addMonths } from '../lib/time.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import { registry } from '../registry/registry.ts'
import { unreceived } from './unpaid-store.ts'
import type { UnpaidRow } from './unpaid-store.ts'

/** Bank unavailable, we had no money, sent twice: nothing that says the person did not come for it. */
const OURS = ['AB05', 'AM04', 'AM05']

/**
 * The last `months` months before `before` of people who received nothing in any of them: what TT 02/2021/TT-BLĐTBXH
 * Art 2.3 asks of a suspension ("không nhận chế độ 3 tháng liên tục trở lên"). Not received is what has ended so: a
 * payment that was rejected or came back and is not re-issued, a cash row that the service reports unpaid. Whoever
 * received anything for a month received it. What we hold, have not sent or handed over, what is unknown or on its way,
 * what was cancelled or stopped, and what failed through us or the bank says nothing about the person and does not count.
 */
export async function unpaidMonths(
  tx: Tx,
  of: { readonly before: Month; readonly months: number },
): Promise<readonly UnpaidRow[]> {
  return unreceived(tx, { ...of, since: addMonths(of.before, -of.months), ours: OURS })
}

/**
 * Proposes to suspend, from `month`, what nobody received in the three months before it; another person decides. `on` is
 * the business day. Returns how many heads were proposed: none twice. The one place where outcomes meet suspensions.
 */
export async function proposeUnpaid(
  tx: Tx,
  by: Act,
  of: { readonly month: Month; readonly on: LocalDate },
): Promise<number> {
  const months = registry.enrolments.unpaidMonthsToSuspend
  const unpaid = await unpaidMonths(tx, { before: of.month, months })
  return registry.enrolments.proposeSuspensions(tx, by, { ...of, unpaid })
}
