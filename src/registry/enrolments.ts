import { change, grant, grantAll, stop } from './enrolment-decisions.ts'
import { preview } from './enrolment-reads.ts'
import { versionsOf } from './enrolments-store.ts'
import { moveIn, moveOut, moveWithin } from './enrolment-moves.ts'
import {
  decideSuspension,
  proposeSuspension,
  proposeSuspensions,
  rejectSuspension,
  resume,
  UNPAID_MONTHS,
} from './suspensions.ts'

/** Decisions on who is entitled to what, from when to when. */
export const enrolments = {
  grant,
  grantAll,
  change,
  stop,
  moveWithin,
  moveOut,
  moveIn,
  proposeSuspension,
  proposeSuspensions,
  decideSuspension,
  rejectSuspension,
  resume,
  of: versionsOf,
  preview,
  unpaidMonthsToSuspend: UNPAID_MONTHS,
}
