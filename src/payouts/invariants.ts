import type { Act } from '../lib/act.ts'
import type { Database, Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { ChannelName } from './channels/channel.ts'
import { findViolations } from './invariants-store.ts'
import type { Violation } from './invariants-store.ts'
import { switches } from './switches.ts'

/**
 * Refusals of the ledger that a correct sender never meets: where one comes up, what the program believes and what the
 * books say have parted.
 */
const NEVER_MET: ReadonlySet<string> = new Set([
  'append-only',
  'reference-reused',
  'outside-template',
  'amount',
  'below-floor',
  'unknown-account',
  'appended-to-old-entry',
  'malformed-posting-call',
  'state-transition',
])

/**
 * Checks the books against the states and stops every channel that has a violation: fail closed, never repair
 * (reliability.md, Part E). Returns what was found.
 */
export async function checkBooks(db: Database, by: Act): Promise<readonly Violation[]> {
  return db.transact(by, async (tx) => {
    const violations = await findViolations(tx)
    for (const channel of new Set(violations.map((violation) => violation.channel))) {
      const references = violations
        .filter((violation) => violation.channel === channel)
        .map(({ reference }) => reference)
      await switches.stop(tx, by, channel, `Sổ và trạng thái không khớp: ${references.join(', ')}`)
    }
    return violations
  })
}

/**
 * Does what moves payments, and throws the switch of the channels it is about when it met a refusal that only parted books
 * explain (reliability.md, Part E); whatever it threw is thrown on.
 */
export async function failClosed<T>(
  of: {
    readonly db: Database
    readonly by: Act
    readonly channels: readonly ChannelName[]
  },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    await of.db.transact(of.by, async (tx) => {
      for (const channel of of.channels) await stopOnViolation(tx, of.by, channel, error)
    })
    throw error
  }
}

/** Stops a channel when somebody met a refusal that only parted books explain; returns whether it did. */
async function stopOnViolation(
  tx: Tx,
  by: Act,
  channel: ChannelName,
  error: unknown,
): Promise<boolean> {
  if (!(error instanceof DomainError) || !NEVER_MET.has(error.code)) return false
  await switches.stop(tx, by, channel, `Sổ cái từ chối (${error.code}): ${error.message}`)
  return true
}
