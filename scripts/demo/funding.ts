import { ledger } from '../../src/ledger/ledger.ts'
import { formatVnd, sumVnd } from '../../src/lib/money.ts'
import { addDays } from '../../src/lib/time.ts'
import type { ChannelName } from '../../src/payouts/channels/channel.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { actOf, CHANNELS } from './demo-context.ts'
import type { Demo } from './demo-context.ts'

/** Drawn above what the registry says is due, as an office draws with a margin. */
const MARGIN_PERCENT = 2n

interface Part {
  readonly unit: string
  readonly channel: ChannelName
  readonly amount: bigint
}

/** 1. Opens the period, assigns and draws the estimate of each paying unit, and moves it to the channels' accounts. */
export async function fund(demo: Demo): Promise<void> {
  const { db, month, world } = demo
  const by = actOf(demo.staff.treasurer)
  const on = addDays(month, -8)
  await world.advance(on)
  await db.transact(by, (tx) => ledger.openPeriod(tx, by, month))
  // Lists are drawn up once all money is there; what is due without them is less, and no estimate any more.
  const lists = await db.transact(by, (tx) => payouts.lists.of(tx, month))
  if (lists.length > 0) return
  const parts = await estimate(demo)
  const nameOf = ({ unit, channel }: Part) => `${month}:${unit}:${channel}`
  const head = (reference: string) => ({ reference, occurredOn: on, postingDate: month })
  const entries = parts.flatMap((part) => [
    ledger.entry('estimate-assigned', part, head(`estimate:${nameOf(part)}`)),
    ledger.entry('draw', part, head(`draw:${nameOf(part)}`)),
    ledger.entry('move-to-bank', part, head(`move:${nameOf(part)}`)),
  ])
  await db.transact(by, (tx) => ledger.post(tx, by, entries))
  for (const part of parts) {
    const { unit, channel, amount } = part
    const reference = `move:${nameOf(part)}`
    await world.transfer(channel, {
      reference,
      payingUnit: unit,
      direction: 'in',
      amount,
      counterparty: 'KBNN',
    })
  }
  const units = new Set(parts.map(({ unit }) => unit)).size
  const total = formatVnd(sumVnd(parts.map(({ amount }) => amount)))
  demo.say(`Rút dự toán và chuyển sang tài khoản chi trả: ${total} đồng, ${units} đơn vị chi trả`)
}

/** What each paying unit is going to need on each channel, with a margin: cash is handed over from the bank. */
async function estimate({ db, month, communes, staff }: Demo): Promise<readonly Part[]> {
  const by = actOf(staff.treasurer)
  const needed = new Map<string, Record<ChannelName, bigint>>()
  for (const { id, payingUnit } of communes) {
    const due = await db.transact(by, (tx) => payouts.lists.due(tx, id, month))
    const sums = needed.get(payingUnit) ?? { bank: 0n, 'hue-s': 0n }
    for (const { amount, channel } of due) sums[channel ?? 'bank'] += amount
    needed.set(payingUnit, sums)
  }
  return [...needed].flatMap(([unit, sums]) =>
    CHANNELS.map((channel) => ({
      unit,
      channel,
      amount: (sums[channel] * (100n + MARGIN_PERCENT)) / 100n,
    })).filter(({ amount }) => amount > 0n),
  )
}
