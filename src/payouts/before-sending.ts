import { DomainError } from '../lib/errors.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'
import { registry } from '../registry/registry.ts'
import type { ChannelLimits } from './channels/channel.ts'
import type { HoldQuestion } from './hold-store.ts'
import { holdsAt } from './holds.ts'
import type { ClaimedPayment, LockedPayment } from './sending-store.ts'

/** Payments about to be sent, divided: with their numbers opened, and why the others must not be, by reference. */
export interface Divided {
  readonly payments: readonly ClaimedPayment[]
  readonly held: ReadonlyMap<string, string>
}

/**
 * Looks at locked payments once more, inside the transaction that claims them: whether beneficiary and payee live, the
 * paper holds and nobody has placed a hold (`holdsAt`) or asked for a stop, the channel's ceiling, what the name enquiry said, and whether the
 * number opens at all. What fails is held with its reason and the rest goes on: a poisoned row keeps nobody else waiting.
 * Numbers are opened here, at the last moment (docs/adr/0009).
 */
export async function divideBeforeSending(
  tx: Tx,
  locked: readonly LockedPayment[],
  deps: { readonly vault: Vault; readonly limits: ChannelLimits; readonly on: LocalDate },
): Promise<Divided> {
  const questions = locked.map(questionOf)
  const waiting = await holdsAt(tx, questions, deps.on)
  const held = new Map<string, string>()
  const payments: ClaimedPayment[] = []
  for (const row of locked) {
    const reason = waiting.get(row.entitlement) ?? reasonOf(row, deps.limits)
    const accountNumber =
      reason === null ? openOrNull(deps.vault, row.paymentAccountId, row.sealed) : null
    if (accountNumber === null) held.set(row.reference, reason ?? 'account-unreadable')
    else payments.push(claimed(row, accountNumber))
  }
  return { payments, held }
}

/** What else keeps a payment; of the account's holder only the first asks: an account that was paid into has shown it. */
function reasonOf(row: LockedPayment, limits: ChannelLimits): string | null {
  if (row.stopAsked) return 'stop-requested'
  if (row.amount > limits.amountMax) return 'LIMIT_EXCEEDED'
  if (!limits.verifiesFirst || row.paidBefore) return null
  switch (row.verdict) {
    case 'match':
    case 'warn':
      return null
    case 'block':
      return 'account-name-differs'
    case 'not-found':
      return 'account-not-found'
    case null:
      return 'account-unverified'
  }
}

/** Field by field: of hundreds of rows a spread costs ten times as much. */
function questionOf(row: LockedPayment): HoldQuestion {
  return {
    key: row.entitlement,
    personId: row.personId,
    enrolmentId: row.enrolmentId,
    programme: row.programme,
    period: row.period,
    payeeId: row.payeeId,
    representationId: row.representationId,
    paymentAccountId: row.paymentAccountId,
  }
}

function claimed(row: LockedPayment, accountNumber: string): ClaimedPayment {
  return {
    reference: row.reference,
    amount: row.amount,
    bankCode: row.bankCode,
    holderName: row.holderName,
    text: row.text,
    listNumber: row.listNumber,
    communeId: row.communeId,
    attempt: row.attempt,
    accountNumber,
  }
}

/** Opens an account's number; null when it does not open: such a payment is held. */
export function openOrNull(vault: Vault, accountId: string, sealed: string): string | null {
  try {
    return registry.accounts.open(vault, accountId, sealed)
  } catch (error) {
    if (error instanceof DomainError && error.code === 'sealed-value') return null
    throw error
  }
}
