import { Decimal } from 'decimal.js'
import { DomainError } from './errors.ts'

declare const brand: unique symbol

/** An amount in whole đồng. Never a float; strings of digits on the wire (docs/adr/0001). */
export type Vnd = bigint & { readonly [brand]: 'Vnd' }

/** Above this no single amount is believed: 10^15 đồng is more than the country's budget. */
const VND_MAX = 1_000_000_000_000_000n

/**
 * Takes a bigint in đồng and brands it.
 * Throws DomainError `money-range` when it is negative or above 10^15.
 */
export function vnd(amount: bigint): Vnd {
  if (amount < 0n || amount > VND_MAX) {
    throw new DomainError('invalid', 'money-range', `Số tiền ngoài phạm vi: ${amount} đồng`)
  }
  return amount as Vnd
}

/**
 * Reads the wire form: a string of digits such as "540000". Returns đồng.
 * Throws DomainError `money-format` for anything else ("1.5", "5e5", "500.000", a number).
 */
export function parseVnd(text: unknown): Vnd {
  if (typeof text !== 'string' || !/^(0|[1-9][0-9]{0,15})$/.test(text)) {
    throw new DomainError('invalid', 'money-format', 'Số tiền phải là chuỗi chữ số, đơn vị đồng')
  }
  return vnd(BigInt(text))
}

/** Takes amounts in đồng, returns their sum (0 for none). */
export function sumVnd(amounts: Iterable<bigint>): Vnd {
  let total = 0n
  for (const amount of amounts) total += amount
  return vnd(total)
}

/**
 * Standard × coefficient of Decree 20/2021 (both from reference data), e.g. 360000 × "1.5" = 540000.
 * Throws DomainError `money-fraction` when the product is not a whole đồng: the decree's never is.
 */
export function timesCoefficient(standard: bigint, coefficient: string): Vnd {
  const product = new Decimal(standard.toString()).times(coefficient)
  if (!product.isInteger()) {
    throw new DomainError(
      'invalid',
      'money-fraction',
      `${standard} × ${coefficient} không chẵn đồng`,
    )
  }
  return vnd(BigInt(product.toFixed(0)))
}

/** 540000n → "540.000": dots for thousands, as Vietnamese papers write. */
export function formatVnd(amount: bigint): string {
  return amount.toString().replace(/\B(?=(\d{3})+(?!\d))/g, '.')
}

/**
 * Coverage n/d as "78,49%": TRUNCATED to two decimals with integers, never rounded up, so that 100,00%
 * appears only when n = d; "–" when d = 0 (the provincial report's own figures).
 */
export function formatCoverage(n: number, d: number): string {
  if (d === 0) return '–'
  const hundredths = (10_000n * BigInt(n)) / BigInt(d)
  return `${hundredths / 100n},${(hundredths % 100n).toString().padStart(2, '0')}%`
}
