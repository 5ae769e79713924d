import { DomainError } from '../lib/errors.ts'
import { formatVnd, timesCoefficient, vnd } from '../lib/money.ts'
import type { Vnd } from '../lib/money.ts'
import type { LawCategory } from './rules-law.ts'

/** What an amount comes from. */
type AmountRule = Pick<
  LawCategory,
  'code' | 'point' | 'legalBasis' | 'coefficient' | 'fixedAmount' | 'confidential'
>

/** An amount in đồng with its reason in both languages, and the articles. */
export interface Explained {
  readonly amount: Vnd
  readonly explanation: string
  readonly explanationEn: string
  readonly legalBasis: string
}

/**
 * The amount of a category at a standard level in đồng (Decree 20/2021 Art 4.2 and 6: standard × coefficient, for a
 * single parent × children), or its fixed amount. What an HIV-related category says stops before the point that would
 * reveal it (Art 8.1.b). Throws DomainError `category-amount` when the category has neither, `money-fraction` when the
 * product is not a whole đồng.
 */
export function amountOf(category: AmountRule, standard: bigint, children?: number): Explained {
  const { point, legalBasis } = category.confidential ? withoutPoint(category) : category
  const one = ofOne(category, standard)
  const count = children ?? 1
  const vi = [...one.vi, ...(children === undefined ? [] : [`${count} con`])].join(' × ')
  const en = [
    ...one.en,
    ...(children === undefined ? [] : [`${count} ${count === 1 ? 'child' : 'children'}`]),
  ].join(' × ')
  return {
    amount: vnd(one.amount * BigInt(count)),
    explanation: `${vi}, Điều ${point}`,
    explanationEn: `${en}, Art. ${point.replace('Luật', 'Law')}`,
    legalBasis,
  }
}

function ofOne({ code, coefficient, fixedAmount }: AmountRule, standard: bigint) {
  if (coefficient !== null) {
    return {
      amount: timesCoefficient(standard, coefficient),
      vi: [formatVnd(standard), coefficient.replace('.', ',')],
      en: [english(standard), coefficient],
    }
  }
  if (fixedAmount === null) {
    throw new DomainError('invalid', 'category-amount', `Đối tượng ${code} không có mức tính`)
  }
  return { amount: vnd(fixedAmount), vi: [formatVnd(fixedAmount)], en: [english(fixedAmount)] }
}

/** 500000n → "500,000". */
export const english = (amount: bigint): string => formatVnd(amount).replaceAll('.', ',')

/** "6.1.g" → "6.1"; "Điều 5.8, 6.1.g Nghị định …" → "Điều 5, 6.1 Nghị định …". */
function withoutPoint({ point, legalBasis }: AmountRule) {
  return {
    point: point.split('.').slice(0, 2).join('.'),
    legalBasis: legalBasis.replace(/^Điều (\d+)\.\S+ (\d+\.\d+)\S*/, 'Điều $1, $2'),
  }
}
