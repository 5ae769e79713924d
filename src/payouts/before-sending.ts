import { DomainError } from '../lib/errors.ts'
import type { Vault } from '../lib/vault.ts'
import { registry } from '../registry/registry.ts'
import type { ChannelLimits } from './channels/channel.ts'
import type { ClaimedPayment, LockedPayment } from './sending-store.ts'

/** Payments about to be sent, divided: with their numbers opened, and why the others must not be, by reference. */
export interface Divided {
  readonly payments: readonly ClaimedPayment[]
  readonly held: ReadonlyMap<string, string>
}

/**
 * Looks at payments that are about to be sent. One above the channel's ceiling, or whose account number does not open, is
 * held with its reason and the rest goes on: a poisoned row keeps nobody else waiting. Numbers are opened here, at the
 * last moment (docs/adr/0009).
 */
export function divideBeforeSending(
  locked: readonly LockedPayment[],
  deps: { readonly vault: Vault; readonly limits: ChannelLimits },
): Divided {
  const held = new Map<string, string>()
  const payments: ClaimedPayment[] = []
  for (const row of locked) {
    const { payingUnit: _unit, payerName: _payer, accountId, sealed, ...payment } = row
    const accountNumber = openOrNull(deps.vault, accountId, sealed)
    if (row.amount > deps.limits.amountMax) held.set(row.reference, 'LIMIT_EXCEEDED')
    else if (accountNumber === null) held.set(row.reference, 'account-unreadable')
    else payments.push({ ...payment, accountNumber })
  }
  return { payments, held }
}

function openOrNull(vault: Vault, accountId: string, sealed: string): string | null {
  try {
    return registry.accounts.open(vault, accountId, sealed)
  } catch (error) {
    if (error instanceof DomainError && error.code === 'sealed-value') return null
    throw error
  }
}
