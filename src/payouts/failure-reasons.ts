import type { ChannelName } from './channels/channel.ts'

/** ISO 20022 AM05, "duplication": says that there is another payment, not that nothing was paid. */
export const DUPLICATE = 'AM05'

/** ISO 20022 MD07, "end customer deceased": no other account makes the receiver alive. */
export const DECEASED = 'MD07'

/**
 * The failure reasons of prisma/reference/failure_reasons.csv by the ISO 20022 reason that a channel gives. Where several
 * share one, the commonest that the channel can mean stands; AG01 of a bank is none of ours, for those are the wallet's.
 */
const BY_ISO: Readonly<Record<string, string>> = {
  ...{ AC01: 'ACC_NOT_FOUND', AC04: 'ACC_CLOSED', AC06: 'ACC_BLOCKED', BE01: 'ACC_NAME_MISMATCH' },
  ...{ AB05: 'BANK_UNAVAILABLE', RC01: 'BANK_NOT_SUPPORTED', AM02: 'LIMIT_EXCEEDED' },
  ...{ AM04: 'INSUFFICIENT_FUNDS', AM05: 'DUPLICATE', MD07: 'PAYEE_DECEASED' },
}
const OF_WALLET: Readonly<Record<string, string>> = {
  AG01: 'WALLET_NOT_LINKED',
  AM14: 'WALLET_LIMIT',
}

/** The code of our failure reason for an ISO 20022 reason of a channel; null when it has none: then the code itself is shown. */
export function failureReasonOf(channel: ChannelName, isoReason: string): string | null {
  return (channel === 'hue-s' ? OF_WALLET[isoReason] : undefined) ?? BY_ISO[isoReason] ?? null
}
