import { z } from 'zod'
import { parseBarrier } from './lib/barrier.ts'
import { DomainError } from './lib/errors.ts'

const url = z.url({ protocol: /^(https?|postgres(ql)?|rediss?)$/ })

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
  REDIS_URL: url.optional(),
  REDIS_SENTINELS: hosts.optional(),
  REDIS_SENTINEL_NAME: z.string().min(1).optional(),
  REDIS_CLUSTER: hosts.optional(),
  BANK_URL: url.optional(),
  HUES_URL: url.optional(),
  CHANNEL_TIMEOUT_MS: z.coerce.number().int().min(50).max(120_000).default(12_000),
  WORKER_CONCURRENCY: z.coerce.number().int().min(1).max(32).default(2),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  UPKEEP_EVERY_MS: z.coerce.number().int().min(100).max(300_000).default(30_000),
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
