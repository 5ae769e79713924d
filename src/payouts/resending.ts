import type { Act } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Database, Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Channel, PaymentOutcome } from './channels/channel.ts'
import { askAll } from './enquiries.ts'
import { insertEnquiries } from './enquiries-store.ts'
import { orderFileSubject } from './order-files.ts'
import * as store from './resending-store.ts'
import type { Resend } from './resending-store.ts'
import { postNotExecuted } from './outcomes.ts'
import { move } from './sending-store.ts'
import type { AttemptVerdict } from './sending-store.ts'

/**
 * Decides, as two people, that unknown payments were not executed and are sent again under their own references (law 4).
 * Each names the statement that covers it; the database asks for the channel's finality, every day since the sending, and
 * that nothing speaks of the payment. All or none. The money comes back from transit to the hold until the next claim
 * takes it again. `on` is the business day. Returns how many.
 * Throws DomainError: instruction-missing, resend-not-covered, same-person, state-transition (decided before).
 */
export async function resend(
  tx: Tx,
  by: Act,
  decision: {
    readonly rows: readonly Resend[]
    readonly approvedBy: string
    readonly on: LocalDate
  },
): Promise<number> {
  const { rows, approvedBy, on } = decision
  await store.insertResends(tx, rows, { requestedBy: by.actor, approvedBy })
  const verdicts = rows.map(({ reference, attempt }): AttemptVerdict => ({
    ...{ reference, attempt, state: 'QUEUED', reason: 'resend' },
  }))
  const changed = await move(tx, ['UNKNOWN'], verdicts)
  requireAll(rows, changed)
  await postNotExecuted(tx, by, changed, on)
  const evidence = new Map(rows.map(({ reference, statementId }) => [reference, statementId]))
  await recordActs(
    tx,
    by,
    changed.map(({ reference, communeId }) => ({
      act: 'instruction.resend',
      subject: `instruction:${reference}`,
      communeId,
      detail: { evidence: evidence.get(reference), approvedBy },
    })),
  )
  return changed.length
}

/** Whoever decides is told of what is not there, or not theirs to see; nothing of the decision stands then. */
function requireAll(
  rows: readonly Resend[],
  found: readonly { readonly reference: string }[],
): void {
  const there = new Set(found.map(({ reference }) => reference))
  const missing = rows.map(({ reference }) => reference).filter((one) => !there.has(one))
  if (missing.length === 0) return
  const message = `Không có lệnh chi ${missing.slice(0, 10).join(', ')}`
  throw new DomainError('not-found', 'instruction-missing', message, { references: missing })
}

/**
 * Takes back, as two people, that held payments are sent again: each names a statement that came in since it was held, and the
 * database asks that nothing speaks of it. Their rows may be stopped, or given to another account, as any that was never sent;
 * until then they stay held. All or none. Returns how many.
 * Throws DomainError: instruction-missing, resend-not-covered, same-person, state-transition (decided before).
 */
export async function withdrawResend(
  tx: Tx,
  by: Act,
  decision: { readonly rows: readonly Resend[]; readonly approvedBy: string },
): Promise<number> {
  const { rows, approvedBy } = decision
  const people = { requestedBy: by.actor, approvedBy }
  const withdrawn = await store.insertWithdrawals(tx, rows, people)
  requireAll(rows, withdrawn)
  const evidence = new Map(rows.map(({ reference, statementId }) => [reference, statementId]))
  await recordActs(
    tx,
    by,
    withdrawn.map(({ reference, communeId }) => ({
      act: 'instruction.withdraw-resend',
      subject: `instruction:${reference}`,
      communeId,
      detail: { evidence: evidence.get(reference), approvedBy },
    })),
  )
  return withdrawn.length
}

/** Payments asked after before one claim at the most: the others wait for the next. */
const ASKED_MAX = 200

/**
 * Asks once more after payments of an order that are sent again, just before they are claimed: what has come to light
 * since two people decided keeps them from being sent (`wordsOn`). What gets no answer stays in the queue. No transaction
 * is open while it asks; `until` ends the asking. Returns how many were to be asked after.
 */
export async function askAgain(
  deps: { readonly db: Database; readonly channel: Channel; readonly until?: AbortSignal },
  by: Act,
  orderId: string,
): Promise<number> {
  const { db, channel, until } = deps
  if (!channel.limits.enquires) return 0
  const rows = await db.transact(by, (tx) => store.unasked(tx, orderId, ASKED_MAX))
  if (rows.length === 0) return 0
  const asked = await askAll(channel, rows, until)
  await db.transact(by, (tx) => insertEnquiries(tx, asked))
  return rows.length
}

/**
 * What is known by now of payments that are about to be sent although they were claimed before, as outcomes: these are
 * taken with their money in transit and not called again. Executed and rejected are what they are; what a statement, a
 * callback or a status file names is unknown, and asked after as every unknown.
 */
export async function knownBefore(
  tx: Tx,
  references: readonly string[],
): Promise<ReadonlyMap<string, PaymentOutcome>> {
  if (references.length === 0) return new Map()
  const words = await store.wordsOn(tx, references)
  return new Map(words.map((word) => [word.reference, outcomeOf(word)]))
}

function outcomeOf({ word, reason }: store.Word): PaymentOutcome {
  switch (word) {
    case 'executed':
      return { kind: 'accepted' }
    case 'rejected':
      return { kind: 'rejected', reason: reason ?? 'NARR' }
    case 'line':
      return { kind: 'unknown', reason: 'not sent again: a statement names it' }
    case 'call':
      return { kind: 'unknown', reason: 'not sent again: the channel spoke of it' }
  }
}

/** Files looked for in one round at the most. */
const FILES_MAX = 200

/**
 * Looks whether order files with unknown payments still lie where the channel fetches them, once its time for a status file
 * is over, and takes back those that do. What does not lie there from this business day on may be covered by a statement;
 * what the bank has stays unknown until then. Of a channel that was handed the file it is gone since the day of its order:
 * only files from before that was written down are found here. Returns how many were taken back. Throws what
 * `Channel.takeBack` throws: then nothing is known of that file.
 */
export async function takeBackFiles(
  deps: { readonly db: Database; readonly channel: Channel },
  by: Act,
  on: LocalDate,
): Promise<number> {
  const { db, channel } = deps
  const of = { channel: channel.name, olderThanMs: channel.limits.outcomeWithinMs }
  const files = await db.transact(by, (tx) => store.lyingFiles(tx, { ...of, limit: FILES_MAX }))
  let count = 0
  for (const { id, plannedOn } of files) {
    const takenBack = channel.takeBack === undefined ? false : await channel.takeBack(id)
    const goneOn = channel.takeBack === undefined ? plannedOn : on
    await db.transact(by, async (tx) => {
      await store.insertGone(tx, { channel: channel.name, id, goneOn, takenBack })
      const subject = orderFileSubject(channel.name, { id })
      if (takenBack) await recordActs(tx, by, [{ act: 'order-file.take-back', subject }])
    })
    if (takenBack) count += 1
  }
  return count
}
