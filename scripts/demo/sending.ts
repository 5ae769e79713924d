import { setTimeout as sleep } from 'node:timers/promises'
import { formatVnd } from '../../src/lib/money.ts'
import { formatDate } from '../../src/lib/time.ts'
import type { LocalDate } from '../../src/lib/time.ts'
import { enqueueOrders } from '../../src/payouts/jobs.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { actOf } from './demo-context.ts'
import type { Demo } from './demo-context.ts'

const POLL_MS = 250
/** A sender that has not recorded an answer for so long is given up on: three times what a call may take. */
const SILENT_MS = 4_500
const IDLE_MS = 6_000

/** Sends everything that is queued through the workers and waits until it is out. Returns how many orders there were. */
export async function sendQueued(demo: Demo, on: LocalDate): Promise<number> {
  const by = actOf(demo.staff.treasurer)
  const limits = { bank: demo.channels.bank.limits, 'hue-s': demo.channels['hue-s'].limits }
  await demo.db.transact(by, (tx) => payouts.planOrders(tx, by, on, limits))
  let sent = 0
  for (;;) {
    const orders = await demo.db.transact(by, async (tx) => {
      await payouts.giveUpOnSilent(tx, SILENT_MS)
      await payouts.raiseIdleOrders(tx, IDLE_MS)
      return payouts.ordersToSend(tx)
    })
    sent = Math.max(sent, orders.length)
    await enqueueOrders((channel) => demo.queues.of(channel), orders, on)
    const left = await demo.db.transact(by, (tx) => payouts.countOutgoing(tx))
    if (left === 0) break
    demo.progress(`  ngày ${formatDate(on)}: còn ${formatVnd(BigInt(left))} lệnh chờ gửi`)
    await sleep(POLL_MS)
  }
  if (sent > 0) await payouts.takeStatusFiles(demo.db, by, demo.channels.bank, on)
  return sent
}
