import { describe, expect, test } from '@jest/globals'
import { readReference } from '../../src/registry/reference.ts'
import { monthlyAmount } from '../../src/registry/rules.ts'
import type { CategoryRule } from '../../src/registry/rules.ts'

const { categories } = readReference('prisma/reference')

/** The decree's own table, as the files carry it: worked out by people, not by our code. */
const cases = categories.flatMap((category) =>
  ([360_000n, 500_000n] as const).map((standard) => ({
    name: `${category.code} of ${category.validFrom}`,
    category: { ...category, fixedAmount: category.fixedAmountVnd } satisfies CategoryRule,
    standard,
    wanted: standard === 360_000n ? category.amountAt360000 : category.amountAt500000,
  })),
)

const rule = {
  code: 'X',
  article: '5',
  clause: '6',
  coefficient: null,
  fixedAmount: null,
} satisfies CategoryRule

describe('the monthly amount', () => {
  test.each(cases)('$name at $standard is $wanted', ({ category, standard, wanted }) => {
    const { amount, explanation } = monthlyAmount(category, standard)
    expect(amount).toBe(wanted ?? category.fixedAmount)
    expect(amount > 0n).toBe(true)
    expect(explanation).toContain(`Điều ${category.article}.${category.clause}`)
  })

  test('there is something to check: every category, most of them by a coefficient', () => {
    expect(cases.length).toBeGreaterThanOrEqual(2 * 35)
    expect(cases.filter(({ wanted }) => wanted !== null).length).toBeGreaterThan(40)
    expect(cases.filter(({ category }) => category.fixedAmount !== null).length).toBeGreaterThan(0)
  })

  test('tells how it comes about, as a person can check', () => {
    expect(monthlyAmount({ ...rule, coefficient: '1.5' }, 360_000n)).toEqual({
      amount: 540_000n,
      explanation: '360.000 × 1,5, Điều 5.6',
    })
    expect(monthlyAmount({ ...rule, fixedAmount: 270_000n }, 360_000n)).toEqual({
      amount: 270_000n,
      explanation: '270.000, Điều 5.6',
    })
  })

  test('a fixed amount does not follow the standard', () => {
    const fixed = { ...rule, fixedAmount: 270_000n }
    expect(monthlyAmount(fixed, 500_000n)).toMatchObject({ amount: 270_000n })
  })

  test('is refused without a coefficient or an amount', () => {
    expect(() => monthlyAmount(rule, 360_000n)).toThrow(
      expect.objectContaining({ name: 'DomainError', kind: 'invalid', code: 'category-amount' }),
    )
  })

  test('is refused when it is not a whole đồng', () => {
    expect(() => monthlyAmount({ ...rule, coefficient: '1.5' }, 360_001n)).toThrow(
      expect.objectContaining({ name: 'DomainError', code: 'money-fraction' }),
    )
  })
})
