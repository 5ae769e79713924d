import type { LocalDate } from '../../src/lib/time.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { actOf } from './demo-context.ts'
import type { Demo } from './demo-context.ts'

/** The service organisation reports before the 20th (Decree 20/2021 Art 34). */
export const CASH_SETTLED_DAY = 15

const SERVICE = 'Tổ chức dịch vụ chi trả'

/**
 * Hands every cash list over with its money. Each part asks first whether it was done, so a killed demo repeats it
 * without harm.
 */
export async function handCashOver(demo: Demo, day: LocalDate): Promise<void> {
  const by = actOf(demo.staff.treasurer)
  const { db, world, month } = demo
  const lists = await db.transact(by, (tx) => payouts.cash.of(tx, month))
  for (const list of lists.filter(({ settledOn }) => settledOn === null)) {
    await db.transact(by, (tx) => payouts.cash.handOver(tx, by, list, day))
    const { id, payingUnit, total: amount } = list
    const reference = `cash-handed-over:${id}`
    await world.transfer('bank', {
      reference,
      payingUnit,
      direction: 'out',
      amount,
      counterparty: SERVICE,
    })
    await world.cash.handOver(id, await db.transact(by, (tx) => payouts.cash.rowsOf(tx, id)))
  }
}

/** Settles the cash lists by the service's report; what it could not pay comes back. */
export async function settleCash(demo: Demo, day: LocalDate): Promise<void> {
  const by = actOf(demo.staff.accountant)
  const { db, world, month } = demo
  const lists = () => db.transact(by, (tx) => payouts.cash.of(tx, month))
  for (const list of (await lists()).filter(({ settledOn }) => settledOn === null)) {
    const report = await world.cash.report(list.id)
    await db.transact(by, (tx) => payouts.cash.settle(tx, by, list, report, day))
  }
  for (const { id, payingUnit, unpaid: amount } of (await lists()).filter(
    ({ unpaid }) => unpaid > 0n,
  )) {
    const reference = `cash-unpaid:${id}`
    await world.transfer('bank', {
      reference,
      payingUnit,
      direction: 'in',
      amount,
      counterparty: SERVICE,
    })
  }
}
