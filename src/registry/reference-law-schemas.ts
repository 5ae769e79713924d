import { z } from 'zod'
import { code, date, dong, orBlank, status, text } from './reference-cells.ts'

/** The columns of the files that the law alone reads. */

export const oneOffSchema = z.strictObject({
  code,
  nameVi: text,
  nameEn: text,
  amountVnd: dong,
  /** Whose month's benefit is of one of these categories; * for any. */
  categories: z
    .string()
    .regex(
      /^(\*|[A-Z0-9_]+( [A-Z0-9_]+)*)$/,
      'must be * or codes of categories with blanks between',
    ),
  month: date.refine((day) => day.endsWith('-01'), 'must be the first day of a month'),
  legalBasis: text,
  status,
  note: orBlank(text),
})

export const stopReasonSchema = z.strictObject({
  code,
  kind: z.enum(['stop', 'suspend']),
  descriptionVi: text,
  descriptionEn: text,
  legalBasis: text,
  status,
  note: orBlank(text),
})

export type OneOffProgramme = Readonly<z.output<typeof oneOffSchema>>
export type StopReason = Readonly<z.output<typeof stopReasonSchema>>
