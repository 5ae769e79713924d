import fc from 'fast-check'
import { addMonths, month } from '../../src/lib/time.ts'
import type { LocalDate } from '../../src/lib/time.ts'
import type { LawEnrolment, LawPerson } from '../../src/registry/rules-facts.ts'
import { enrolled } from './law.ts'

const HEADS = [
  ...['TE_KNN', 'HIV_TE', 'DTN_CON', 'NCT_NGHEO', 'NCT_DTTS', 'NCT_80', 'NCT_NHAN_CS', 'NKT_DBN'],
  ...['NKT_N', 'TE_U3_DTTS', 'HIV_NGHEO', 'CS_TE', 'CS_NCT', 'CS_NKT_MT', 'CS_HGD_DBN'],
  ...['CS_NHAN_DBN', 'CSTG', 'HTXH'],
]
const FIRST = month('2021-07')
export const aMonth = fc.integer({ min: 0, max: 59 }).map((n) => addMonths(FIRST, n))
const aDay = fc
  .tuple(fc.integer({ min: 0, max: 1150 }), fc.integer({ min: 1, max: 28 }))
  .map(([n, day]) => addMonths(month('1930-01'), n).slice(0, 8) + String(day).padStart(2, '0'))
  .map((day) => day as LocalDate)
export const aPerson: fc.Arbitrary<LawPerson> = fc.record({
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
export const enrolments = fc.uniqueArray(enrolment, { selector: ({ head }) => head, maxLength: 6 })
export const sum = (lines: readonly { readonly amount: bigint }[]) =>
  lines.reduce((total, { amount }) => total + amount, 0n)
export const ART6 = new Set(['monthly', 'children', 'institution'])
export const holds = <T extends [unknown, ...unknown[]]>(
  arbitraries: { readonly [K in keyof T]: fc.Arbitrary<T[K]> },
  check: (...values: T) => void,
) => {
  const property = fc.property(fc.tuple(...arbitraries), (values) => {
    check(...(values as unknown as T))
  })
  fc.assert(property, { numRuns: 2_000 })
}
