import type { PersonId } from '../lib/act.ts'

/** Who approves beside whoever enters: one person, or two where one of all is the person concerned or a relative. */
export type Approvers = PersonId | readonly [PersonId, PersonId]

/** On whose word an account or a payee is entered. The database refuses one person as two (LB040 for relatives). */
export interface Word {
  readonly enteredBy: PersonId
  readonly confirmedBy: PersonId
  readonly secondConfirmedBy?: PersonId | null
}

/** The word of whoever enters and of those who approve. */
export function wordOf(enteredBy: PersonId, approvers: Approvers): Word {
  if (typeof approvers === 'string') return { enteredBy, confirmedBy: approvers }
  const [confirmedBy, secondConfirmedBy] = approvers
  return { enteredBy, confirmedBy, secondConfirmedBy }
}
