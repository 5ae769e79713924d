import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { addMonths, month } from '../../src/lib/time.ts'
import type { LocalDate, Month } from '../../src/lib/time.ts'
import { excessOf, missingOf, monthsBetween } from '../../src/registry/rules-arrears.ts'
import type { Carried } from '../../src/registry/rules-arrears.ts'
import type { LawEnrolment, LawLine, LawPerson } from '../../src/registry/rules-facts.ts'
import { entitlement } from '../../src/registry/rules.ts'
import { born, child, enrolled, law } from '../support/law.ts'

const HEADS = [
  ...['TE_KNN', 'HIV_TE', 'DTN_CON', 'NCT_NGHEO', 'NCT_DTTS', 'NCT_80', 'NCT_NHAN_CS', 'NKT_DBN'],
  ...['NKT_N', 'TE_U3_DTTS', 'HIV_NGHEO', 'CS_TE', 'CS_NCT', 'CS_NKT_MT', 'CS_HGD_DBN'],
  ...['CS_NHAN_DBN', 'CSTG', 'HTXH'],
]
const FIRST = month('2021-07')
const aMonth = fc.integer({ min: 0, max: 59 }).map((n) => addMonths(FIRST, n))
const aDay = fc
  .tuple(fc.integer({ min: 0, max: 1150 }), fc.integer({ min: 1, max: 28 }))
  .map(([n, day]) => addMonths(month('1930-01'), n).slice(0, 8) + String(day).padStart(2, '0'))
  .map((day) => day as LocalDate)
const aPerson: fc.Arbitrary<LawPerson> = fc.record({
  birthDate: aDay,
  diedOn: fc.option(aMonth, { nil: null, freq: 9 }),
})
const enrolment: fc.Arbitrary<LawEnrolment> = fc
  .record({
    head: fc.constantFrom(...HEADS),
    start: aMonth,
    length: fc.option(fc.integer({ min: 0, max: 30 }), { nil: null }),
    studyingUntil: fc.option(aMonth, { nil: null }),
    pregnantUntil: fc.option(aMonth, { nil: null }),
    poor: fc.boolean(),
    children: fc.array(
      fc.record({ birthDate: aDay, studyingUntil: fc.option(aMonth, { nil: null }) }),
      { maxLength: 3 },
    ),
    suspensions: fc.array(
      fc.record({ from: aMonth, to: fc.option(aMonth, { nil: null }), withArrears: fc.boolean() }),
      { maxLength: 1 },
    ),
  })
  .map(({ length, head, ...facts }) =>
    enrolled(head, { ...facts, last: length === null ? null : addMonths(facts.start, length) }),
  )
/** One enrolment a head, as the database holds it. */
const enrolments = fc.uniqueArray(enrolment, { selector: ({ head }) => head, maxLength: 6 })
const sum = (lines: readonly { readonly amount: bigint }[]) =>
  lines.reduce((total, { amount }) => total + amount, 0n)
const ART6 = new Set(['monthly', 'children', 'institution'])
const asCarried = (lines: readonly LawLine[]): readonly Carried[] => lines

const holds = <T extends [unknown, ...unknown[]]>(
  arbitraries: { readonly [K in keyof T]: fc.Arbitrary<T[K]> },
  check: (...values: T) => void,
) => {
  const property = fc.property(fc.tuple(...arbitraries), (values) => {
    check(...(values as unknown as T))
  })
  fc.assert(property, { numRuns: 2_000 })
}

describe('the law, whatever the facts', () => {
  test('never two heads but a single parent with 5.5, 5.6 or 5.8', () => {
    let pairs = 0
    holds<[LawPerson, readonly LawEnrolment[], Month]>(
      [aPerson, enrolments, aMonth],
      (person, some, of) => {
        const parent = enrolled('DTN_CON', { children: [child('2018-01-01')] })
        const all = [parent, ...some.filter(({ head }) => head !== 'DTN_CON')]
        const paid = entitlement(person, all, of, law).filter(({ component }) =>
          ART6.has(component),
        )
        expect(paid.length).toBeLessThanOrEqual(2)
        if (paid.length < 2) return
        pairs += 1
        expect(paid.map(({ component }) => component)).toEqual(['children', 'monthly'])
        expect(paid[1]?.categoryCode).toMatch(/^(NCT|NKT|HIV_NGHEO)/)
      },
    )
    expect(pairs).toBeGreaterThan(5)
  })

  test('what is paid is never less than the best head alone would be', () => {
    holds<[LawPerson, readonly LawEnrolment[], Month]>(
      [aPerson, enrolments, aMonth],
      (person, all, of) => {
        const benefit = (rows: readonly LawEnrolment[]) =>
          sum(entitlement(person, rows, of, law).filter(({ component }) => ART6.has(component)))
        if (all.some(({ head }) => head === 'CSTG')) return
        for (const one of all) expect(benefit(all) >= benefit([one])).toBe(true)
      },
    )
  })

  test('the order of the enrolments does not matter', () => {
    const shuffled = enrolments.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray([...all], { minLength: all.length })),
    )
    holds<[LawPerson, readonly (readonly LawEnrolment[])[], Month]>(
      [aPerson, shuffled, aMonth],
      (person, [one = [], other = []], of) => {
        expect(entitlement(person, other, of, law)).toEqual(entitlement(person, one, of, law))
      },
    )
  })

  test('one line a programme and component, above zero, of a whole explanation', () => {
    holds<[LawPerson, readonly LawEnrolment[], Month]>(
      [aPerson, enrolments, aMonth],
      (person, all, of) => {
        const lines = entitlement(person, all, of, law)
        const keys = lines.map(({ programme, component }) => `${programme} ${component}`)
        expect(new Set(keys).size).toBe(lines.length)
        for (const line of lines) {
          expect(line.amount > 0n).toBe(true)
          expect(line.period).toBe(of)
          expect(line.explanation.length * line.explanationEn.length).toBeGreaterThan(0)
        }
      },
    )
  })

  test('a head that stops and starts again is paid once a month', () => {
    holds<[Month, Month]>([aMonth, aMonth], (last, from) => {
      const stopped = enrolled('NKT_N', { last })
      const again = enrolled('NKT_N', { start: addMonths(last, 1) })
      const lines = entitlement(born('1990-01-01'), [stopped, again], from, law)
      expect(lines.filter(({ component }) => component === 'monthly')).toHaveLength(1)
    })
  })
})

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
