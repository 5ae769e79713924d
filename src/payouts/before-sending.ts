import type { Channel } from './channels/channel.ts'
import type { ClaimedPayment } from './sending-store.ts'

/**
 * Looks at payments that are about to be sent; returns, by reference, why some must not be. What fails is put on hold
 * with this reason, and the rest goes on.
 */
export function holdsBeforeSending(
  payments: readonly ClaimedPayment[],
  { limits }: Pick<Channel, 'limits'>,
): ReadonlyMap<string, string> {
  const held = new Map<string, string>()
  for (const { reference, amount } of payments) {
    if (amount > limits.perTransferMax) held.set(reference, 'amount-over-limit')
  }
  return held
}
