import { recordActs } from '../lib/audit.ts'
import { DomainError } from '../lib/errors.ts'
import { openFor } from './proposals.ts'
import type { SeenProposal } from './proposals.ts'
import { endorseProposal } from './proposals-store.ts'
import type { Call, Route } from './route.ts'

/**
 * Approves a proposal before another person confirms it: an account or a payee of an officer's relative takes three people
 * (LB040). Throws as `confirmProposal` does; DomainError `proposal-of-two` where two are enough for anybody,
 * `proposal-endorsed` when somebody has approved it.
 */
export async function endorse(
  call: Call,
  seen: SeenProposal,
  routeOf: (operation: string) => Route | undefined,
): Promise<void> {
  const { row, route, second } = await openFor(call, seen, routeOf)
  if (route.twoPeople?.orThree !== true) {
    const message = 'Đề nghị này chỉ cần một người xác nhận'
    throw new DomainError('conflict', 'proposal-of-two', message)
  }
  if (row.endorsedBy !== null) {
    throw new DomainError('conflict', 'proposal-endorsed', 'Đề nghị này đã có người duyệt trước')
  }
  await endorseProposal(call.tx, row.id, second.actor)
  await recordActs(call.tx, second, [
    {
      act: 'proposal.endorse',
      subject: `proposal:${row.id}`,
      ...(row.communeId !== null && { communeId: row.communeId }),
      detail: { operation: row.operation },
    },
  ])
}
