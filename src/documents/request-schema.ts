import { z } from 'zod'
import type { AccountRef } from '../ledger/journal.ts'
import { ledger } from '../ledger/ledger.ts'
import { localDate, month } from '../lib/time.ts'
import type { DocumentRequest } from './requests.ts'

const id = z.uuid().meta({ examples: ['00000009-0000-7000-8000-000000000001'] })
const word = z.string().regex(/^[\x21-\x7e]{1,80}$/)
const day = z.iso.date().transform((text) => localDate(text))
const monthOf = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])-01$/)
  .meta({ examples: ['2023-08-01'] })
  .transform((text) => month(text.slice(0, 7)))

/** Posting dates; as of which sealed block, the last one when it is left out. */
const range = {
  from: day,
  to: day,
  block: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional()
    .meta({ description: 'Số khối niêm phong; bỏ trống: khối cuối' }),
  at: z.iso
    .datetime({ offset: true })
    .optional()
    .meta({ description: 'Sổ như đã niêm phong đến thời điểm này; không cùng với block' }),
}

const oneTime = ({ block, at }: { block?: string | undefined; at?: string | undefined }) =>
  block === undefined || at === undefined
const ONE_TIME = { message: 'chỉ một trong hai: block hoặc at', path: ['at'] }

const account = z
  .strictObject({
    code: z.string().regex(/^[0-9A-Z-]{3,20}$/),
    subject: z.string().regex(/^[\x21-\x7e]{1,80}$/),
  })
  .refine(({ code }) => ledger.isCode(code), { message: 'không có tài khoản này', path: ['code'] })
  .transform((named) => named as AccountRef)

/** What may be asked for, as it is sent to us: a kind with its parameters. */
export const documentRequest: z.ZodType<DocumentRequest> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('payout-list'), listId: id }),
  z.strictObject({ kind: z.literal('coverage-report'), month: monthOf, mapDay: day }),
  z.strictObject({ kind: z.literal('reconciliation-day'), statementId: word, on: day }),
  z.strictObject({ kind: z.literal('reconciliation-batch'), orderId: word, on: day }),
  z.strictObject({ kind: z.literal('person-statement'), personId: id, from: monthOf, to: monthOf }),
  z.strictObject({
    kind: z.literal('settlement-report'),
    month: monthOf,
    communeId: z.int().min(1).nullable(),
  }),
  z.strictObject({ kind: z.literal('verification'), from: day, to: day }),
  z.strictObject({ kind: z.literal('journal-book'), ...range }).refine(oneTime, ONE_TIME),
  z.strictObject({ kind: z.literal('trial-balance'), ...range }).refine(oneTime, ONE_TIME),
  z.strictObject({ kind: z.literal('account-book'), account, ...range }).refine(oneTime, ONE_TIME),
  z.strictObject({ kind: z.literal('audit-exceptions'), ...range }).refine(oneTime, ONE_TIME),
  z
    .strictObject({
      kind: z.literal('audit-sample'),
      method: z.enum(['money-unit', 'risk']),
      size: z.int().min(1).max(1_000),
      seed: z.string().regex(/^[0-9A-Za-z-]{4,64}$/),
      ...range,
    })
    .refine(oneTime, ONE_TIME),
])
