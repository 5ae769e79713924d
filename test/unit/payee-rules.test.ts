import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { addDays, localDate } from '../../src/lib/time.ts'
import type { LocalDate } from '../../src/lib/time.ts'
import { birthdayOn, holdOf, termEnd, warningsOf } from '../../src/registry/payee-rules.ts'
import type { HoldFacts, Term, WarningFacts } from '../../src/registry/payee-rules.ts'

const day = (text: string) => localDate(text)

test.each([
  ['2008-02-29', 15, '2023-02-28'],
  ['2008-02-29', 16, '2024-02-29'],
  ['2000-02-29', 100, '2100-02-28'],
  ['2005-08-15', 18, '2023-08-15'],
])('born on %s, %s years old on %s', (born, age, wanted) => {
  expect(birthdayOn(day(born), age)).toBe(wanted)
})

test.each([
  ['guardian', '2020-01-01', null, '2006-08-10', '2024-08-10'],
  ['legal_representative', '2020-01-01', '2030-01-01', '2006-08-10', '2024-08-10'],
  ['guardian', '2020-01-01', '2024-01-01', '2006-08-10', '2024-01-01'],
  ['guardian', '2020-01-01', null, '1990-08-10', null],
  ['guardian', '2024-08-10', null, '2006-08-10', null],
  ['authorised', '2023-01-01', '2024-01-01', '2006-08-10', '2024-01-01'],
  ['guardian', '2020-01-01', null, null, null],
] as const)(
  'a %s from %s until %s of somebody born on %s ends on %s',
  (kind, from, until, born, end) => {
    const term = { kind, from: day(from), until: until === null ? null : day(until) }
    expect(termEnd(term, born === null ? null : day(born))).toBe(end)
  },
)

const term: Term = {
  ...{ kind: 'authorised', from: day('2023-01-01'), until: day('2024-01-01'), revokedOn: null },
}
const nothing: HoldFacts = {
  ...{ bornOn: day('1950-01-01'), beneficiaryDied: null, payeeDied: null },
  ...{ represented: true, term, coolsUntil: null },
}

describe('holds', () => {
  const anyDay = fc.integer({ min: -900, max: 900 }).map((n) => addDays(day('2023-08-01'), n))
  const maybe = fc.option(anyDay, { nil: null })

  test('after a death nobody is credited but the organiser of the funeral, whatever the papers', () => {
    const kind = fc.constantFrom<Term['kind']>('guardian', 'authorised', 'caregiver', 'institution')
    fc.assert(
      fc.property(kind, anyDay, anyDay, maybe, (of, died, today, until) => {
        const facts = { ...nothing, beneficiaryDied: died, term: { ...term, kind: of, until } }
        expect(holdOf(facts, today) === 'beneficiary-dead').toBe(died <= today)
      }),
    )
    const organiser = { ...term, kind: 'funeral_organiser' as const }
    const facts = { ...nothing, beneficiaryDied: day('2023-08-01'), term: organiser }
    expect(holdOf(facts, day('2023-08-05'))).toBeNull()
  })

  test('a hold by time never lifts by itself, but for the cooling-off', () => {
    fc.assert(
      fc.property(
        maybe,
        maybe,
        maybe,
        maybe,
        anyDay,
        (died, payeeDied, until, revokedOn, today) => {
          const papers = { ...term, until, revokedOn }
          const facts = { ...nothing, beneficiaryDied: died, payeeDied, term: papers }
          if (holdOf(facts, today) !== null) expect(holdOf(facts, addDays(today, 1))).not.toBeNull()
        },
      ),
    )
  })

  test('who receives for another without papers is not credited, and is not asked for any himself', () => {
    expect(holdOf({ ...nothing, term: null }, day('2023-08-01'))).toBe('representation-expired')
    const self = { ...nothing, term: null, represented: false }
    expect(holdOf(self, day('2023-08-01'))).toBeNull()
  })

  test('a changed account cools off', () => {
    const facts = { ...nothing, coolsUntil: day('2023-09-01') }
    expect(holdOf(facts, day('2023-08-31'))).toBe('account-cooling-off')
    expect(holdOf(facts, day('2023-09-01'))).toBeNull()
  })
})

describe('warnings', () => {
  const settings = {
    ...{ authorisationMonths: 12, wardsMax: 3, sharedAccountPayees: 2, expiryNoticeDays: 30 },
  }
  const calm: WarningFacts = {
    ...{ bornOn: day('1950-01-01'), term, before: null, payeeId: 'p', accountId: 'a' },
    ...{ everPaid: false, sharing: 1, wards: 3, verdict: null },
    ...{ holderName: 'NGUYEN THI ANH MAU', ownerName: 'Nguyễn Thị Ánh Mẫu' },
  }
  const of = (change: Partial<WarningFacts>, on = '2023-08-01') =>
    warningsOf({ ...calm, ...change }, settings, day(on))

  const before = { payeeId: 'p', accountId: 'b' }
  test.each<[string, Partial<WarningFacts>, readonly string[]]>([
    ['nothing', {}, []],
    ['another account', { before }, ['account-changed']],
    ['another account that was paid once', { before, everPaid: true }, []],
    [
      'the first account after cash',
      { before: { ...before, accountId: null } },
      ['account-changed'],
    ],
    ['the same account', { before: { ...before, accountId: 'a' } }, []],
    ['another receiver', { before: { payeeId: 'q', accountId: 'a' } }, ['new-payee']],
    [
      'another receiver in cash',
      { before: { payeeId: 'q', accountId: 'b' }, accountId: null },
      ['new-payee'],
    ],
    ['two unrelated payees', { sharing: 2 }, ['shared-account']],
    ['four wards', { wards: 4 }, ['guardian-of-many']],
    ['another holder', { holderName: 'TRAN VAN BINH MAU' }, ['name-differs']],
    ['a holder in another order', { holderName: 'ANH NGUYEN THI MAU' }, ['name-differs']],
    ['a holder that the bank knows', { holderName: 'X Y', verdict: 'match' }, []],
    ['a holder that the bank does not know', { verdict: 'block' }, ['name-differs']],
    ['an account that the bank does not know', { verdict: 'not-found' }, ['name-differs']],
    ['a bank that did not answer', { verdict: 'no-answer' }, []],
  ])('of %s', (_, change, wanted) => {
    expect(of(change)).toEqual(wanted)
  })

  test.each<[LocalDate | string, boolean]>([
    ['2023-12-01', false],
    ['2023-12-02', true],
    ['2023-12-31', true],
    ['2024-01-01', false],
  ])('thirty days before the end: on %s %s', (on, soon) => {
    expect(of({}, on).includes('expires-soon')).toBe(soon)
  })
})
