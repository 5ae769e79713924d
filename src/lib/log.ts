import { pino } from 'pino'
import type { DestinationStream, Logger } from 'pino'

export type { Logger } from 'pino'

/** Names of fields that could hold what is personal or secret. */
const FIELDS = [
  ...['name', 'fullName', 'holderName', 'number', 'numbers', 'accountNumber', 'idNumber', 'phone'],
  ...['birthDate', 'text', 'purpose', 'body', 'cookie', 'authorization', 'secret', 'token', 'key'],
] as const

/**
 * A JSON logger. Ids, not values: fields that could hold personal data or a secret are cut out whatever anybody passes, to
 * the third level. `to` is for tests; by default it is the process's output.
 */
export function createLog(level: string, to?: DestinationStream): Logger {
  const paths = FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`])
  return pino({ level, redact: { paths, remove: true } }, to)
}
