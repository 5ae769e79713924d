import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { groupedBy } from '../lib/groups.ts'
import { addMonths } from '../lib/time.ts'
import type { Month } from '../lib/time.ts'
import { casesOf } from './due-case.ts'
import type { Case, EntitledBefore, Homes } from './due-case.ts'
import { isComplete, owedNow, owedTo, startOf, wasActedOn } from './due-owed.ts'
import { asOnePerson, mergedAmong, withMerged } from './due-merged.ts'
import type { Merged } from './due-merged.ts'
import * as store from './due-store.ts'
import type { DuePerson } from './due-store.ts'
import { readLaw } from './law-store.ts'
import type { LawLine } from './rules-facts.ts'
import type { Law } from './rules-law.ts'

export type { EntitledBefore } from './due-case.ts'

/** People read at a time: the law runs over bounded chunks, never over a province in memory. */
const CHUNK = 5_000
/** How long after an act every month since the start is compared again, in months. */
const LOOK_BACK = 12

/**
 * What a month's list has to carry for one person: one component of one month. Arrears are of an earlier month than the
 * list's; of a funeral the enrolment is the funeral case.
 */
export interface DueLine extends LawLine {
  readonly personId: PersonId
  /** On whose list it stands. */
  readonly communeId: number
  /** Under which its payee is assigned: the enrolment's, also of a gift and of the pension that takes a benefit over. */
  readonly payeeProgramme: string
}

/** Tells what lists carry for some people for months since `since`: payouts answers it. */
export type Entitled = (
  tx: Tx,
  people: readonly PersonId[],
  since: Month,
) => Promise<readonly EntitledBefore[]>

interface DueIn {
  /** In force in the month. */
  readonly communes: readonly number[]
  readonly month: Month
  readonly entitled: Entitled
  /** The same of rows that were merged into some people, as theirs. */
  readonly entitledMerged: Entitled
  /** Compare every month since the start for everybody, not only where something happened. */
  readonly whole?: boolean
}

/**
 * What the lists of some communes have to carry for a month: what the law owes each of their people for it, arrears of
 * months that no list has carried, differences of months carried too low, funerals; less what lists carry already. In the order
 * of person id, programme, component, period. A person is on the list of the commune where the latest enrolment is, on
 * the map of the month. Amounts in đồng. Throws DomainError `standard-unknown` when no level is in force.
 *
 * A month before the last is compared again only if the last one is not carried as it is owed, or if something was
 * decided in the last twelve months: the list before saw to everything else. Rows that were merged are one person.
 */
export async function dueIn(tx: Tx, of: DueIn): Promise<readonly DueLine[]> {
  const law = await readLaw(tx)
  law.inMonth(of.month)
  const homes = await store.mapOf(tx, of.communes, of.month)
  const communes = [...homes.keys()]
  const lines: DueLine[] = []
  for (let after: PersonId | null = null; ;) {
    const { month } = of
    const since = addMonths(month, -LOOK_BACK)
    const people = await store.peopleOf(tx, { communes, month, since, after, limit: CHUNK })
    lines.push(...(await dueOf(tx, of, homes, people, law)))
    after = people.at(-1)?.personId ?? null
    if (people.length < CHUNK) return lines
  }
}

async function dueOf(
  tx: Tx,
  of: DueIn,
  homes: Homes,
  found: readonly DuePerson[],
  law: Law,
): Promise<readonly DueLine[]> {
  if (found.length === 0) return []
  const asked = found.map(({ personId }) => personId)
  const merged = await mergedAmong(tx, asked)
  const people = found.filter(({ personId }) => !merged.gone.has(personId))
  const ids = people.map(({ personId }) => personId)
  const rows = await store.enrolmentsOf(tx, withMerged(ids, merged), of.month)
  const enrolments = byPerson(asOnePerson(rows, merged))
  const funerals = byPerson(await store.funeralsOf(tx, [...homes.keys()], ids, of.month))
  const cases = people.flatMap((person) => {
    const { personId } = person
    return casesOf(person, enrolments.get(personId) ?? [], funerals.get(personId) ?? [], homes)
  })
  const { recent, closer } = await carriedFor(tx, of, { cases, merged }, law)
  return cases.flatMap((one) => {
    const { communeId, enrolments } = one
    const { personId } = one.person
    const since = closer.get(personId)
    const lines =
      since === undefined
        ? owedNow(one, recent.get(personId) ?? [], of.month, law)
        : owedTo(one, since, of.month, law)
    return lines.map((line): DueLine => {
      const own = enrolments.find(({ id }) => id === line.enrolmentId)
      return {
        personId,
        communeId,
        payeeProgramme: own?.programme ?? line.programme,
        enrolmentId: line.enrolmentId,
        programme: line.programme,
        component: line.component,
        period: line.period,
        categoryCode: line.categoryCode,
        amount: line.amount,
        explanation: line.explanation,
        explanationEn: line.explanationEn,
        legalBasis: line.legalBasis,
      }
    })
  })
}

type CarriedBy = ReadonlyMap<PersonId, readonly EntitledBefore[]>

/** What lists carry since last month, and since the start for those who need a closer look: they alone are in `closer`. */
async function carriedFor(
  tx: Tx,
  of: DueIn,
  { cases, merged }: { readonly cases: readonly Case[]; readonly merged: Merged },
  law: Law,
): Promise<{ readonly recent: CarriedBy; readonly closer: CarriedBy }> {
  const last = addMonths(of.month, -1)
  const since = addMonths(of.month, -LOOK_BACK)
  const ids = cases.map(({ person }) => person.personId)
  const recent = byPerson(await carriedSince(tx, of, { people: ids, merged, since: last }))
  const closely = cases.filter(
    (one) =>
      of.whole === true ||
      one.funerals.length > 0 ||
      wasActedOn(one, since) ||
      !isComplete(one, recent.get(one.person.personId) ?? [], last, law),
  )
  const [first] = closely.map((one) => startOf(one, of.month)).sort()
  if (first === undefined) return { recent, closer: new Map() }
  const people = closely.map(({ person }) => person.personId)
  const found = byPerson(await carriedSince(tx, of, { people, merged, since: first }))
  return { recent, closer: new Map(people.map((id) => [id, found.get(id) ?? []])) }
}

/** What lists carry for some people since a month, with what they carried for rows that were merged into them. */
export async function carriedSince(
  tx: Tx,
  by: Pick<DueIn, 'entitled' | 'entitledMerged'>,
  of: {
    readonly people: readonly PersonId[]
    readonly merged: Merged
    readonly since: Month
  },
): Promise<readonly EntitledBefore[]> {
  const { people, merged, since } = of
  const own = await by.entitled(tx, people, since)
  const asked = new Set(people)
  const whole = [...new Set(merged.standsFor.values())].filter((id) => asked.has(id))
  return whole.length === 0 ? own : [...own, ...(await by.entitledMerged(tx, whole, since))]
}

const byPerson = <Row extends { readonly personId: PersonId }>(rows: readonly Row[]) =>
  groupedBy(rows, ({ personId }) => personId)
