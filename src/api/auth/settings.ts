import type { Config } from '../../config.ts'
import { DomainError } from '../../lib/errors.ts'

/** What sign-in is told, checked. */
export interface AuthSettings {
  /** Scheme, host and port under which browsers reach us. */
  readonly publicOrigin: string
  readonly issuer: {
    readonly url: URL
    readonly clientId: string
    readonly clientSecret: string
    readonly scope: string
    /** The names of claims. */
    readonly claims: {
      readonly idNumber: string
      readonly name: string
      readonly assurance: string
    }
    /** Values of the claim of assurance that mean level 2; any other is level 1. */
    readonly assuranceTwo: readonly string[]
  }
  readonly tokens: { readonly audience: string; readonly secondsMax: number }
  readonly sessions: {
    readonly idleSeconds: number
    readonly treasuryIdleSeconds: number
    readonly seconds: number
    readonly perUser: number
  }
  /** Requests a minute. */
  readonly limits: {
    readonly signIn: number
    readonly user: number
    readonly address: number
    /** A day. */
    readonly lookUps: number
  }
}

const SECRET_CHARS_MIN = 32
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * The settings of sign-in. Nothing secret has a default. Throws DomainError `config` that lists what is missing or weak:
 * the issuer and our own address take https, unless both ends are this machine.
 */
export function authSettingsOf(config: Config): AuthSettings {
  const { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, PUBLIC_URL } = config
  const faults = faultsOf(config)
  const known = OIDC_ISSUER !== undefined && PUBLIC_URL !== undefined
  if (!known || OIDC_CLIENT_ID === undefined || OIDC_CLIENT_SECRET === undefined || faults.length) {
    throw new DomainError('invalid', 'config', `Cấu hình sai:\n  ${faults.join('\n  ')}`)
  }
  const { origin } = new URL(PUBLIC_URL)
  return {
    publicOrigin: origin,
    issuer: {
      ...{ url: new URL(OIDC_ISSUER), clientId: OIDC_CLIENT_ID, clientSecret: OIDC_CLIENT_SECRET },
      scope: config.OIDC_SCOPE,
      claims: {
        idNumber: config.OIDC_CLAIM_ID_NUMBER,
        name: config.OIDC_CLAIM_NAME,
        assurance: config.OIDC_CLAIM_ASSURANCE,
      },
      assuranceTwo: config.OIDC_ASSURANCE_TWO,
    },
    tokens: {
      audience: config.API_AUDIENCE ?? `${origin}/api/v1`,
      secondsMax: config.API_TOKEN_SECONDS_MAX,
    },
    sessions: {
      idleSeconds: config.SESSION_IDLE_MINUTES * 60,
      treasuryIdleSeconds: config.SESSION_TREASURY_IDLE_MINUTES * 60,
      seconds: config.SESSION_HOURS * 3_600,
      perUser: config.SESSION_PER_USER,
    },
    limits: {
      signIn: config.RATE_SIGN_IN_PER_MINUTE,
      user: config.RATE_USER_PER_MINUTE,
      address: config.RATE_ADDRESS_PER_MINUTE,
      lookUps: config.RATE_LOOK_UPS_PER_DAY,
    },
  }
}

function faultsOf(config: Config): readonly string[] {
  const needed = ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'PUBLIC_URL'] as const
  const missing = needed.filter((name) => config[name] === undefined)
  const open = (['OIDC_ISSUER', 'PUBLIC_URL'] as const).filter((name) => isOpen(config[name]))
  const { OIDC_CLIENT_SECRET: secret, PUBLIC_URL: own } = config
  return [
    ...missing.map((name) => `${name}: cần có để đăng nhập`),
    ...open.map((name) => `${name}: cần https (http chỉ dùng trên chính máy này)`),
    ...(secret !== undefined && secret.length < SECRET_CHARS_MIN
      ? [`OIDC_CLIENT_SECRET: cần ít nhất ${SECRET_CHARS_MIN} ký tự`]
      : []),
    ...(own !== undefined && new URL(own).pathname !== '/'
      ? ['PUBLIC_URL: chỉ gồm giao thức, tên máy và cổng']
      : []),
  ]
}

function isOpen(text: string | undefined): boolean {
  if (text === undefined) return false
  const { protocol, hostname } = new URL(text)
  return protocol !== 'https:' && !LOOPBACK.has(hostname)
}
