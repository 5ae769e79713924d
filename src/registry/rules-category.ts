import { monthOf } from '../lib/time.ts'
import type { Month } from '../lib/time.ts'
import { ageIn, infantsIn, isBirthdayMonth } from './rules-ages.ts'
import type { LawEnrolment, LawPerson } from './rules-facts.ts'
import type { CategoryInForce, Law } from './rules-law.ts'

/**
 * The category of its head that an enrolment has in a month; undefined when none. A change takes effect in the month of
 * the birthday (Art 8.1.đ); who ceases to qualify without another category is paid for that month still (Art 8.2).
 * A head that has ended hands who had it in its last month over to the head that replaces it (5.5.b and 5.5.c to the
 * social pension, 2025-07).
 */
export function categoryIn(
  person: LawPerson,
  enrolment: LawEnrolment,
  month: Month,
  law: Law,
): CategoryInForce | undefined {
  const { heads, ended } = law.inMonth(month)
  const own = heads.get(enrolment.head)
  if (own !== undefined) return chosen(own, person, enrolment, month)
  const end = ended.get(enrolment.head)
  if (end === undefined || enrolment.start > end.last) return undefined
  const hadIt = categoryIn(person, enrolment, end.last, law) !== undefined
  return hadIt ? chosen(heads.get(end.movesTo) ?? [], person, enrolment, month) : undefined
}

function chosen(
  categories: readonly CategoryInForce[],
  person: LawPerson,
  enrolment: LawEnrolment,
  month: Month,
): CategoryInForce | undefined {
  const age = ageIn(person.birthDate, month)
  const now = openAt(categories, age, enrolment, month)
  if (now !== undefined || !isBirthdayMonth(person.birthDate, month)) return now
  return openAt(categories, age - 1, enrolment, month)
}

const openAt = (
  categories: readonly CategoryInForce[],
  age: number,
  enrolment: LawEnrolment,
  month: Month,
): CategoryInForce | undefined =>
  categories.find((category) => fits(category, age) && meets(category.code, enrolment, month))

const fits = ({ ages }: CategoryInForce, age: number): boolean =>
  ages.some(([from, under]) => from <= age && age < under)

/** What a category asks besides the age. */
function meets(code: string, enrolment: LawEnrolment, month: Month): boolean {
  const { studyingUntil, pregnantUntil, children, poor } = enrolment
  switch (code) {
    case 'TE_KNN_16_22':
      return studyingUntil !== null && month <= monthOf(studyingUntil)
    case 'HTXH_70':
      return poor
    case 'CS_NKT_MT_1':
    case 'CS_NKT_MT_2': {
      const pregnant = pregnantUntil !== null && month <= monthOf(pregnantUntil) ? 1 : 0
      const infants = infantsIn(children, month)
      const two = infants + pregnant >= 2
      return code === 'CS_NKT_MT_2' ? two : infants + pregnant === 1
    }
    default:
      return true
  }
}
