import { pino } from 'pino'
import type { Logger } from 'pino'

export type { Logger } from 'pino'

/**
 * A JSON logger. Ids, not values: fields that could hold personal data are cut out whatever anybody passes.
 */
export function createLog(level: string): Logger {
  return pino({
    level,
    redact: {
      paths: [
        'name',
        'fullName',
        'holderName',
        'number',
        'accountNumber',
        '*.name',
        '*.fullName',
        '*.holderName',
        '*.number',
        '*.accountNumber',
      ],
      remove: true,
    },
  })
}
