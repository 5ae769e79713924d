/** What banks take in a text: the SWIFT set X. None of it has a meaning in the content of an XML element. */
const OUTSIDE = /[^A-Za-z0-9/\-?:().,'+ ]+/g
const ACCOUNT = /^[0-9A-Za-z]{1,34}$/
const IDENTIFIER = /^[A-Za-z0-9.-]{1,35}$/

/**
 * A text as banks take it, at most `lengthMax` characters: without diacritics (đ is d), other characters as a blank,
 * blanks joined, no slash at an end and none doubled (ISO 20022 market practice). Empty when nothing of it is left.
 */
export function foldText(text: string, lengthMax: number): string {
  const plain = text.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/g, 'd').replace(/Đ/g, 'D')
  const fits = plain.replace(OUTSIDE, ' ').replace(/\/{2,}/g, '/')
  return trimmed(trimmed(fits.replace(/ +/g, ' ')).slice(0, lengthMax))
}

const trimmed = (text: string): string => text.replace(/^[ /]+|[ /]+$/g, '')

/** Whether a text may stand as the number of an account: letters and digits, at most 34. */
export const isAccountNumber = (text: string): boolean => ACCOUNT.test(text)

/** Whether a text may stand as an identifier: at most 35 letters, digits, dots and dashes. */
export const isIdentifier = (text: string): boolean => IDENTIFIER.test(text)
