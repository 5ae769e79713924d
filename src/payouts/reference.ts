import { invariant } from '../lib/errors.ts'
import type { Month } from '../lib/time.ts'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** Issues of one entitlement at the most: 1…9, A…Z. */
const ISSUES_MAX = 35

/** Which payment a reference names. */
export interface ReferenceParts {
  readonly month: Month
  /** GSO code of the commune, 5 digits. */
  readonly commune: string
  /** Row on the commune's lists of that month, from 1. */
  readonly row: number
  /** 1 for the first instruction of an entitlement, one more for each re-issue. */
  readonly issue: number
}

/**
 * The payment reference: 16 characters A–Z 0–9, made once per instruction, unique for ever, readable over a phone:
 * year and month, commune, row, issue and a check character (ISO 7064 MOD 37,36), e.g. 230819750000C412.
 * It fits pain.001 EndToEndId, MT940 :61: and a wallet's request id (docs/adr/0007).
 */
export function paymentReference({ month, commune, row, issue }: ReferenceParts): string {
  invariant(/^\d{5}$/.test(commune), 'a commune code has five digits')
  invariant(issue >= 1 && issue <= ISSUES_MAX, 'an entitlement is issued 1 to 35 times')
  const body = `${yearMonth(month)}${commune}${base36(row)}${ALPHABET[issue] ?? ''}`
  return body + checkCharacter(body)
}

/** The reference of the next instruction of the same entitlement: issue one higher, new check character. */
export function nextIssue(reference: string): string {
  const issue = ALPHABET.indexOf(reference.charAt(14)) + 1
  invariant(issue <= ISSUES_MAX, 'an entitlement is issued 1 to 35 times')
  const body = reference.slice(0, 14) + (ALPHABET[issue] ?? '')
  return body + checkCharacter(body)
}

/** Whether a text is a payment reference with the right check character. */
export function isPaymentReference(text: string): boolean {
  return /^[0-9A-Z]{16}$/.test(text) && checkCharacter(text.slice(0, 15)) === text[15]
}

/** The number of an entitlement, as a person reads it: "2308-19750-000C4". */
export function entitlementNumber({ month, commune, row }: Omit<ReferenceParts, 'issue'>): string {
  return `${yearMonth(month)}-${commune}-${base36(row)}`
}

/** The number of a commune's list: "2308-19750-1". */
export function listNumber(month: Month, commune: string, version: number): string {
  return `${yearMonth(month)}-${commune}-${version}`
}

/**
 * Between what references, numbers of entitlements and of lists of a month lie, from `from` on and before `to`: all begin with
 * it, and go on with digits, capital letters and dashes.
 */
export function numbersOf(month: Month): { readonly from: string; readonly to: string } {
  const from = yearMonth(month)
  return { from, to: `${from}~` }
}

/** "2023-08-01" → "2308". */
function yearMonth(month: Month): string {
  return month.slice(2, 4) + month.slice(5, 7)
}

function base36(row: number): string {
  return row.toString(36).toUpperCase().padStart(5, '0')
}

/** ISO 7064 hybrid system MOD 37,36 over 36 letters and digits: finds each single error and nearly each swap of neighbours (docs/adr/0007). */
function checkCharacter(body: string): string {
  let p = 36
  for (const character of body) {
    const value = ALPHABET.indexOf(character)
    p = (p + value) % 36 || 36
    p = (p * 2) % 37
  }
  return ALPHABET[(37 - p) % 36] ?? ''
}
