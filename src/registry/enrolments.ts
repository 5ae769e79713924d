import { change, grant, grantAll, stop } from './enrolment-decisions.ts'
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
  unpaidMonthsToSuspend: UNPAID_MONTHS,
}
