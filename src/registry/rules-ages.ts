import type { PersonId } from '../lib/act.ts'
import { addMonths, monthOf } from '../lib/time.ts'
import type { LocalDate, Month } from '../lib/time.ts'

/** A child of a single parent (Art 5.4) or of a disabled parent (Art 20.2.a). */
export interface LawChild {
  readonly birthDate: LocalDate
  /** Between 16 and 22 a child counts while it studies. */
  readonly studyingUntil: LocalDate | null
  /** The child's own entry in the registry, where it has one. */
  readonly personId?: PersonId | null
}

const CHILD_UNTIL = 16
/** "Tối đa không quá 22 tuổi" (Art 5.2, 5.4). */
const STUDYING_UNTIL = 22
const INFANT_MONTHS = 36

/** The age in full years that a person born on a day has reached by the end of a month. */
export function ageIn(birthDate: LocalDate, month: Month): number {
  const years = Number(month.slice(0, 4)) - Number(birthDate.slice(0, 4))
  return birthDate.slice(5, 7) <= month.slice(5, 7) ? years : years - 1
}

/** Whether a person has a birthday in a month: until then the age before it was hers (Art 8.2). */
export const isBirthdayMonth = (birthDate: LocalDate, month: Month): boolean =>
  birthDate.slice(5, 7) === month.slice(5, 7)

/** The month in which a person turns an age. */
export const monthOfBirthday = (birthDate: LocalDate, age: number): Month =>
  addMonths(monthOf(birthDate), 12 * age)

/**
 * How many children a single parent is paid for in a month (Art 5.4): those under 16, and those who study until they
 * are 22 at most; the month in which a child ceases to count is still paid (Art 8.2).
 */
export const childrenIn = (children: readonly LawChild[], month: Month): number =>
  children.filter(({ birthDate, studyingUntil }) => {
    if (month < monthOf(birthDate)) return false
    if (month <= monthOfBirthday(birthDate, CHILD_UNTIL)) return true
    const ends = monthOfBirthday(birthDate, STUDYING_UNTIL)
    return studyingUntil !== null && month <= monthOf(studyingUntil) && month <= ends
  }).length

/** How many children under 36 months there are in a month, the month in which one turns 36 months included (Art 8.2). */
export const infantsIn = (children: readonly LawChild[], month: Month): number =>
  children.filter(
    ({ birthDate }) =>
      month >= monthOf(birthDate) && month <= addMonths(monthOf(birthDate), INFANT_MONTHS),
  ).length
