import { ledger } from '../../src/ledger/ledger.ts'
import { addDays } from '../../src/lib/time.ts'
import type { LocalDate } from '../../src/lib/time.ts'
import type { ChannelName } from '../../src/payouts/channels/channel.ts'
import { reconciliation } from '../../src/reconciliation/reconciliation.ts'
import { actOf, payingUnits } from './demo-context.ts'
import type { Demo } from './demo-context.ts'
import { takeStatements } from './outcomes.ts'

/** 9. Sends what was drawn and not needed back to the Treasury, takes the last statements, and closes the month. */
export async function settleMonth(demo: Demo, day: LocalDate): Promise<void> {
  const { db, month, world, staff } = demo
  const accountant = actOf(staff.accountant)
  for (const payingUnit of payingUnits(demo)) {
    for (const channel of ['hue-s', 'bank'] as const) {
      const reference = `unused:${month}:${payingUnit}:${channel}`
      const amount = await bookUnused(demo, { payingUnit, channel, reference, day })
      if (amount === 0n) continue
      await world.transfer(channel, {
        reference,
        payingUnit,
        direction: 'out',
        amount,
        counterparty: 'KBNN',
      })
    }
  }
  await world.advance(addDays(day, 1))
  await takeStatements(demo, day)
  const suspended = await db.transact(accountant, (tx) =>
    reconciliation.suspendOpenLines(tx, accountant),
  )
  if (suspended > 0) demo.say(`Dòng sao kê chưa rõ nguyên nhân, đưa vào chờ xử lý: ${suspended}`)
  await ledger.closePeriod(db, accountant, month)
}

interface Unused {
  readonly payingUnit: string
  readonly channel: ChannelName
  readonly reference: string
  readonly day: LocalDate
}

/** Books the return of the surplus, once; returns what was booked, also when an earlier run did it. */
async function bookUnused(demo: Demo, unused: Unused): Promise<bigint> {
  const by = actOf(demo.staff.treasurer)
  const { payingUnit: unit, reference, day: occurredOn } = unused
  const surplus = await surplusOf(demo, unused)
  return demo.db.transact(by, async (tx) => {
    const [booked] = await ledger.bankMovements(tx, [reference])
    if (booked !== undefined) return -booked.movement
    if (surplus <= 0n) return 0n
    const vars = { unit, amount: surplus }
    await ledger.post(tx, by, [
      ledger.entry('move-to-treasury', vars, { reference, occurredOn }),
      ledger.entry('unused-draw-returned', vars, {
        reference: `${reference}:returned`,
        occurredOn,
      }),
    ])
    return surplus
  })
}

/**
 * What a unit drew and never needed, as it lies on a channel: the wallet's float first, the rest at the bank. 3371 is
 * what is drawn and not recognised; carried and held money is recognised already and stays.
 */
async function surplusOf(demo: Demo, { payingUnit, channel, day }: Unused): Promise<bigint> {
  const by = actOf(demo.staff.treasurer)
  const account = { code: '3371', subject: `unit:${payingUnit}` } as const
  const drawn = await demo.db.transact(by, (tx) => ledger.balance(tx, account))
  if (channel === 'bank') return drawn
  const { closing } = await demo.channels['hue-s'].statement(payingUnit, addDays(day, -1))
  return closing < drawn ? closing : drawn
}
