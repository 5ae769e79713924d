import { groupedBy } from '../lib/groups.ts'
import { monthOf } from '../lib/time.ts'
import type { Month } from '../lib/time.ts'
import type { Case, EntitledBefore } from './due-case.ts'
import type { DueEnrolment } from './due-store.ts'
import { missingOf, monthsBetween } from './rules-arrears.ts'
import type { LawLine } from './rules-facts.ts'
import { funeralSupport } from './rules-funeral.ts'
import type { Law } from './rules-law.ts'
import { entitlement } from './rules.ts'

/** Whether something was decided on a case since a day. */
export const wasActedOn = ({ enrolments }: Case, since: Month): boolean =>
  enrolments.some(({ actedOn }) => actedOn !== null && actedOn >= since)

/** Whether last month is carried as it is owed; of nothing carried it is not known. */
export function isComplete(
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
export function startOf({ enrolments, funerals }: Case, month: Month): Month {
  const starts = [
    ...enrolments.map(({ start }) => start),
    ...funerals.map(({ diedOn }) => monthOf(diedOn)),
  ]
  return starts.reduce((first, start) => (start < first ? start : first), month)
}

/** What is owed to whom needs no closer look: of the list's month alone. */
export function owedNow(
  { person, enrolments }: Case,
  carried: readonly EntitledBefore[],
  month: Month,
  law: Law,
): readonly LawLine[] {
  const before = carried.filter(({ period }) => period === month)
  return missingOf(entitlement(person, enrolments, month, law), before, month).toSorted(byKey)
}

/** What is owed to whom is looked at closely: of every month since the start, and for funerals, less what is carried. */
export function owedTo(
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

const byKey = (a: LawLine, b: LawLine): number => (keyOf(a) < keyOf(b) ? -1 : 1)

const keyOf = ({ programme, component, period }: LawLine) => `${programme} ${component} ${period}`
