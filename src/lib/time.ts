import { DomainError } from './errors.ts'

declare const brand: unique symbol

/** A calendar day "YYYY-MM-DD" in Asia/Ho_Chi_Minh (fixed +07:00). */
export type LocalDate = string & { readonly [brand]: 'LocalDate' }

/** A calendar month, as its first day "YYYY-MM-01". */
export type Month = LocalDate & { readonly [brand]: 'LocalDate' }

const DAY_MS = 86_400_000

/**
 * Takes "YYYY-MM-DD" and returns it as a day.
 * Throws DomainError `date-format` unless it is a real calendar day ("2023-02-30" is not).
 */
export function localDate(text: string): LocalDate {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined
  if (at === undefined || Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== text) {
    throw new DomainError('invalid', 'date-format', `Ngày không hợp lệ: ${text} (cần YYYY-MM-DD)`)
  }
  return text as LocalDate
}

/** Takes "YYYY-MM" and returns the month. Throws DomainError `month-format` otherwise. */
export function month(text: string): Month {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) {
    throw new DomainError('invalid', 'month-format', `Tháng không hợp lệ: ${text} (cần YYYY-MM)`)
  }
  return `${text}-01` as Month
}

/** The month that a day lies in. */
export function monthOf(day: LocalDate): Month {
  return `${day.slice(0, 7)}-01` as Month
}

/** The day `days` after (or, negative, before) a day. */
export function addDays(day: LocalDate, days: number): LocalDate {
  const at = new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS)
  return at.toISOString().slice(0, 10) as LocalDate
}

/** The month `months` after (or, negative, before) a month. */
export function addMonths(from: Month, months: number): Month {
  const count = Number(from.slice(0, 4)) * 12 + Number(from.slice(5, 7)) - 1 + months
  const year = Math.floor(count / 12)
  return `${year}-${String((count % 12) + 1).padStart(2, '0')}-01` as Month
}

/** The day of the week: 1 is Monday, 7 Sunday (ISO 8601). */
export function weekdayOf(day: LocalDate): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay() || 7
}

/** A day as Vietnamese papers write it: "2023-08-05" → "05/08/2023". */
export function formatDate(day: LocalDate): string {
  return `${day.slice(8, 10)}/${day.slice(5, 7)}/${day.slice(0, 4)}`
}

/** The process's clock in milliseconds, for measuring durations only: order and deadlines are the database's. */
export function stopwatch(): () => number {
  const start = performance.now()
  return () => performance.now() - start
}

/** The process's clock in milliseconds since 1970: for the time stamps of signed messages and for pauses, nothing else. */
export function unixMs(): number {
  return Date.now()
}

/** Vietnam is seven hours ahead of UTC all year. */
const VIETNAM_AHEAD_MS = 7 * 3_600_000

/** Today in Vietnam by this machine's clock: the business day of programs that run by the clock. */
export function today(): LocalDate {
  return new Date(Date.now() + VIETNAM_AHEAD_MS).toISOString().slice(0, 10) as LocalDate
}

/** The time of day in Vietnam, "HH:MM", by this machine's clock: whether a channel is open. */
export function timeOfDay(): string {
  return new Date(Date.now() + VIETNAM_AHEAD_MS).toISOString().slice(11, 16)
}

/** Whether a moment (milliseconds since 1970) is more than `graceMs` ago by this machine's clock. */
export function isPast(atMs: number, graceMs: number): boolean {
  return atMs + graceMs < Date.now()
}
