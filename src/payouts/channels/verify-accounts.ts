import { beforeEnd } from '../../lib/before-end.ts'
import type { AccountAnswer, AccountToVerify, Channel } from './channel.ts'

/**
 * Asks a channel for the holders of accounts, each once: `accountsAtOnce` in a call, at most `callsAtOnce` calls at a time.
 * Returns the answers in the order of the accounts; who keeps them and what a name must match is the registry's. What
 * throws over an account answers nothing, so that it keeps nobody else waiting; neither does what `until` does not wait for.
 */
export async function verifyAccounts(
  channel: Channel,
  accounts: readonly AccountToVerify[],
  until?: AbortSignal,
): Promise<readonly AccountAnswer[]> {
  const { accountsAtOnce: size, callsAtOnce } = channel.limits
  const chunks: (readonly AccountToVerify[])[] = []
  for (let at = 0; at < accounts.length; at += size) chunks.push(accounts.slice(at, at + size))
  const answers: (readonly AccountAnswer[])[] = []
  let next = 0
  const worker = async () => {
    for (let at = next++; at < chunks.length && until?.aborted !== true; at = next++) {
      answers[at] = await askedFor(channel, chunks[at] ?? [])
    }
  }
  await beforeEnd(Promise.all(Array.from({ length: callsAtOnce }, worker)), until)
  return chunks.flatMap((chunk, at) => answers[at] ?? silent(chunk, 'not waited for'))
}

async function askedFor(
  channel: Channel,
  accounts: readonly AccountToVerify[],
): Promise<readonly AccountAnswer[]> {
  const [first] = accounts
  if (first === undefined) return []
  try {
    return channel.limits.accountsAtOnce > 1
      ? await channel.verifyMany(accounts)
      : [await channel.verifyAccount(first)]
  } catch (error) {
    const reason = error instanceof Error ? error.name : 'error'
    return silent(accounts, reason)
  }
}

const silent = (accounts: readonly AccountToVerify[], reason: string): readonly AccountAnswer[] =>
  accounts.map(() => ({ kind: 'no-answer', reason }))
