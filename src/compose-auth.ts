import { createAuthenticate } from './api/auth/authenticate.ts'
import { authDoors } from './api/auth/doors.ts'
import type { AuthDeps } from './api/auth/deps.ts'
import type { Authenticate } from './api/auth/identity.ts'
import { openIssuer } from './api/auth/issuer.ts'
import { limitLookUps, limitUsers } from './api/auth/rate-limits.ts'
import type { LimitDeps } from './api/auth/rate-limits.ts'
import { authSettingsOf } from './api/auth/settings.ts'
import type { Config } from './config.ts'
import { openRedisCounter } from './lib/redis-counter.ts'
import type { RedisCounter } from './lib/redis-counter.ts'

/** Who comes in, and how: what the interface mounts before its routes. */
export interface Auth {
  readonly deps: AuthDeps
  readonly authenticate: Authenticate
  readonly doors: ReturnType<typeof authDoors>
  /** The limits by user, to go after authentication: all requests, and looking people up. */
  readonly limitUsers: (userOf: Parameters<typeof limitUsers>[1]) => ReturnType<typeof limitUsers>
  readonly limitLookUps: Auth['limitUsers']
  close(): void
}

/**
 * Puts sign-in, sessions, machines and limits together; requests are counted in Redis when the settings name one. Throws
 * DomainError `config` when the settings of sign-in are missing or weak.
 */
export function openAuth(
  config: Config,
  parts: Pick<AuthDeps, 'db' | 'vault' | 'nowMs' | 'log' | 'loginFailed'> &
    Pick<LimitDeps, 'tooMany'>,
): Auth {
  const settings = authSettingsOf(config)
  const deps = { ...parts, settings, issuer: openIssuer(settings) }
  const counter = counterOf(config)
  const limits: LimitDeps = { ...parts, limits: settings.limits, counter }
  return {
    deps,
    authenticate: createAuthenticate(deps),
    doors: authDoors(deps, limits),
    limitUsers: (userOf) => limitUsers(limits, userOf),
    limitLookUps: (userOf) => limitLookUps(limits, userOf),
    close: () => counter?.close(),
  }
}

function counterOf(config: Config): RedisCounter | undefined {
  const { REDIS_URL: url, REDIS_SENTINELS, REDIS_SENTINEL_NAME, REDIS_CLUSTER } = config
  if (url === undefined) return undefined
  return openRedisCounter({
    ...{ url, sentinels: REDIS_SENTINELS, sentinelName: REDIS_SENTINEL_NAME },
    cluster: REDIS_CLUSTER,
  })
}
