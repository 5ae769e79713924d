import { addDays, addMonths, monthOf, weekdayOf } from '../lib/time.ts'
import type { LocalDate, Month } from '../lib/time.ts'

/** Days on which offices are closed besides Saturdays and Sundays. */
export type Holidays = ReadonlySet<LocalDate>

/** What the calendar has done on a day. */
export type CalendarTask =
  'list-building' | 'hand-over' | 'payment-window' | 'service-report' | 'representation'

/** The days of a benefit month T (Decree 20/2021 Art 34): each is a working day. */
export interface CycleDays {
  /** From the 10th of T-1 lists are drawn up: time for the review of 7 and the posting of 2 working days. */
  readonly listBuilding: LocalDate
  /** Before the 25th of T-1 the money is drawn and the list handed over. */
  readonly handOver: LocalDate
  /** Payment begins with the month … */
  readonly windowOpens: LocalDate
  /** … and ends by the 10th, as the contracts have it. */
  readonly windowCloses: LocalDate
  /** Before the 20th of T the service organisation reports. */
  readonly serviceReport: LocalDate
}

/** Takes a day; returns whether offices work on it: Monday to Friday, no holiday. */
export function isWorkingDay(day: LocalDate, holidays: Holidays): boolean {
  const weekday = weekdayOf(day)
  return weekday >= 1 && weekday <= 5 && !holidays.has(day)
}

/** The first working day on or after a day. */
export function workingDayFrom(day: LocalDate, holidays: Holidays): LocalDate {
  return isWorkingDay(day, holidays) ? day : workingDayFrom(addDays(day, 1), holidays)
}

/** The last working day before a day: what must be done "before the 25th" is done by then. */
function workingDayBefore(day: LocalDate, holidays: Holidays): LocalDate {
  const eve = addDays(day, -1)
  return isWorkingDay(eve, holidays) ? eve : workingDayBefore(eve, holidays)
}

/** Takes a benefit month; returns its days. Source: Decree 20/2021 Art 34; docs/adr/0015. */
export function cycleDays(month: Month, holidays: Holidays): CycleDays {
  const before = addMonths(month, -1)
  return {
    listBuilding: workingDayFrom(addDays(before, 9), holidays),
    handOver: workingDayBefore(addDays(before, 24), holidays),
    windowOpens: workingDayFrom(month, holidays),
    windowCloses: workingDayBefore(addDays(month, 10), holidays),
    serviceReport: workingDayBefore(addDays(month, 19), holidays),
  }
}

/** Takes a day; returns what is to be done on it, with the benefit month that each task is about. */
export function tasksOn(
  day: LocalDate,
  holidays: Holidays,
): readonly { readonly task: CalendarTask; readonly month: Month; readonly dueOn: LocalDate }[] {
  const [now, next] = [monthOf(day), addMonths(monthOf(day), 1)]
  const [ofNow, ofNext] = [cycleDays(now, holidays), cycleDays(next, holidays)]
  const all = [
    { task: 'list-building', month: next, dueOn: ofNext.handOver, on: ofNext.listBuilding },
    { task: 'hand-over', month: next, dueOn: ofNext.handOver, on: ofNext.handOver },
    { task: 'payment-window', month: now, dueOn: ofNow.windowCloses, on: ofNow.windowCloses },
    { task: 'service-report', month: now, dueOn: ofNow.serviceReport, on: ofNow.serviceReport },
    { task: 'representation', month: now, dueOn: addDays(day, 30), on: day },
  ] as const
  return all
    .filter(({ on }) => on === day)
    .map(({ task, month, dueOn }) => ({ task, month, dueOn }))
}
