import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { groupedBy } from '../lib/groups.ts'
import type { Vnd } from '../lib/money.ts'
import type { Month } from '../lib/time.ts'
import { asOnePerson, mergedAmong, withMerged } from './due-merged.ts'
import * as store from './due-store.ts'
import { carriedSince } from './due.ts'
import type { Entitled } from './due.ts'
import { readLaw } from './law-store.ts'
import { excessOf } from './rules-arrears.ts'
import { entitlement } from './rules.ts'

const CHUNK = 5_000

/** What was carried for a person and is not owed, by carried line. */
export interface NotOwed {
  /** Whose line it is: of two rows that were merged, the one that it was carried for. */
  readonly personId: PersonId
  readonly programme: string
  readonly component: string
  readonly period: Month
  /** In đồng. */
  readonly amount: Vnd
}

/**
 * What lists carried for some people since a month and the law, by what is known now, does not owe: after a death, a
 * stop or a change that came to be known late, or twice for two rows that were merged since. A funeral is never among it. In the order of person id.
 * Throws DomainError `standard-unknown`.
 */
export async function notOwed(
  tx: Tx,
  of: {
    readonly people: readonly PersonId[]
    readonly since: Month
    readonly until: Month
    readonly entitled: Entitled
    readonly entitledMerged: Entitled
  },
): Promise<readonly NotOwed[]> {
  const law = await readLaw(tx)
  const found: NotOwed[] = []
  for (let from = 0; from < of.people.length; from += CHUNK) {
    const ids = of.people.slice(from, from + CHUNK)
    const merged = await mergedAmong(tx, ids)
    const all = await store.enrolmentsOf(tx, withMerged(ids, merged), of.until)
    const enrolments = groupedBy(asOnePerson(all, merged), keyOf)
    const asked = { people: ids, merged, since: of.since }
    const carried = groupedBy(await carriedSince(tx, of, asked), keyOf)
    for (const person of await store.peopleById(tx, ids)) {
      const rows = (carried.get(person.personId) ?? []).filter(
        ({ component, period }) => component !== 'funeral' && period <= of.until,
      )
      for (const [period, before] of groupedBy(rows, (row) => row.period)) {
        const owed = entitlement(person, enrolments.get(person.personId) ?? [], period, law)
        const excess = excessOf(owed, before)
        found.push(
          ...excess.map(({ mergedRow, ...one }) => ({
            personId: mergedRow ?? person.personId,
            ...one,
          })),
        )
      }
    }
  }
  return found
}

const keyOf = ({ personId }: { readonly personId: PersonId }): PersonId => personId
