import type { Act } from '../lib/act.ts'
import { homeOf, recordActs } from '../lib/audit.ts'
import type { Database } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { Route } from './route.ts'

/** Refusals of somebody who would have done two duties: what auditors ask for (ux.md B12). */
const SELF = new Set(['same-person', 'duties-apart'])

/**
 * Leaves the audit event `duties.refused` of an act that was refused because one person would have done two duties: the refusal rolled
 * its own transaction back, so this has one of its own. Says the route and what its address names, nothing of a body. Any
 * other error leaves nothing.
 */
export async function recordAttempt(
  db: Database,
  by: Act,
  { operation }: Route,
  of: { readonly error: unknown; readonly params: unknown },
): Promise<void> {
  const { error, params } = of
  if (!(error instanceof DomainError) || error.kind !== 'forbidden' || !SELF.has(error.code)) return
  const about = Object.values((params ?? {}) as Readonly<Record<string, unknown>>).join(' ')
  const detail = { code: error.code, about }
  const event = { act: 'duties.refused', subject: `route:${operation}`, detail }
  await db.transact(by, (tx) => recordActs(tx, by, [{ ...event, communeId: homeOf(by) }]))
}
