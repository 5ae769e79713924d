import type { Act, PersonId } from '../../lib/act.ts'
import { recordActs } from '../../lib/audit.ts'
import type { Tx } from '../../lib/db.ts'
import type { AuthDeps } from './deps.ts'
import { access } from '../../access/access.ts'
import * as logins from './logins-store.ts'
import type { KnownUser } from './logins-store.ts'
import { beginSession } from './sessions.ts'
import type { Proof, Visitor } from './sessions.ts'

/** Who looks a request's sender up: nobody yet, and without a commune to see. */
export const DOORKEEPER: Act = {
  actor: '00000000-0000-7000-8000-000000000000' as PersonId,
  via: 'sign-in',
  scope: { communes: [] },
}

/** What comes of a sign-in: the secret of a session, or why not. */
export type SignInResult =
  | { readonly kind: 'signed-in'; readonly secret: string; readonly user: PersonId }
  | { readonly kind: 'refused'; readonly reason: Refusal }

/** Nobody's account; a user who may not come in any more; an account whose person became another. */
export type Refusal = 'unknown' | 'disabled' | 'other-person'

/**
 * Signs in whom the issuer vouches for. An account that is not known is a second one of a user when its identity number
 * says so: one person is one user (law 7). `idNumber` is used for that and not kept.
 */
export async function signIn(
  { db, vault, settings, nowMs }: Pick<AuthDeps, 'db' | 'vault' | 'settings' | 'nowMs'>,
  proof: Proof & { readonly idNumber: string | null },
  visitor: Visitor,
): Promise<SignInResult> {
  const idIndex = proof.idNumber === null ? null : access.userIdIndex(vault, proof.idNumber)
  const origin = visitor.address === undefined ? {} : { source: visitor.address }
  const at = new Date(nowMs())
  return db.transact({ ...DOORKEEPER, scope: 'province', origin }, async (tx) => {
    const found = await userOf(tx, proof, idIndex)
    if (typeof found === 'string') return { kind: 'refused', reason: found }
    const by: Act = { actor: found.id, via: 'sign-in', scope: 'province', origin }
    const limits = settings.sessions
    const secret = await beginSession(tx, by, { user: found, proof, visitor, at, limits })
    return { kind: 'signed-in', secret, user: found.id }
  })
}

async function userOf(
  tx: Tx,
  { login }: Proof,
  idIndex: string | null,
): Promise<KnownUser | Refusal> {
  const known = await logins.userByLogin(tx, login)
  const person = known ?? (idIndex === null ? null : await logins.userByIdIndex(tx, idIndex))
  if (person?.kind !== 'officer') return 'unknown'
  if (idIndex !== null && person.idIndex !== idIndex) return 'other-person'
  await logins.lockUser(tx, person.id)
  if (known === null && !person.disabled && (await logins.insertLogin(tx, login, person.id))) {
    const by: Act = { actor: person.id, via: 'sign-in', scope: 'province' }
    const detail = { issuer: login.issuer, subject: login.subject }
    await recordActs(tx, by, [{ act: 'user.add-login', subject: `user:${person.id}`, detail }])
  }
  // Read under the lock: roles may have changed since.
  const user = await logins.userByLogin(tx, login)
  if (user === null || user.disabled) return 'disabled'
  return user.id === person.id ? user : 'unknown'
}
