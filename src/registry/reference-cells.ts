import { z } from 'zod'
import { vnd } from '../lib/money.ts'
import { localDate } from '../lib/time.ts'

/** A cell with words. */
export const text = z
  .string()
  .min(1, 'must not be empty')
  .refine((value) => value === value.normalize('NFC').trim(), {
    error: 'write it in Unicode NFC without blanks at the ends',
  })

/** A day of the calendar, YYYY-MM-DD. */
export const date = z.iso
  .date('must be a day of the calendar such as 2025-07-01')
  .transform(localDate)

/** A key of our own. */
export const code = z.string().regex(/^[A-Z0-9_-]+$/, 'must be capitals A-Z, digits, _ or -')

/** Whole đồng, as a bigint: a JavaScript number would round silently. */
export const dong = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, 'must be whole đồng in digits only, such as 540000')
  .transform((digits) => vnd(BigInt(digits)))

/** yes or no, as a boolean. */
export const yesNo = z.enum(['yes', 'no']).transform((value) => value === 'yes')

/**
 * How far the facts of the row were checked; prisma/reference/README.md says what each value means.
 */
export const status = z.enum(['verified', 'from_memory', 'to_confirm'])

/** Takes the schema of a filled cell; returns that of a cell that may be empty, then null. */
export const orBlank = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((cell) => (cell === '' ? null : cell), schema.nullable())

/** The days on which a row holds, both included; no end means until further notice. */
export const period = { validFrom: date, validTo: orBlank(date) }
