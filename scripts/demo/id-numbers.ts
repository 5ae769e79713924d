import type { LocalDate } from '../../src/lib/time.ts'
import type { NewPerson } from '../../src/registry/registry.ts'

/** Where the last six digits of fictional numbers begin, so that no two makers give the same. */
export const ID_SERIES = { population: 900_000, staff: 990_000 } as const

/**
 * Makes identity numbers that pass every check (046, century and sex, year) and are given by rule, not by lot: the last
 * six digits count up from a series of the demo's own in each year and sex, so that the same seed gives the same
 * numbers, each once. They are fictional; a real one could look the same, for these digits have no check.
 */
export function idNumbers(series: number) {
  const given = new Map<string, number>()
  return ({ sex, birthDate }: Pick<NewPerson, 'sex' | 'birthDate'>): string => {
    const head = `046${centuryAndSex(sex, birthDate)}${birthDate.slice(2, 4)}`
    const count = given.get(head) ?? 0
    given.set(head, count + 1)
    return `${head}${String(series + count)}`
  }
}

const centuryAndSex = (sex: NewPerson['sex'], birthDate: LocalDate): string =>
  String((Number(birthDate.slice(0, 2)) - 19) * 2 + (sex === 'female' ? 1 : 0))
