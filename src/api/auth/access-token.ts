import { errors, jwtVerify } from 'jose'
import { z } from 'zod'
import type { AuthDeps } from './deps.ts'
import type { Login } from './logins-store.ts'

/** A machine that the issuer vouches for. */
export interface TokenProof {
  readonly login: Login
  readonly issuedAt: Date
}

/** Signatures that we believe: by a private key, never by a shared secret, never none. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const

const TOLERANCE_SECONDS = 5
const TOKEN_CHARS_MAX = 8_192

const claims = z.object({ sub: z.string().min(1), iat: z.number() })

/** What RFC 9068 has an access token say. */
const REQUIRED = ['iss', 'sub', 'aud', 'exp', 'iat', 'jti', 'client_id']

/**
 * Whose access token (RFC 9068) this is; null when anything about it is not as it must be: signature by one of the
 * issuer's own keys, type, issuer, audience, not expired, and young, whatever lifetime the issuer gave it. Throws when the
 * issuer cannot be asked for its keys.
 */
export async function verifyAccessToken(
  { issuer, settings, nowMs }: Pick<AuthDeps, 'issuer' | 'settings' | 'nowMs'>,
  token: string,
): Promise<TokenProof | null> {
  if (token.length > TOKEN_CHARS_MAX) return null
  const { client, keys } = await issuer()
  const { issuer: name } = client.serverMetadata()
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: [...ALGORITHMS],
      typ: 'at+jwt',
      issuer: name,
      audience: settings.tokens.audience,
      requiredClaims: REQUIRED,
      maxTokenAge: settings.tokens.secondsMax,
      clockTolerance: TOLERANCE_SECONDS,
      currentDate: new Date(nowMs()),
    })
    const { sub, iat } = claims.parse(payload)
    return { login: { issuer: name, subject: sub }, issuedAt: new Date(iat * 1_000) }
  } catch (error) {
    if (isAboutTheToken(error)) return null
    throw error
  }
}

/** jose's own errors speak of the token, but for those of a key set that did not come. */
function isAboutTheToken(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return false
  if (error instanceof z.ZodError) return true
  // The bare class is what a key set that answers with an error status throws.
  return error instanceof errors.JOSEError && error.code !== 'ERR_JOSE_GENERIC'
}
