import { DomainError } from '../lib/errors.ts'
import type { Place, Vault } from '../lib/vault.ts'
import { ACCOUNT_NUMBER, ACCOUNT_TAIL } from './blind-fields.ts'

/** Where an account is kept: at a bank (its code), or in a wallet (null), under a number. */
export interface AccountNumber {
  readonly bankCode: string | null
  readonly number: string
}

/** An account number as the database has it. */
export interface SealedNumber {
  readonly sealed: string
  readonly index: Buffer
  readonly tail: Buffer
}

/** As banks give them: text, with leading zeros. */
const BANK_NUMBER = /^[0-9A-Z]{6,19}$/
/** A Vietnamese mobile number: 0 and nine digits, of a prefix that is given to mobile phones (3, 5, 7, 8, 9). */
const MOBILE = /^0[35789][0-9]{8}$/
const TAIL = 4

/**
 * An account number as an officer writes it, without the spaces, dots and dashes between its digits and with a phone's
 * +84 as 0. Takes the bank's code or null for a wallet; throws DomainError `account-number` when the number is none.
 */
export function readAccountNumber({ bankCode, number }: AccountNumber): string {
  const plain = number
    .normalize('NFC')
    .replace(/[\s.-]/g, '')
    .toUpperCase()
  const read = bankCode === null ? plain.replace(/^\+84/, '0') : plain
  if ((bankCode === null ? MOBILE : BANK_NUMBER).test(read)) return read
  throw new DomainError(
    'invalid',
    'account-number',
    bankCode === null
      ? 'Số ví Hue-S phải là số điện thoại di động 10 chữ số, bắt đầu bằng 03, 05, 07, 08 hoặc 09'
      : 'Số tài khoản phải có 6 đến 19 chữ số hoặc chữ cái không dấu, giữ cả số 0 ở đầu',
  )
}

/** Seals the number of the account with this id, with its blind indexes. The number comes read. */
export function sealNumber(vault: Vault, id: string, account: AccountNumber): SealedNumber {
  const { number } = account
  return {
    sealed: vault.seal(placeOf(id), number),
    index: indexOfNumber(vault, account),
    tail: vault.index(ACCOUNT_TAIL, number.slice(-TAIL)),
  }
}

/** The blind index that finds an account by its whole number. */
export function indexOfNumber(vault: Vault, { bankCode, number }: AccountNumber): Buffer {
  return vault.index(ACCOUNT_NUMBER, `${bankCode ?? 'wallet'}:${number}`)
}

/** The clear number of the account with this id. Throws DomainError `sealed-value` when it was altered or moved. */
export function openNumber(vault: Vault, id: string, sealed: string): string {
  return vault.open(placeOf(id), sealed)
}

/** A number as screens and papers show it: its last four characters. */
export function maskNumber(number: string): string {
  return `••••${number.slice(-TAIL)}`
}

const placeOf = (row: string): Place => ({
  table: 'payment_account',
  column: 'number_sealed',
  row,
})
