import { localDate, month } from '../../src/lib/time.ts'
import { readReference } from '../../src/registry/reference.ts'
import { lawOf } from '../../src/registry/rules-law.ts'
import type { LawLevel } from '../../src/registry/rules-law.ts'
import type { LawEnrolment, LawPerson } from '../../src/registry/rules-facts.ts'
import { entitlement } from '../../src/registry/rules.ts'

/** The reference data that we ship. */
export const reference = readReference('prisma/reference')

/** The law of the shipped tables, with more levels if told. */
export const lawWith = (levels: readonly LawLevel[] = []) =>
  lawOf({
    categories: reference.categories.map((row) => ({ ...row, fixedAmount: row.fixedAmountVnd })),
    levels: [...reference.levels.map((row) => ({ ...row, amount: row.standardVnd })), ...levels],
    gifts: reference.oneOffs.map((row) => ({
      ...row,
      amount: row.amountVnd,
      categories: row.categories.split(' '),
      month: row.month,
    })),
  })

/** The law that we ship. */
export const law = lawWith()

/** Somebody born on a day. */
export const born = (birthDate: string, diedOn: string | null = null): LawPerson => ({
  birthDate: localDate(birthDate),
  diedOn: diedOn === null ? null : localDate(diedOn),
})

let made = 0

/** An enrolment in a head since July 2021, with other facts if told. */
export function enrolled(head: string, of: Partial<LawEnrolment> = {}): LawEnrolment {
  made += 1
  return {
    id: `e${String(made).padStart(4, '0')}`,
    head,
    start: month('2021-07'),
    last: null,
    studyingUntil: null,
    pregnantUntil: null,
    poor: false,
    children: [],
    spouseHas: null,
    suspensions: [],
    ...of,
  }
}

/** A child born on a day, studying until a day or not. */
export const child = (birthDate: string, studyingUntil: string | null = null) => ({
  birthDate: localDate(birthDate),
  studyingUntil: studyingUntil === null ? null : localDate(studyingUntil),
})

/** What the law owes for a month, as words: "TE_KNN_U4 900000". */
export const owed = (
  person: LawPerson,
  enrolments: readonly LawEnrolment[],
  of: string,
  by = law,
): readonly string[] =>
  entitlement(person, enrolments, month(of), by).map(
    ({ categoryCode, amount }) => `${categoryCode} ${String(amount)}`,
  )

/** What an enrolment may rest on, by words. */
export const facts: Readonly<Record<string, Partial<LawEnrolment>>> = {
  'no facts': {},
  studying: { studyingUntil: localDate('2026-06-30') },
  'one child': { children: [child('2015-01-01')] },
  'two children': { children: [child('2015-01-01'), child('2018-01-01')] },
  'three, one of them 17 and studying': {
    children: [child('2015-01-01'), child('2018-01-01'), child('2006-03-01', '2028-06-30')],
  },
  pregnant: { pregnantUntil: localDate('2025-03-31') },
  'an infant': { children: [child('2022-12-01')] },
  'pregnant with an infant': {
    pregnantUntil: localDate('2025-03-31'),
    children: [child('2022-12-01')],
  },
  'two infants': { children: [child('2022-12-01'), child('2023-01-01')] },
}
