import type { Act } from '../../src/lib/act.ts'
import type { Failed } from '../../src/payouts/outcomes-store.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { registry } from '../../src/registry/registry.ts'
import type { CorrectedAccount } from '../../src/registry/registry.ts'
import { actOf, CHANNELS } from './demo-context.ts'
import type { Demo } from './demo-context.ts'
import { correctedNumber } from './people.ts'

/** Corrects the accounts of rejected and returned payments as two people and re-issues them as two people. */
export async function correctFailures(demo: Demo): Promise<void> {
  const { welfareOfficer, welfareHead, treasurer } = demo.staff
  const [officer, head, release] = [actOf(welfareOfficer), actOf(welfareHead), actOf(treasurer)]
  const failed = await demo.db.transact(officer, (tx) => payouts.failedOf(tx, demo.month))
  const accounts = await correctedAccounts(demo, officer, failed)
  // The right accounts were there all along: their bank knows them before we do.
  await demo.world.tellHolders(accounts)
  const references = await demo.db.transact(officer, async (tx) => {
    if (failed.length === 0) return []
    await registry.replaceAccounts(tx, demo.vault, officer, accounts, welfareHead)
    return payouts.prepareReissues(
      tx,
      officer,
      failed.map((row) => ({ failed: row, newAccountId: nextAccountId(row.accountId) })),
    )
  })
  const waiting = references.length > 0 ? references : await listedReissues(demo)
  if (waiting.length === 0) return
  await demo.db.transact(head, (tx) => payouts.approveReissues(tx, head, waiting))
  await demo.db.transact(release, (tx) => payouts.queueReissues(tx, release, waiting))
}

async function correctedAccounts(
  { db, vault, month }: Demo,
  officer: Act,
  failed: readonly Failed[],
): Promise<readonly CorrectedAccount[]> {
  if (failed.length === 0) return []
  const what = { ids: failed.map(({ accountId }) => accountId), purpose: 'sửa tài khoản sai' }
  const reasons = new Map(failed.map(({ accountId, reason }) => [accountId, reason]))
  const wrong = await db.transact(officer, (tx) =>
    registry.accounts.reveal(tx, vault, officer, what),
  )
  return [...wrong.values()].map(({ id, number, ...account }) => ({
    ...account,
    id: nextAccountId(id),
    number: correctedNumber(number),
    replaces: id,
    failure: reasons.get(id) ?? '',
    from: month,
  }))
}

/** Re-issues that a killed run prepared or approved and did not queue. */
async function listedReissues(demo: Demo): Promise<readonly string[]> {
  const by = actOf(demo.staff.welfareHead)
  const found: string[] = []
  for (const channel of CHANNELS) {
    for (const state of ['LISTED', 'APPROVED'] as const) {
      const rows = await demo.db.transact(by, (tx) =>
        payouts.inState(tx, { month: demo.month, state, channel }),
      )
      found.push(...rows.map(({ reference }) => reference))
    }
  }
  return found
}

/** The id of the account that replaces one: its last block counts the replacements, so a re-run makes the same id. */
function nextAccountId(id: string): string {
  const block = Number.parseInt(id.slice(-12), 16) + 0x100
  return id.slice(0, -12) + block.toString(16).padStart(12, '0')
}
