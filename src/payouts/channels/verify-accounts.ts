import type { AccountAnswer, AccountToVerify, Channel } from './channel.ts'

/**
 * Asks a channel for the holders of accounts, at most `callsAtOnce` at a time, each once. Returns the answers in the
 * order of the accounts; who keeps them and what a name must match is the registry's.
 */
export async function verifyAccounts(
  channel: Channel,
  accounts: readonly AccountToVerify[],
): Promise<readonly AccountAnswer[]> {
  const answers: AccountAnswer[] = []
  let next = 0
  const worker = async () => {
    for (let at = next++; at < accounts.length; at = next++) {
      const account = accounts[at]
      if (account !== undefined) answers[at] = await channel.verifyAccount(account)
    }
  }
  await Promise.all(Array.from({ length: channel.limits.callsAtOnce }, worker))
  return answers
}
