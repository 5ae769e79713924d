import { z } from 'zod'
import { parseBarrier } from './lib/barrier.ts'
import { DomainError } from './lib/errors.ts'

const url = z.url({ protocol: /^(https?|postgres(ql)?|rediss?)$/ })

const webUrl = z.url({ protocol: /^https?$/ })

const hosts = z
  .string()
  .regex(/^[^\s,:]+:\d+(,[^\s,:]+:\d+)*$/, 'cần host:port,host:port')
  .transform((text) => text.split(','))

const environment = z.object({
  DATABASE_URL: url.optional(),
  DATABASE_APP_URL: url.optional(),
  DATABASE_REPORT_URL: url.optional(),
  DATABASE_SCHEMA: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,40}$/)
    .default('ansinh'),
  DATA_DIR: z.string().min(1).default('.data'),
  // Both or neither (vault-keys.ts): without them the keys are made under DATA_DIR.
  VAULT_DATA_KEYS: z.string().optional(),
  VAULT_INDEX_KEY: z.string().optional(),
  // Files, PEM; both or neither (compose-documents.ts).
  PAPER_SIGN_KEY: z.string().min(1).optional(),
  PAPER_SIGN_CERTIFICATES: z.string().min(1).optional(),
  PAPER_SIGN_PASSPHRASE: z.string().min(1).optional(),
  PAPER_UNSIGNED: z.stringbool().default(false),
  // Where heads of sealed blocks are kept, signed by the Ed25519 key in a file (compose-heads.ts).
  HEAD_SIGN_KEY: z.string().min(1).optional(),
  HEAD_FOLDER: z.string().min(1).optional(),
  HEAD_SECOND_FOLDER: z.string().min(1).optional(),
  HEAD_SECOND_URL: z.url({ protocol: /^https?$/ }).optional(),
  REDIS_URL: url.optional(),
  REDIS_SENTINELS: hosts.optional(),
  REDIS_SENTINEL_NAME: z.string().min(1).optional(),
  REDIS_CLUSTER: hosts.optional(),
  BANK_URL: url.optional(),
  BANK_TRANSPORT: z.enum(['https', 'folder']).default('https'),
  BANK_FOLDER: z.string().min(1).optional(),
  BANK_PAIN_VERSION: z.enum(['001.03', '001.09']).default('001.03'),
  BANK_FILE_ROWS_MAX: z.coerce.number().int().min(1).max(10_000).default(500),
  BANK_HOURS: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/)
    .optional(),
  BANK_BIN: z
    .string()
    .regex(/^[0-9]{6}$/)
    .default('970405'),
  HUES_URL: url.optional(),
  // "id:base64url,…": signs and checks calls, and callbacks, of the wallet. With HUES_URL both are needed.
  HUES_KEYS: z.string().optional(),
  HUES_CALLBACK_KEYS: z.string().optional(),
  HUES_CALLS_AT_ONCE: z.coerce.number().int().min(1).max(500).default(50),
  // Of all workers together.
  HUES_CALLS_PER_SECOND: z.coerce.number().int().min(1).max(10_000).optional(),
  API_HOST: z.string().min(1).default('127.0.0.1'),
  API_PORT: z.coerce.number().int().min(0).max(65_535).default(8_080),
  CALLBACK_HOST: z.string().min(1).default('127.0.0.1'),
  CALLBACK_PORT: z.coerce.number().int().min(0).max(65_535).default(8_082),
  // Sign-in (api/auth/settings.ts says what is needed). Nothing secret has a default.
  PUBLIC_URL: webUrl.optional(),
  OIDC_ISSUER: webUrl.optional(),
  OIDC_CLIENT_ID: z.string().min(1).optional(),
  OIDC_CLIENT_SECRET: z.string().min(1).optional(),
  OIDC_SCOPE: z
    .string()
    .regex(/\bopenid\b/)
    .default('openid vneid'),
  OIDC_CLAIM_ID_NUMBER: z.string().min(1).default('id_number'),
  OIDC_CLAIM_NAME: z.string().min(1).default('name'),
  OIDC_CLAIM_ASSURANCE: z.string().min(1).default('assurance_level'),
  OIDC_ASSURANCE_TWO: z
    .string()
    .default('2')
    .transform((text) => text.split(',')),
  API_AUDIENCE: z.url().optional(),
  API_TOKEN_SECONDS_MAX: z.coerce.number().int().min(10).max(3_600).default(300),
  SESSION_IDLE_MINUTES: z.coerce.number().int().min(1).max(120).default(30),
  SESSION_TREASURY_IDLE_MINUTES: z.coerce.number().int().min(1).max(60).default(15),
  SESSION_HOURS: z.coerce.number().int().min(1).max(24).default(10),
  SESSION_PER_USER: z.coerce.number().int().min(1).max(20).default(5),
  RATE_SIGN_IN_PER_MINUTE: z.coerce.number().int().min(1).max(10_000).default(60),
  RATE_USER_PER_MINUTE: z.coerce.number().int().min(1).max(1_000_000).default(600),
  RATE_ADDRESS_PER_MINUTE: z.coerce.number().int().min(1).max(1_000_000).default(3_000),
  COVERAGE_FRESH_MS: z.coerce.number().int().min(0).max(60_000).default(2_000),
  RATE_LOOK_UPS_PER_DAY: z.coerce.number().int().min(1).max(1_000_000).default(1_000),
  TRUSTED_PROXIES: z.coerce.number().int().min(0).max(5).default(0),
  // Where machines that watch us ask; without a port nobody listens. Never in front of the public.
  OPS_HOST: z.string().min(1).default('127.0.0.1'),
  OPS_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  AUDIT_SYSLOG_HOST: z.string().min(1).optional(),
  AUDIT_SYSLOG_PORT: z.coerce.number().int().min(1).max(65_535).default(6_514),
  AUDIT_SYSLOG_CA: z.string().min(1).optional(),
  WEBHOOK_TARGETS: z.string().optional(),
  VERIFY_ACCOUNTS: z.stringbool().default(true),
  VERIFY_AT_ONCE: z.coerce.number().int().min(1).max(1_000).default(1),
  CHANNEL_FAILURES_MAX: z.coerce.number().int().min(1).max(1_000).default(10),
  CHANNEL_PAUSE_MS: z.coerce.number().int().min(100).max(3_600_000).default(30_000),
  CHANNEL_TIMEOUT_MS: z.coerce.number().int().min(50).max(120_000).default(12_000),
  WORKER_CONCURRENCY: z.coerce.number().int().min(1).max(32).default(2),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  UPKEEP_EVERY_MS: z.coerce.number().int().min(100).max(300_000).default(30_000),
  BUILD_DIR: z.string().min(1).optional(),
  // For fault tests only: "after-send:2" ends the process with -9 the second time it passes there, "…:stop" freezes it.
  FAULT_BARRIER: z
    .string()
    .refine((text) => parseBarrier(text) !== null, 'cần tên:lần hoặc tên:lần:stop')
    .optional(),
})

/** The settings of the process, read once and passed on as values; .env.example explains each. */
export type Config = Readonly<z.output<typeof environment>>

/**
 * Reads the environment; the one place that does. Empty variables count as missing. Throws DomainError `config` that
 * lists every fault at once, by variable, when any is wrong.
 */
export function readConfig(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  )
  const parsed = environment.safeParse(given)
  if (parsed.success) return Object.freeze(parsed.data)
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new DomainError('invalid', 'config', `Cấu hình sai:\n  ${faults.join('\n  ')}`)
}
