import type { Vnd } from '../lib/money.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import type { LawChild } from './rules-ages.ts'

/** What the law asks about a person. */
export interface LawPerson {
  readonly birthDate: LocalDate
  readonly diedOn: LocalDate | null
}

/** Months from one to another, both included; no end while it lasts. */
interface Months {
  readonly from: Month
  readonly to: Month | null
}

/** What the law asks about an enrolment: one version of it, in force from `start` to `last`. */
export interface LawEnrolment {
  readonly id: string
  readonly head: string
  /** The first month that is owed, as the start rule gave it. */
  readonly start: Month
  /** The last month that is owed; null while it is open. */
  readonly last: Month | null
  readonly studyingUntil: LocalDate | null
  readonly pregnantUntil: LocalDate | null
  /** Of a poor or near-poor household: what the social pension asks between 70 and 75. */
  readonly poor: boolean
  readonly children: readonly LawChild[]
  /** When the spouse already has the one share of Art 20.2.a; null for never. */
  readonly spouseHas: Months | null
  /** Suspended months are not owed, unless the resumption owes them again. */
  readonly suspensions: readonly (Months & { readonly withArrears: boolean })[]
}

/** One amount that is owed for one month, with the reason that a person can check. */
export interface LawLine {
  readonly enrolmentId: string
  /** 'BTXH', 'HTXH' or the code of a one-off programme. */
  readonly programme: string
  /** 'monthly' · 'children' (Art 5.4) · 'care' · 'care-child' (Art 20.2.a) · 'institution' · 'one-off' · 'funeral' · 'difference…' */
  readonly component: string
  readonly period: Month
  readonly categoryCode: string
  readonly amount: Vnd
  /** "500.000 × 2,5, Điều 6.1.a" */
  readonly explanation: string
  /** "500,000 × 2.5, Art. 6.1.a" */
  readonly explanationEn: string
  readonly legalBasis: string
}
