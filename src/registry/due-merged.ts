import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { mergedRows } from './due-store.ts'

/** What became of the rows of some people by merges. */
export interface Merged {
  /** Those of the people that stand for nobody any more: they were merged into another row. */
  readonly gone: ReadonlySet<PersonId>
  /** Rows that were merged into one of the people, and into whom. */
  readonly standsFor: ReadonlyMap<PersonId, PersonId>
}

/**
 * Which rows are one person with which of some people (docs/adr/0025): before the law they are asked about together. One
 * statement, which mostly finds none.
 */
export async function mergedAmong(tx: Tx, people: readonly PersonId[]): Promise<Merged> {
  const gone = new Set<PersonId>()
  const standsFor = new Map<PersonId, PersonId>()
  for (const { id, standsFor: person } of await mergedRows(tx, people)) {
    if (person === null) gone.add(id)
    else standsFor.set(id, person)
  }
  return { gone, standsFor }
}

/** The people and every row that was merged into them. */
export const withMerged = (
  people: readonly PersonId[],
  { standsFor }: Merged,
): readonly PersonId[] => (standsFor.size === 0 ? people : [...people, ...standsFor.keys()])

/** Rows of people and of what was merged into them, each as the person's. */
export function asOnePerson<Row extends { readonly personId: PersonId }>(
  rows: readonly Row[],
  { standsFor }: Merged,
): readonly Row[] {
  if (standsFor.size === 0) return rows
  return rows.map((row) => {
    const personId = standsFor.get(row.personId)
    return personId === undefined ? row : { ...row, personId }
  })
}
