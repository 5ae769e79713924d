import type { Act } from '../lib/act.ts'
import type { Database } from '../lib/db.ts'
import type { Vault } from '../lib/vault.ts'
import { registry } from '../registry/registry.ts'
import type { VerificationAnswer } from '../registry/registry.ts'
import { openOrNull } from './before-sending.ts'
import { PROBE } from './channels/channel.ts'
import type { AccountAnswer, Channel } from './channels/channel.ts'
import { verifyAccounts } from './channels/verify-accounts.ts'
import { unverifiedAccounts } from './verifying-store.ts'

/**
 * Asks the channel whose accounts an order pays into for the first time, and keeps its answers with what comparing the
 * names says; the claim then holds what does not fit. No transaction is open while it asks. Returns false when nothing was
 * answered, not even an enquiry after no payment: the channel is in trouble, and nothing should be claimed now. When `until`
 * ends it nothing is kept.
 */
export async function verifyBeforeSending(
  deps: {
    readonly db: Database
    readonly vault: Vault
    readonly channel: Channel
    readonly until?: AbortSignal
  },
  by: Act,
  orderId: string,
): Promise<boolean> {
  const { db, vault, channel, until } = deps
  const rows = await db.transact(by, (tx) => unverifiedAccounts(tx, orderId))
  const asked = rows.flatMap((row) => {
    const { accountId, bankCode, sealed } = row
    const accountNumber = openOrNull(vault, accountId, sealed)
    return accountNumber === null ? [] : [{ row, account: { bankCode, accountNumber } }]
  })
  if (asked.length === 0) return true
  const answers = await verifyAccounts(
    channel,
    asked.map(({ account }) => account),
    until,
  )
  if (until?.aborted === true) return true
  const told = asked.map(({ row: { accountId, askedAt } }, at) => ({
    ...{ accountId, askedAt, channel: channel.name },
    answer: answerOf(answers[at]),
  }))
  await db.transact(by, (tx) => registry.accounts.recordVerifications(tx, by, told))
  if (told.some(({ answer }) => answer !== 'no-answer')) return true
  // One account that nobody can say anything of must not keep its order waiting.
  return (await channel.enquire(PROBE)).kind !== 'no-answer'
}

function answerOf(answer: AccountAnswer | undefined): VerificationAnswer['answer'] {
  if (answer?.kind === 'known') return { name: answer.holderName, status: answer.status }
  return answer?.kind === 'unknown-account' ? 'not-found' : 'no-answer'
}
