import { createRemoteJWKSet, customFetch as keysFetch } from 'jose'
import type { RemoteJWKSet } from 'jose'
import * as oidc from 'openid-client'
import { boundedFetch } from '../../lib/bounded-fetch.ts'
import type { AuthSettings } from './settings.ts'

/** The issuer of identities, as it describes itself. */
export interface DiscoveredIssuer {
  readonly client: oidc.Configuration
  /** Its keys for checking access tokens. */
  readonly keys: RemoteJWKSet
}

/** The issuer; asked for itself when first needed, and again until it has answered. */
export type Issuer = () => Promise<DiscoveredIssuer>

const TIMEOUT_MS = 5_000
const ANSWER_BYTES_MAX = 1024 * 1024
/** An unknown key id has us look again at most this often. */
const KEYS_AGAIN_MS = 30_000
const KEYS_AGE_MS = 600_000

/**
 * The issuer of the settings. Answers wait at most 5 s and are at most 1 MB; nothing is asked of any address that its own
 * description does not name.
 */
export function openIssuer({ issuer }: Pick<AuthSettings, 'issuer'>): Issuer {
  let known: Promise<DiscoveredIssuer> | null = null
  return () => {
    known ??= discover(issuer).catch((error: unknown) => {
      known = null
      throw error
    })
    return known
  }
}

async function discover(issuer: AuthSettings['issuer']): Promise<DiscoveredIssuer> {
  const fetch = boundedFetch({ timeoutMs: TIMEOUT_MS, bytesMax: ANSWER_BYTES_MAX })
  const { url, clientId, clientSecret } = issuer
  // The settings let HTTP through on one machine only. The mark of deprecation is there to make one think.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const insecure = url.protocol === 'http:' ? [oidc.allowInsecureRequests] : []
  const client = await oidc.discovery(
    url,
    clientId,
    clientSecret,
    oidc.ClientSecretBasic(clientSecret),
    {
      execute: [oidc.enableNonRepudiationChecks, ...insecure],
      timeout: TIMEOUT_MS / 1_000,
      [oidc.customFetch]: fetch,
    },
  )
  const { jwks_uri: keysAt } = client.serverMetadata()
  if (keysAt === undefined) throw new Error('the issuer names no keys')
  const keys = createRemoteJWKSet(new URL(keysAt), {
    timeoutDuration: TIMEOUT_MS,
    cooldownDuration: KEYS_AGAIN_MS,
    cacheMaxAge: KEYS_AGE_MS,
    [keysFetch]: fetch,
  })
  return { client, keys }
}
