import type { EntryDraft } from '../ledger/journal.ts'
import { ledger } from '../ledger/ledger.ts'
import type { Act } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'
import type { PaymentOutcome } from './channels/channel.ts'
import { DUPLICATE } from './failure-reasons.ts'
import * as store from './sending-store.ts'
import type { Changed, Verdict } from './sending-store.ts'

/** The state that an outcome means. */
export function verdictOf(reference: string, outcome: PaymentOutcome): Verdict {
  switch (outcome.kind) {
    case 'submitted':
      return { reference, state: 'SUBMITTED', reason: null }
    case 'accepted':
      return { reference, state: 'ACCEPTED', reason: null }
    case 'rejected':
      // The channel has had this payment before: what came of the first is not said.
      return outcome.reason === DUPLICATE
        ? { reference, state: 'UNKNOWN', reason: DUPLICATE }
        : { reference, state: 'REJECTED', reason: outcome.reason }
    case 'refused':
      return { reference, state: 'QUEUED', reason: 'connection refused' }
    case 'unknown':
      return { reference, state: 'UNKNOWN', reason: outcome.reason }
  }
}

/** The money of what was surely not executed goes from transit back to the list's hold. */
export async function postNotExecuted(
  tx: Tx,
  by: Act,
  changed: readonly Changed[],
  on: LocalDate,
): Promise<void> {
  const drafts: readonly EntryDraft[] = changed
    .filter(({ state }) => state === 'REJECTED' || state === 'QUEUED')
    .map(({ reference, attempt, amount, listNumber, communeId }) =>
      ledger.entry(
        'not-executed',
        { list: listNumber, instruction: reference, amount },
        { reference: `not-executed:${reference}:${attempt}`, occurredOn: on, communeId },
      ),
    )
  if (drafts.length > 0) await ledger.post(tx, by, drafts)
}

/** What an enquiry after one attempt of a payment says became of it. */
export interface AttemptOutcome {
  readonly reference: string
  readonly attempt: number
  readonly outcome: PaymentOutcome
}

/**
 * Takes the answers of enquiries into account: SUBMITTED or UNKNOWN rows that are still on the attempt which was asked
 * after become ACCEPTED or REJECTED; a duplicate leaves them UNKNOWN. Returns how many changed.
 */
export async function applyStatus(
  tx: Tx,
  by: Act,
  answers: readonly AttemptOutcome[],
  on: LocalDate,
): Promise<number> {
  const verdicts = answers.map(({ reference, attempt, outcome }) => ({
    ...verdictOf(reference, outcome),
    attempt,
  }))
  const [unclear, clear] = [
    verdicts.filter(({ state }) => state === 'UNKNOWN'),
    verdicts.filter(({ state }) => state !== 'UNKNOWN'),
  ]
  const changed = await store.move(tx, ['SUBMITTED', 'UNKNOWN'], clear)
  await postNotExecuted(tx, by, changed, on)
  return changed.length + (await store.move(tx, ['SUBMITTED'], unclear)).length
}
