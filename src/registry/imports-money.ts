import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { groupedBy } from '../lib/groups.ts'
import { sumVnd } from '../lib/money.ts'
import { month as monthNamed } from '../lib/time.ts'
import type { Month } from '../lib/time.ts'
import { enrolmentsOf } from './due-store.ts'
import type { DueEnrolment } from './due-store.ts'
import type { EnrolmentFacts } from './enrolments-store.ts'
import type { LawEnrolment, LawPerson } from './rules-facts.ts'
import type { Law } from './rules-law.ts'
import { entitlement } from './rules.ts'

/** Later than anything begins. */
const EVER = monthNamed('9999-12')

/** All enrolments of some people that the transaction may see, by person, also those that begin later: one statement. */
export async function ownEnrolments(
  tx: Tx,
  people: Iterable<{ readonly id: PersonId }>,
): Promise<ReadonlyMap<PersonId, readonly DueEnrolment[]>> {
  const ids = [...people].map(({ id }) => id)
  return groupedBy(await enrolmentsOf(tx, ids, EVER), ({ personId }) => personId)
}

/** What the law owes a person each month as it stands in one month, in đồng: gifts of that month are left out. */
export function monthlySum(
  person: LawPerson,
  enrolments: readonly LawEnrolment[],
  month: Month,
  law: Law,
): bigint {
  const lines = entitlement(person, enrolments, month, law)
  return sumVnd(
    lines.filter(({ component }) => component !== 'one-off').map(({ amount }) => amount),
  )
}

/** An enrolment as it would be if it were granted. */
export const asGranted = (head: string, start: Month, facts: EnrolmentFacts): LawEnrolment => ({
  ...{ id: '', head, start, last: null, spouseHas: null, suspensions: [] },
  ...{ studyingUntil: facts.studyingUntil, pregnantUntil: facts.pregnantUntil },
  ...{ poor: facts.poor, children: facts.children },
})
