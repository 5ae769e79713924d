import type { PersonId } from '../lib/act.ts'
import type { Month } from '../lib/time.ts'
import type { DueEnrolment, DueFuneral, DuePerson } from './due-store.ts'

/** What each commune of some has become, itself included. */
export type Homes = ReadonlyMap<number, number>

/** What one person is owed on the list of one commune. */
export interface Case {
  readonly person: DuePerson
  readonly communeId: number
  readonly enrolments: readonly DueEnrolment[]
  readonly funerals: readonly DueFuneral[]
}

/** What a list carries already. */
export interface EntitledBefore {
  readonly personId: PersonId
  /** The row of the person that it was carried for, where that was merged into them since. */
  readonly mergedRow?: PersonId
  readonly programme: string
  readonly component: string
  readonly period: Month
  /** In đồng. */
  readonly amount: bigint
  readonly listMonth: Month
}

/**
 * What one person is owed, by the commune on whose list it stands: a funeral is on the list of the commune that decided on
 * it, wherever the person was paid.
 */
export function casesOf(
  person: DuePerson,
  enrolments: readonly DueEnrolment[],
  funerals: readonly DueFuneral[],
  homes: Homes,
): readonly Case[] {
  const home = homeOf(enrolments, homes)
  if (funerals.length === 0) {
    return home === undefined ? [] : [{ person, communeId: home, enrolments, funerals }]
  }
  const buriedIn = ({ communeId }: DueFuneral) => homes.get(communeId)
  const places = new Set([home, ...funerals.map(buriedIn)])
  return [...places].flatMap((communeId) => {
    if (communeId === undefined) return []
    const rows = communeId === home ? enrolments : []
    const cases = funerals.filter((one) => buriedIn(one) === communeId)
    return [{ person, communeId, enrolments: rows, funerals: cases }]
  })
}

/** Who moved is paid where she lives now (Art 8.3): the commune of the enrolment that began last. */
function homeOf(rows: readonly DueEnrolment[], homes: Homes): number | undefined {
  const [latest] = rows.length < 2 ? rows : rows.toSorted((a, b) => (a.start > b.start ? -1 : 1))
  return latest === undefined ? undefined : homes.get(latest.communeId)
}
