import { describe, expect, test } from '@jest/globals'
import { localDate, month } from '../../src/lib/time.ts'
import type { Month } from '../../src/lib/time.ts'
import { amountOf } from '../../src/registry/rules-amount.ts'
import { FUNERAL_GROUNDS, funeralSupport } from '../../src/registry/rules-funeral.ts'
import type { FuneralGround } from '../../src/registry/rules-funeral.ts'
import type { LawEnrolment } from '../../src/registry/rules-facts.ts'
import { startMonth } from '../../src/registry/rules-start.ts'
import { entitlement } from '../../src/registry/rules.ts'
import { born, enrolled, law, reference, facts } from '../support/law.ts'

describe('when it starts (Art 8.1.đ)', () => {
  const decided = {
    birthDate: localDate('1943-05-20'),
    decisionDate: localDate('2023-08-17'),
    certificateMonth: null,
    requestedOn: null,
    qualifiesFrom: null,
    poor: false,
  }
  const rule = (code: string) => {
    const found = reference.categories.find((category) => category.code === code)
    if (found === undefined) throw new Error(code)
    return found
  }
  test.each([
    ['TE_KNN_U4', {}, '2023-08'],
    ['NKT_N', { certificateMonth: month('2023-03') }, '2023-03'],
    ['NCT_80', {}, '2023-05'],
    ['NCT_80', { qualifiesFrom: month('2023-07') }, '2023-07'],
    ['NCT_75_80_DTTS', { birthDate: localDate('1948-06-30') }, '2023-06'],
    ['NKT_N', { certificateMonth: month('2020-03') }, '2021-07'],
    ['HTXH', { requestedOn: localDate('2025-08-01') }, '2025-07'],
    [
      'HTXH',
      { requestedOn: localDate('2025-08-01'), birthDate: localDate('1950-09-09') },
      '2025-09',
    ],
    [
      'HTXH_70',
      { requestedOn: localDate('2025-08-01'), birthDate: localDate('1955-11-09'), poor: true },
      '2025-11',
    ],
  ] as const)('%s with %j starts in %s', (code, of, start) => {
    expect(startMonth(rule(code), { ...decided, ...of })).toBe(month(start))
  })
  test.each(['NKT_N', 'HTXH'])('%s is refused without what its start depends on', (code) => {
    expect(() => startMonth(rule(code), decided)).toThrow(
      expect.objectContaining({ name: 'DomainError', code: 'start-unknown' }),
    )
  })
})

describe('funeral support', () => {
  const support = (day: string, ...grounds: FuneralGround[]) => {
    const { categoryCode, amount } = funeralSupport('f', localDate(day), grounds, law)
    return `${categoryCode} ${String(amount)}`
  }
  test.each([
    ['2023-08-05', 'community', 'MTP_CD 7200000'],
    ['2025-08-05', 'community', 'MTP_CD 10000000'],
    ['2023-08-05', 'child-of-single-parent', 'MTP_CD 7200000'],
    ['2023-08-05', 'aged-80-on-survivor-allowance', 'MTP_CD 7200000'],
    ['2025-08-05', 'social-pension', 'MTP_HTXH 10000000'],
    ['2025-08-05', 'social-pension-applicant', 'MTP_HTXH 10000000'],
    ['2023-08-05', 'institution', 'MTP_CSTG 18000000'],
    ['2023-08-05', 'emergency', 'MTP_KC 18000000'],
    ['2024-07-01', 'emergency', 'MTP_KC 25000000'],
  ] as const)('on %s by ground %s: %s', (day, ground, wanted) => {
    expect(support(day, ground)).toBe(wanted)
  })
  test('is the highest of several, of equal ones the lowest clause', () => {
    expect(support('2023-08-05', 'community', 'emergency')).toBe('MTP_KC 18000000')
    expect(support('2025-08-05', 'social-pension', 'community')).toBe('MTP_CD 10000000')
    expect(support('2023-08-05', 'institution', 'emergency')).toBe('MTP_KC 18000000')
  })
  test('is refused when the ground is not in force yet', () => {
    expect(() => support('2023-08-05', 'social-pension')).toThrow(
      expect.objectContaining({ code: 'funeral-no-ground' }),
    )
  })
  test('every ground has its category', () => {
    const codes = new Set(reference.categories.map(({ code }) => code))
    expect(Object.values(FUNERAL_GROUNDS).filter((code) => !codes.has(code))).toEqual([])
  })
})

describe('what an amount says', () => {
  const one = (head: string, birth: string, of: Month, more: Partial<LawEnrolment> = {}) =>
    entitlement(born(birth), [enrolled(head, more)], of, law)[0]

  test('in both languages, with the articles', () => {
    expect(one('TE_KNN', '2022-08-10', month('2024-08'))).toMatchObject({
      explanation: '500.000 × 2,5, Điều 6.1.a',
      explanationEn: '500,000 × 2.5, Art. 6.1.a',
      legalBasis: 'Điều 5.1, 6.1.a Nghị định 20/2021/NĐ-CP',
    })
    expect(one('DTN_CON', '1990-01-01', month('2023-08'), facts['two children'])).toMatchObject({
      explanation: '360.000 × 1,0 × 2 con, Điều 6.1.d',
      explanationEn: '360,000 × 1.0 × 2 children, Art. 6.1.d',
    })
    expect(one('HTXH', '1940-01-01', month('2025-08'), { start: month('2025-07') })).toMatchObject({
      explanation: '500.000, Điều 21 Luật 41/2024/QH15',
      explanationEn: '500,000, Art. 21 Law 41/2024/QH15',
    })
  })

  test('nothing that reveals HIV (Art 8.1.b)', () => {
    const lines = [
      one('HIV_NGHEO', '1990-01-01', month('2023-08')),
      one('HIV_TE', '2015-01-01', month('2023-08')),
    ]
    for (const line of lines) {
      expect(line?.explanation).toMatch(/Điều 6\.1$/)
      expect(line?.legalBasis).toBe('Điều 5, 6.1 Nghị định 20/2021/NĐ-CP')
    }
    const { categories } = reference
    for (const { neutralCode } of categories.filter(({ confidential }) => confidential)) {
      const others = categories.filter(
        (row) => !row.confidential && row.neutralCode === neutralCode,
      )
      expect(others.length).toBeGreaterThanOrEqual(2)
    }
  })

  test('is refused without a coefficient or an amount, or when it is not a whole đồng', () => {
    const [first] = reference.categories
    if (first === undefined) throw new Error('a category')
    const rule = { ...first, fixedAmount: null }
    expect(() => amountOf({ ...rule, coefficient: null }, 360_000n)).toThrow(
      expect.objectContaining({ code: 'category-amount' }),
    )
    expect(() => amountOf({ ...rule, coefficient: '1.5' }, 360_001n)).toThrow(
      expect.objectContaining({ code: 'money-fraction' }),
    )
  })
})
