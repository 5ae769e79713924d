import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { groupedBy } from '../lib/groups.ts'
import { addMonths, monthOf } from '../lib/time.ts'
import type { Month } from '../lib/time.ts'
import { casesOf } from './due-case.ts'
import type { Case, Homes } from './due-case.ts'
import * as store from './due-store.ts'
import type { DueEnrolment, DuePerson } from './due-store.ts'
import { readLaw } from './law-store.ts'
import { missingOf, monthsBetween } from './rules-arrears.ts'
import type { LawLine } from './rules-facts.ts'
import { funeralSupport } from './rules-funeral.ts'
import type { Law } from './rules-law.ts'
import { entitlement } from './rules.ts'

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

/** What a list carries already. */
export interface EntitledBefore {
  readonly personId: PersonId
  readonly programme: string
  readonly component: string
  readonly period: Month
  /** In đồng. */
  readonly amount: bigint
  readonly listMonth: Month
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
 * decided in the last twelve months: the list before saw to everything else.
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
  people: readonly DuePerson[],
  law: Law,
): Promise<readonly DueLine[]> {
  if (people.length === 0) return []
  const ids = people.map(({ personId }) => personId)
  const enrolments = byPerson(await store.enrolmentsOf(tx, ids, of.month))
  const funerals = byPerson(await store.funeralsOf(tx, [...homes.keys()], ids, of.month))
  const cases = people.flatMap((person) => {
    const { personId } = person
    return casesOf(person, enrolments.get(personId) ?? [], funerals.get(personId) ?? [], homes)
  })
  const carried = await carriedFor(tx, of, cases, law)
  return cases.flatMap((one) => {
    const { communeId, person } = one
    const programmes = new Map(one.enrolments.map(({ id, programme }) => [id, programme]))
    const before = carried.get(person.personId) ?? []
    return owedTo(one, before, of.month, law).map((line) => ({
      ...{ personId: person.personId, communeId },
      payeeProgramme: programmes.get(line.enrolmentId) ?? line.programme,
      ...line,
    }))
  })
}

type CarriedBy = ReadonlyMap<PersonId, readonly EntitledBefore[]>

/** What lists carry since last month, and since the start for those who need a closer look. */
async function carriedFor(tx: Tx, of: DueIn, cases: readonly Case[], law: Law): Promise<CarriedBy> {
  const last = addMonths(of.month, -1)
  const ids = cases.map(({ person }) => person.personId)
  const recent = byPerson(await of.entitled(tx, ids, last))
  const closely = cases.filter(
    (one) =>
      of.whole === true ||
      one.funerals.length > 0 ||
      wasActedOn(one, of.month) ||
      !isComplete(one, recent.get(one.person.personId) ?? [], last, law),
  )
  const [first] = closely.map((one) => startOf(one, of.month)).sort()
  if (first === undefined) return recent
  const closer = closely.map(({ person }) => person.personId)
  return new Map([...recent, ...byPerson(await of.entitled(tx, closer, first))])
}

const wasActedOn = ({ enrolments }: Case, month: Month): boolean =>
  enrolments.some(({ actedOn }) => actedOn !== null && actedOn >= addMonths(month, -LOOK_BACK))

/** Whether last month is carried as it is owed; of nothing carried it is not known. */
function isComplete(
  { person, enrolments }: Case,
  recent: readonly EntitledBefore[],
  last: Month,
  law: Law,
): boolean {
  const carried = recent.filter(({ period }) => period === last)
  if (carried.length === 0) return false
  return missingOf(entitlement(person, enrolments, last, law), carried, last).length === 0
}

/** The first month that may be owed to a person: of the first enrolment, or of a death. */
function startOf({ enrolments, funerals }: Case, month: Month): Month {
  const starts = [
    ...enrolments.map(({ start }) => start),
    ...funerals.map(({ diedOn }) => monthOf(diedOn)),
  ]
  return starts.reduce((first, start) => (start < first ? start : first), month)
}

function owedTo(
  { person, enrolments, funerals }: Case,
  carried: readonly EntitledBefore[],
  month: Month,
  law: Law,
): readonly LawLine[] {
  const before = groupedBy(carried, ({ period }) => period)
  const [firstCarried] = [...before.keys()].sort()
  const first = firstCarried ?? month
  const from = enrolments
    .map((row) => owedFrom(row, first))
    .reduce((earliest, start) => (start < earliest ? start : earliest), month)
  const monthly = monthsBetween(from, month).flatMap((period) => {
    const rows = enrolments.filter((row) => owedFrom(row, first) <= period)
    return missingOf(entitlement(person, rows, period, law), before.get(period) ?? [], month)
  })
  const paidOut = (line: LawLine) =>
    (before.get(line.period) ?? []).some(({ component }) => component === line.component)
  const buried = funerals
    .map(({ id, diedOn, grounds }) => funeralSupport(id, diedOn, grounds, law))
    .filter((line) => !paidOut(line))
  return [...monthly, ...buried].sort(byKey)
}

/**
 * What was taken over is owed from the first month that a list of ours carried. The law still asks when it began: what
 * began before 2025-07 goes over to the social pension.
 */
const owedFrom = ({ takenOver, start }: DueEnrolment, first: Month): Month =>
  takenOver && start < first ? first : start

function byKey(a: LawLine, b: LawLine): number {
  const key = ({ programme, component, period }: LawLine) => `${programme} ${component} ${period}`
  return key(a) < key(b) ? -1 : 1
}

const byPerson = <Row extends { readonly personId: PersonId }>(rows: readonly Row[]) =>
  groupedBy(rows, ({ personId }) => personId)
