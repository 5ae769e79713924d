import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { groupedBy } from '../lib/groups.ts'
import type { Vnd } from '../lib/money.ts'
import type { Month } from '../lib/time.ts'
import * as store from './due-store.ts'
import type { Entitled } from './due.ts'
import { readLaw } from './law-store.ts'
import { excessOf } from './rules-arrears.ts'
import { entitlement } from './rules.ts'

const CHUNK = 5_000

/** What was carried for a person and is not owed, by carried line. */
export interface NotOwed {
  readonly personId: PersonId
  readonly programme: string
  readonly component: string
  readonly period: Month
  /** In đồng. */
  readonly amount: Vnd
}

/**
 * What lists carried for some people since a month and the law, by what is known now, does not owe: after a death, a
 * stop or a change that came to be known late. A funeral is never among it. In the order of person id.
 * Throws DomainError `standard-unknown`.
 */
export async function notOwed(
  tx: Tx,
  of: {
    readonly people: readonly PersonId[]
    readonly since: Month
    readonly until: Month
    readonly entitled: Entitled
  },
): Promise<readonly NotOwed[]> {
  const law = await readLaw(tx)
  const found: NotOwed[] = []
  for (let from = 0; from < of.people.length; from += CHUNK) {
    const ids = of.people.slice(from, from + CHUNK)
    const enrolments = groupedBy(await store.enrolmentsOf(tx, ids, of.until), keyOf)
    const carried = groupedBy(await of.entitled(tx, ids, of.since), keyOf)
    for (const person of await store.peopleById(tx, ids)) {
      const rows = (carried.get(person.personId) ?? []).filter(
        ({ component, period }) => component !== 'funeral' && period <= of.until,
      )
      for (const [period, before] of groupedBy(rows, (row) => row.period)) {
        const owed = entitlement(person, enrolments.get(person.personId) ?? [], period, law)
        found.push(...excessOf(owed, before).map((one) => ({ personId: person.personId, ...one })))
      }
    }
  }
  return found
}

const keyOf = ({ personId }: { readonly personId: PersonId }): PersonId => personId
