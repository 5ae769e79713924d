import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { addMonths, month } from '../../src/lib/time.ts'
import type { Month } from '../../src/lib/time.ts'
import { excessOf, missingOf, monthsBetween } from '../../src/registry/rules-arrears.ts'
import type { Carried } from '../../src/registry/rules-arrears.ts'
import type { LawEnrolment, LawLine, LawPerson } from '../../src/registry/rules-facts.ts'
import { entitlement } from '../../src/registry/rules.ts'
import { born, child, enrolled, law } from '../support/law.ts'
import { aMonth, aPerson, enrolments, holds, sum } from '../support/law-arbitraries.ts'

const asCarried = (lines: readonly LawLine[]): readonly Carried[] => lines

describe('arrears', () => {
  test('of N months are N single months, each at its own level', () => {
    holds<[LawPerson, readonly LawEnrolment[], Month, number]>(
      [aPerson, enrolments, aMonth, fc.integer({ min: 0, max: 24 })],
      (person, all, from, more) => {
        const until = addMonths(from, more)
        const singles = monthsBetween(from, until).flatMap((of) =>
          entitlement(person, all, of, law),
        )
        const owed = monthsBetween(from, until).flatMap((of) =>
          missingOf(entitlement(person, all, of, law), [], until),
        )
        expect(sum(owed)).toBe(sum(singles))
        expect(owed.map(({ period, component, amount }) => [period, component, amount])).toEqual(
          singles.map(({ period, component, amount }) => [period, component, amount]),
        )
      },
    )
  })

  test('what lists carried, and what is missing less what is too much, is what the law owes', () => {
    let differences = 0
    holds<[LawPerson, readonly LawEnrolment[], readonly LawEnrolment[], Month]>(
      [aPerson, enrolments, enrolments, aMonth],
      (person, before, now, of) => {
        const owed = entitlement(person, now, of, law)
        const carried = asCarried(entitlement(person, before, of, law))
        const missing = missingOf(owed, carried, of)
        const excess = excessOf(owed, carried)
        expect(sum(carried) + sum(missing) - sum(excess)).toBe(sum(owed))
        differences += missing.filter(({ component }) => component.startsWith('difference')).length
        const keys = [...carried, ...missing].map((row) => `${row.programme} ${row.component}`)
        expect(new Set(keys).size).toBe(keys.length)
        expect(missing.every(({ amount }) => amount > 0n)).toBe(true)
      },
    )
    expect(differences).toBeGreaterThan(5)
  })

  test('what was put on a list is not put on another', () => {
    holds<[LawPerson, readonly LawEnrolment[], readonly LawEnrolment[], Month]>(
      [aPerson, enrolments, enrolments, aMonth],
      (person, before, now, of) => {
        const owed = entitlement(person, now, of, law)
        const carried = asCarried(entitlement(person, before, of, law))
        const after = [...carried, ...asCarried(missingOf(owed, carried, of))]
        expect(missingOf(owed, after, of)).toEqual([])
      },
    )
  })

  const parent = (...children: ReturnType<typeof child>[]) => enrolled('DTN_CON', { children })
  const one = child('2018-01-01')

  test('a month carried too low gets the difference, twice if it rises twice', () => {
    const of = month('2023-06')
    const owed = (n: number) =>
      entitlement(born('1990-01-01'), [parent(...Array.from({ length: n }, () => one))], of, law)
    const first = missingOf(owed(2), owed(1), month('2023-08'))
    expect(first).toMatchObject([
      {
        component: 'difference',
        amount: 360_000n,
        explanation: 'Bù chênh lệch 06/2023: 720.000 − 360.000 (360.000 × 1,0 × 2 con, Điều 6.1.d)',
      },
    ])
    const second = missingOf(owed(3), [...owed(1), ...first], month('2023-09'))
    expect(second).toMatchObject([{ component: 'difference-2', amount: 360_000n }])
  })

  test('is never negative: what was carried too high is too much of the carried line', () => {
    const of = month('2023-06')
    const owed = (...children: ReturnType<typeof child>[]) =>
      entitlement(born('1990-01-01'), [parent(...children)], of, law)
    expect(missingOf(owed(one), owed(one, one), of)).toEqual([])
    expect(excessOf(owed(one), owed(one, one))).toEqual([
      { programme: 'BTXH', component: 'children', period: of, amount: 360_000n },
    ])
  })

  test('a benefit that took the place of another is paid up to it, not beside it', () => {
    const of = month('2025-08')
    const pension = entitlement(born('1940-01-01'), [enrolled('NCT_80')], of, law)
    const disabled = entitlement(born('1940-01-01'), [enrolled('NKT_N')], of, law)
    expect(missingOf(disabled, pension, of)).toMatchObject([
      { component: 'difference', amount: 500_000n, programme: 'BTXH' },
    ])
  })

  test('says for which month it is, at the level of that month', () => {
    const lines = [month('2024-06'), month('2024-07')].flatMap((of) =>
      missingOf(
        entitlement(born('1990-01-01'), [enrolled('NKT_N')], of, law),
        [],
        month('2024-07'),
      ),
    )
    expect(lines.map(({ explanation }) => explanation)).toEqual([
      'Truy lĩnh 06/2024: 360.000 × 1,5, Điều 6.1.e',
      '500.000 × 1,5, Điều 6.1.e',
    ])
    expect(lines[0]?.explanationEn).toBe('Arrears for 06/2024: 360,000 × 1.5, Art. 6.1.e')
  })
})
