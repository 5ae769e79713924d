/** The states of an instruction (docs/adr/0006); UNKNOWN is a state, not an error (law 4). */
export type InstructionState =
  | 'LISTED'
  | 'APPROVED'
  | 'QUEUED'
  | 'SUBMITTING'
  | 'SUBMITTED'
  | 'ACCEPTED'
  | 'PAID'
  | 'RETURNED'
  | 'REJECTED'
  | 'UNKNOWN'
  | 'HELD'
  | 'CANCELLED'

/**
 * The one table of transitions: set-up copies it into the database, whose trigger refuses all others.
 * SUBMITTING → ACCEPTED is for a channel that answers at once (docs/adr/0006).
 */
export const transitions: Readonly<Record<InstructionState, readonly InstructionState[]>> = {
  LISTED: ['APPROVED', 'HELD', 'CANCELLED'],
  APPROVED: ['QUEUED', 'HELD', 'CANCELLED'],
  QUEUED: ['SUBMITTING', 'HELD', 'CANCELLED'],
  // Back to QUEUED only for a connection refused before any byte left.
  SUBMITTING: ['SUBMITTED', 'ACCEPTED', 'REJECTED', 'UNKNOWN', 'QUEUED'],
  SUBMITTED: ['ACCEPTED', 'REJECTED', 'UNKNOWN', 'PAID', 'RETURNED'],
  ACCEPTED: ['PAID', 'REJECTED', 'UNKNOWN', 'RETURNED'],
  // By enquiry or status; PAID and RETURNED by a statement line only; QUEUED is the resend of two people.
  UNKNOWN: ['ACCEPTED', 'REJECTED', 'PAID', 'RETURNED', 'QUEUED'],
  PAID: ['RETURNED'],
  RETURNED: [],
  REJECTED: [],
  HELD: ['LISTED', 'APPROVED', 'QUEUED', 'CANCELLED'],
  CANCELLED: [],
}
