import type { HttpClient } from '../../lib/http.ts'
import type { AccountAnswer, AccountToVerify } from './channel.ts'
import { holderAnswer, holderAnswers } from './hue-s-messages.ts'
import { silentAbout } from './rail.ts'

/** Asks the wallet whose a wallet is. An answer about another wallet is no answer. */
export async function verify(http: HttpClient, wallet: string): Promise<AccountAnswer> {
  // A phone number is personal: it goes in the body, never in an address that logs keep (ASVS 14.2.1).
  const answer = await http.call('POST', '/name-enquiries', holderAnswer, { wallet })
  if (answer.kind === 'refused') return { kind: 'no-answer', reason: 'connection refused' }
  if (answer.kind === 'no-answer') return answer
  const { status, body } = answer
  if ('error' in body || status !== (body.status === 'unknown' ? 404 : 200))
    return { kind: 'no-answer', reason: `unexpected answer (${status})` }
  if (body.wallet !== wallet)
    return { kind: 'no-answer', reason: 'the answer is of another wallet' }
  return body.status === 'unknown'
    ? { kind: 'unknown-account' }
    : { kind: 'known', holderName: body.holderName, status: body.status }
}

/** The same for many wallets in one call, in their order. */
export async function verifyMany(
  http: HttpClient,
  accounts: readonly AccountToVerify[],
): Promise<readonly AccountAnswer[]> {
  const wallets = accounts.map(({ accountNumber }) => accountNumber)
  const answer = await http.call('POST', '/name-enquiries/batch', holderAnswers, { wallets })
  if (answer.kind === 'refused') return silentAbout(accounts, 'connection refused')
  if (answer.kind === 'no-answer') return silentAbout(accounts, answer.reason)
  const { status, body } = answer
  if (status !== 200 || 'error' in body || body.wallets.length !== wallets.length)
    return silentAbout(accounts, `unexpected answer (${status})`)
  return body.wallets.map((one, at) => {
    if (one.wallet !== wallets[at])
      return { kind: 'no-answer', reason: 'the answer is of another wallet' }
    return one.status === 'unknown'
      ? { kind: 'unknown-account' }
      : { kind: 'known', holderName: one.holderName, status: one.status }
  })
}
