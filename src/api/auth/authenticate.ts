import { verifyAccessToken } from './access-token.ts'
import { sessionSecretOf } from './cookies.ts'
import type { AuthDeps } from './deps.ts'
import type { Authenticate, Identity } from './identity.ts'
import * as logins from './logins-store.ts'
import { findSession } from './sessions.ts'
import { DOORKEEPER } from './signing-in.ts'

/**
 * Finds who sends a request: a machine by its bearer token, or an officer by the cookie of a session. A token that is not
 * good is not made up for by a cookie beside it. An issuer that does not answer lets nobody in, and the log says so.
 */
export function createAuthenticate(deps: AuthDeps): Authenticate {
  return ({ cookie, authorization }) =>
    authorization === undefined ? byCookie(deps, cookie) : byToken(deps, authorization)
}

async function byCookie(
  { db, nowMs }: AuthDeps,
  cookie: string | undefined,
): Promise<Identity | null> {
  const secret = sessionSecretOf(cookie)
  if (secret === null) return null
  const session = await db.transact(DOORKEEPER, (tx) => findSession(tx, secret, new Date(nowMs())))
  if (session === null) return null
  const { id, userId: user, userVersion: version, name, assurance, provenAt } = session
  return { user, kind: 'officer', name, version, assurance, provenAt, session: id }
}

async function byToken(deps: AuthDeps, authorization: string): Promise<Identity | null> {
  const token = /^Bearer ([A-Za-z0-9._~+/=-]+)$/i.exec(authorization)?.[1]
  if (token === undefined) return null
  const proof = await verifyAccessToken(deps, token).catch((error: unknown) => {
    const why = error instanceof Error ? error.name : 'unknown'
    deps.log.error({ event: 'issuer.unreachable', error: why })
    return null
  })
  const user =
    proof && (await deps.db.transact(DOORKEEPER, (tx) => logins.userByLogin(tx, proof.login)))
  // A token that an officer got somewhere is no machine's.
  if (proof === null || user?.kind !== 'service' || user.disabled) {
    deps.loginFailed('token')
    deps.log.warn({ event: 'token.refused', user: user?.id })
    return null
  }
  const { id, name, version } = user
  const { issuedAt: provenAt } = proof
  return { user: id, kind: 'service', name, version, assurance: 1, provenAt, session: null }
}
