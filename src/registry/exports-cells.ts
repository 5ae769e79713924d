import type { Value } from '../lib/spreadsheet-table.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'
import { maskNumber, openNumber } from './account-number.ts'
import { maskDigits } from './id-number.ts'
import { openIdentifier } from './person-sealing.ts'
import { requirePurpose } from './purpose.ts'

/** A person's current identity number, sealed; null without one, or when the transaction may not see it. */
export interface SealedIdNumber {
  readonly identifierId: string | null
  readonly sealed: string | null
}

/** An account's number, sealed; null without an account, or when the transaction may not see it. */
export interface SealedAccount {
  readonly accountId: string | null
  readonly numberSealed: string | null
}

/** How numbers stand in a file that leaves. */
export interface ShownNumbers {
  readonly idNumber: (of: SealedIdNumber) => string
  readonly account: (of: SealedAccount) => string
  /** For the sheet “Thông tin”: that they are masked, or what they are in clear for. */
  readonly words: string
}

/** Why numbers are wanted in clear. */
export interface Reveal {
  readonly purpose: string
}

/**
 * Numbers masked, or in clear for a purpose, which the caller records. What is not there, or not for who asks, is empty.
 * Throws DomainError `purpose` when the purpose is empty.
 */
export function shownNumbers(vault: Vault, reveal: Reveal | undefined): ShownNumbers {
  if (reveal !== undefined) requirePurpose(reveal.purpose)
  const clear = reveal !== undefined
  const shown = (number: string, mask: (number: string) => string) =>
    clear ? number : mask(number)
  return {
    idNumber: ({ identifierId: id, sealed }) =>
      id === null || sealed === null
        ? ''
        : shown(openIdentifier(vault, { id, sealed }), maskDigits),
    account: ({ accountId: id, numberSealed: sealed }) =>
      id === null || sealed === null ? '' : shown(openNumber(vault, id, sealed), maskNumber),
    words: clear ? `Đầy đủ, để: ${reveal.purpose}` : 'Đã che',
  }
}

/** A birth as papers write it: the day, or the year alone when no more is known. */
export const birthCell = (of: {
  readonly birthDate: LocalDate
  readonly birthPrecision: 'day' | 'year'
}): Value => (of.birthPrecision === 'year' ? of.birthDate.slice(0, 4) : { day: of.birthDate })
