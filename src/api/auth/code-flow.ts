import * as oidc from 'openid-client'
import { z } from 'zod'
import type { Attempt } from './attempt.ts'
import type { AuthDeps } from './deps.ts'
import type { Proof } from './sessions.ts'

/** What the issuer vouches for, with what it says of the person. */
export interface Vouched extends Proof {
  readonly idNumber: string | null
  readonly name: string | null
}

type FlowDeps = Pick<AuthDeps, 'issuer' | 'settings'>

/** Where the issuer sends the browser back to. */
const callbackOf = ({ settings }: Pick<AuthDeps, 'settings'>): URL =>
  new URL('/auth/callback', settings.publicOrigin)

/**
 * Where a browser goes to sign in: authorization code with PKCE, state and nonce. `fresh` has the issuer ask for proof
 * again; otherwise one not older than a session may be is good enough. Throws when the issuer does not answer.
 */
export async function authorizationUrl(
  deps: FlowDeps,
  attempt: Attempt,
  { fresh }: { readonly fresh: boolean },
): Promise<URL> {
  const { client } = await deps.issuer()
  const { settings } = deps
  return oidc.buildAuthorizationUrl(client, {
    redirect_uri: callbackOf(deps).href,
    scope: settings.issuer.scope,
    state: attempt.state,
    nonce: attempt.nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(attempt.verifier),
    code_challenge_method: 'S256',
    max_age: String(settings.sessions.seconds),
    ...(fresh && { prompt: 'login' }),
  })
}

/**
 * Redeems the code that a browser came back with: checks state, issuer, the ID token's signature, audience, nonce and time
 * of proof, and asks for the claims. `query` is the query string of the request. Throws when any of it does not hold.
 */
export async function redeem(deps: FlowDeps, attempt: Attempt, query: string): Promise<Vouched> {
  const { client } = await deps.issuer()
  const { issuer, sessions } = deps.settings
  const back = callbackOf(deps)
  back.search = query
  const tokens = await oidc.authorizationCodeGrant(client, back, {
    ...{ expectedState: attempt.state, expectedNonce: attempt.nonce },
    ...{ pkceCodeVerifier: attempt.verifier, maxAge: sessions.seconds },
  })
  const claims = proven.parse(tokens.claims())
  const more =
    client.serverMetadata().userinfo_endpoint === undefined
      ? {}
      : await oidc.fetchUserInfo(client, tokens.access_token, claims.sub)
  const said: Readonly<Record<string, unknown>> = { ...more, ...claims }
  const level = String(said[issuer.claims.assurance])
  return {
    login: { issuer: claims.iss, subject: claims.sub },
    assurance: issuer.assuranceTwo.includes(level) ? 2 : 1,
    provenAt: new Date(claims.auth_time * 1_000),
    idNumber: idNumberOf(said[issuer.claims.idNumber]),
    name: textOf(said[issuer.claims.name]),
  }
}

/** Where a browser goes to be signed out at the issuer too; null when the issuer has no such page. */
export async function signOutUrl(deps: FlowDeps): Promise<URL | null> {
  const { client } = await deps.issuer()
  if (client.serverMetadata().end_session_endpoint === undefined) return null
  const back = new URL('/', deps.settings.publicOrigin).href
  return oidc.buildEndSessionUrl(client, { post_logout_redirect_uri: back })
}

/** Whether a sign-in failed because the issuer could not be asked, not because of what it said. */
export function isUnreachable(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'OAUTH_TIMEOUT' || (error instanceof TypeError && code === undefined)
}

const proven = z.looseObject({
  iss: z.string().min(1),
  sub: z.string().min(1).max(255),
  auth_time: z.number(),
})

/** What is no identity number identifies nobody. */
function idNumberOf(value: unknown): string | null {
  return typeof value === 'string' && /^\d{12}$/.test(value) ? value : null
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
