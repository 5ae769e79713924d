import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import { actsOn, instructionActs } from './timelines-store.ts'
import type { TimelineEvent } from './timelines-store.ts'

/** Who did what to a person's data, reading the numbers in clear included. The caller has seen that the person is theirs. */
async function person(tx: Tx, id: PersonId): Promise<readonly TimelineEvent[]> {
  return actsOn(tx, `person:${id}`)
}

/** What became of an instruction and by whom. Throws DomainError `instruction-missing` when it is not there, or elsewhere. */
async function instruction(tx: Tx, reference: string): Promise<readonly TimelineEvent[]> {
  const events = await instructionActs(tx, reference)
  if (events.length > 0) return events
  throw new DomainError('not-found', 'instruction-missing', `Không có lệnh ${reference}`)
}

/** What happened to one object, in order. */
export const timelines = { person, instruction }
