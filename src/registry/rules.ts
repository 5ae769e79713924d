import { formatVnd, timesCoefficient } from '../lib/money.ts'
import type { Vnd } from '../lib/money.ts'
import { DomainError } from '../lib/errors.ts'

/** What the law needs of a category to say its amount (Decree 20/2021, Articles 5, 6 and 20). */
export interface CategoryRule {
  readonly code: string
  readonly article: string
  readonly clause: string
  /** Decimal with one place, e.g. "1.5"; null when the amount is fixed. */
  readonly coefficient: string | null
  /** In đồng; null when a coefficient applies. */
  readonly fixedAmount: bigint | null
}

/** One month's amount with the reason that a person can check. */
export interface EntitlementAmount {
  readonly amount: Vnd
  /** e.g. "360.000 × 1,5, Điều 5.6 / 6.1.e" */
  readonly explanation: string
}

/**
 * The monthly amount of a category at a standard level in đồng (Decree 20/2021 Art 4.2 and 6: standard × coefficient).
 * Throws DomainError `category-amount` when the category has neither a coefficient nor a fixed amount.
 */
export function monthlyAmount(category: CategoryRule, standard: bigint): EntitlementAmount {
  const basis = `Điều ${category.article}.${category.clause}`
  if (category.coefficient !== null) {
    return {
      amount: timesCoefficient(standard, category.coefficient),
      explanation: `${formatVnd(standard)} × ${category.coefficient.replace('.', ',')}, ${basis}`,
    }
  }
  if (category.fixedAmount === null) {
    throw new DomainError(
      'invalid',
      'category-amount',
      `Đối tượng ${category.code} không có mức tính`,
    )
  }
  return {
    amount: category.fixedAmount as Vnd,
    explanation: `${formatVnd(category.fixedAmount)}, ${basis}`,
  }
}
