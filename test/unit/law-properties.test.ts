import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { addMonths } from '../../src/lib/time.ts'
import type { Month } from '../../src/lib/time.ts'
import type { LawEnrolment, LawPerson } from '../../src/registry/rules-facts.ts'
import { entitlement } from '../../src/registry/rules.ts'
import { born, child, enrolled, law } from '../support/law.ts'
import { aMonth, aPerson, ART6, enrolments, holds, sum } from '../support/law-arbitraries.ts'

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
