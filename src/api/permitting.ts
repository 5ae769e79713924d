import { access } from '../access/access.ts'
import type { Action, Held, Permission } from '../access/access.ts'
import type { Act, Origin } from '../lib/act.ts'
import type { Database } from '../lib/db.ts'
import { isPast } from '../lib/time.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Identity } from './auth/identity.ts'
import { Refusal } from './problem.ts'

/** How long a proof of identity counts as fresh for acts that ask for one (ASVS 7.5.3). */
const FRESH_MS = 5 * 60_000
/** Users whose roles are remembered; whoever comes back after more others is asked of the database again. */
const REMEMBERED_MAX = 5_000

/** What a user's roles allow today. */
export type HeldOf = (identity: Identity) => Promise<readonly Held[]>

/**
 * What users' roles allow, remembered until their version or the day changes: a change of roles counts at the next
 * request (ASVS 8.3.2), for the sign-in reads the version each time.
 */
export function rememberingHeld(db: Database, today: () => LocalDate): HeldOf {
  const remembered = new Map<string, Promise<readonly Held[]>>()
  return (identity) => {
    const { user, version } = identity
    const day = today()
    const key = `${user} ${String(version)} ${day}`
    const known = remembered.get(key)
    if (known !== undefined) return known
    const nobody: Act = { actor: user, via: 'api', scope: { communes: [] } }
    const asked = db.transact(nobody, (tx) => access.heldOn(tx, user, day))
    if (remembered.size >= REMEMBERED_MAX) remembered.clear()
    remembered.set(key, asked)
    asked.catch(() => remembered.delete(key))
    return asked
  }
}

/** A permission by which an act is allowed: what is asked of the sign-in is met. Throws Refusal 403 that says what is missing. */
export function requirePermission(
  held: readonly Held[],
  action: Action,
  identity: Identity,
): Permission {
  const permission = access.permissionFor(held, action)
  if (permission === null) throw new Refusal(403, 'not-permitted')
  const needs = needsFor(permission, identity)
  if (needs === 'assurance-needed') throw new Refusal(403, needs)
  if (needs === 'fresh-sign-in-needed') {
    // RFC 9470: the client knows what to ask the issuer for.
    const challenge = `Bearer error="insufficient_user_authentication", max_age=${String(FRESH_MS / 1000)}`
    throw new Refusal(403, needs, { headers: { 'www-authenticate': challenge } })
  }
  return permission
}

/** What of the sign-in is missing for a permission; null when nothing is. */
function needsFor(
  permission: Permission,
  { assurance, provenAt }: Identity,
): 'assurance-needed' | 'fresh-sign-in-needed' | null {
  if (assurance < permission.assurance) return 'assurance-needed'
  if (permission.fresh && isPast(provenAt.getTime(), FRESH_MS)) return 'fresh-sign-in-needed'
  return null
}

/** Who could do something, and what their sign-in lacks for it; null when no role of theirs allows it. */
export function mayDo(
  held: readonly Held[],
  action: Action,
  { identity, origin }: { readonly identity: Identity; readonly origin: Origin },
): { readonly by: Act; readonly needs: string | null } | null {
  const permission = access.permissionFor(held, action)
  if (permission === null) return null
  return { by: actOf(identity, permission, origin), needs: needsFor(permission, identity) }
}

/** Who acts by a permission, how far they see, and where it comes from. */
export function actOf(identity: Identity, permission: Permission, origin: Origin): Act {
  const { role, deputyFor, scope } = permission
  return {
    actor: identity.user,
    via: 'api',
    scope,
    origin: { ...origin, role, ...(deputyFor !== null && { deputyFor }) },
  }
}
