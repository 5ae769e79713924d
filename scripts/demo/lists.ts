import type { Act } from '../../src/lib/act.ts'
import { formatVnd, sumVnd } from '../../src/lib/money.ts'
import { addDays } from '../../src/lib/time.ts'
import type { LocalDate } from '../../src/lib/time.ts'
import type { FrozenSet } from '../../src/payouts/list.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { actOf } from './demo-context.ts'
import type { Demo } from './demo-context.ts'

/** 2–3. Each commune's list: prepared by one person, approved by another, released by a third. */
export async function decideLists(demo: Demo): Promise<void> {
  const { db, month, staff } = demo
  const on = addDays(month, -7)
  let opened = 0
  for (const [index, commune] of demo.communes.entries()) {
    const preparer = actOf(staff.preparers.get(commune.id) ?? staff.welfareOfficer)
    const leader = actOf(staff.leaders.get(commune.id) ?? staff.welfareHead)
    const treasurer = actOf(staff.treasurer)
    const list = await db.transact(preparer, (tx) =>
      payouts.lists.submit(tx, preparer, commune, month),
    )
    const decision = { listId: list.id, seen: list, on }
    if (list.state === 'SUBMITTED') opened += await lookAndApprove(db, leader, decision)
    if (list.state === 'SUBMITTED' || list.state === 'APPROVED') {
      await db.transact(treasurer, (tx) => payouts.lists.release(tx, treasurer, decision))
    }
    demo.progress(`  lập, duyệt, phát hành danh sách: ${index + 1}/${demo.communes.length} xã`)
  }
  const lists = await db.transact(actOf(staff.accountant), (tx) => payouts.lists.of(tx, month))
  const rows = lists.reduce((sum, { rowCount }) => sum + rowCount, 0)
  demo.say(
    `Danh sách đã duyệt: ${lists.length} xã, ${formatVnd(BigInt(rows))} dòng, ${formatVnd(sumVnd(lists.map(({ total }) => total)))} đồng`,
  )
  if (opened > 0)
    demo.say(`Dòng có cảnh báo đã mở xem trước khi duyệt: ${formatVnd(BigInt(opened))}`)
}

/** The leader opens the rows that must be opened, then approves what he saw. Returns how many he opened. */
async function lookAndApprove(
  db: Demo['db'],
  leader: Act,
  decision: { readonly listId: string; readonly seen: FrozenSet; readonly on: LocalDate },
): Promise<number> {
  return db.transact(leader, async (tx) => {
    const rows = await payouts.lists.toOpen(tx, leader, decision.listId)
    await payouts.lists.open(tx, leader, { listId: decision.listId, rows })
    await payouts.lists.approve(tx, leader, decision)
    return rows.length
  })
}
