import { z } from 'zod'
import { ledger } from '../../ledger/ledger.ts'
import type { AccountRef } from '../../ledger/journal.ts'
import { DomainError } from '../../lib/errors.ts'
import { route } from '../route.ts'
import { asked, job, jobExample } from './jobs.ts'
import { dayIn, dong, monthDay, monthIn } from '../wire.ts'

const tag = 'Sổ sách · Books'
const code = z.string().regex(/^[0-9A-Z-]{3,20}$/)

/** An account code of the chart. Throws DomainError `unknown-account`. */
function codeOf(text: string): AccountRef['code'] {
  if (ledger.isCode(text)) return text
  throw new DomainError('not-found', 'unknown-account', `Không có tài khoản ${text}`)
}

/** Months of the books, their closing, and balances. */
export const periodRoutes = [
  route({
    operation: 'getPeriods',
    method: 'GET',
    path: '/ledger/periods',
    permission: 'ledger.read',
    tag,
    summary: { vi: 'Các kỳ kế toán', en: 'The months of the books' },
    answer: z.object({
      items: z.array(
        z.object({
          month: monthDay,
          state: z.enum(['open', 'closing', 'closed']),
          block: z.string().nullable(),
        }),
      ),
    }),
    examples: {},
    handle: async ({ tx }) => ({ items: await ledger.periods(tx) }),
  }),
  route({
    operation: 'closePeriod',
    method: 'POST',
    path: '/ledger/periods/{month}/closing',
    permission: 'periods.close',
    tag,
    summary: {
      vi: 'Khóa sổ tháng, không mở lại được; làm lại nếu dở dang',
      en: 'Close a month for ever: no entry gets in from now on, the rest is long work; may be repeated',
    },
    params: z.strictObject({ month: monthIn }),
    answer: job,
    status: 202,
    examples: { answer: { ...jobExample, kind: 'period-closing' } },
    handle: async (call) => {
      const { tx, by, params } = call
      await ledger.beginClose(tx, by, params.month)
      return asked(call, 'period-closing', params)
    },
  }),
  route({
    operation: 'getBalance',
    method: 'GET',
    path: '/ledger/accounts/{code}/{subject}/balance',
    permission: 'ledger.read',
    tag,
    summary: {
      vi: 'Số dư một tài khoản, đến ngày ghi sổ và khối đã niêm phong',
      en: 'An account’s balance, by posting date and sealed block',
    },
    params: z.strictObject({ code, subject: z.string().regex(/^[\x21-\x7e]{1,80}$/) }),
    query: z.strictObject({
      on: dayIn.optional(),
      block: z.coerce.bigint().min(0n).max(999_999_999n).optional(),
    }),
    answer: z.object({ balance: dong }),
    examples: { answer: { balance: '540000' } },
    handle: async ({ tx, today, params, query: { on, block } }) => {
      const subject = params.subject as AccountRef['subject']
      const account = { code: codeOf(params.code), subject }
      if (on === undefined && block === undefined) {
        return { balance: await ledger.balance(tx, account) }
      }
      const at = { on: on ?? today(), ...(block !== undefined && { block }) }
      return { balance: await ledger.balanceAsOf(tx, account, at) }
    },
  }),
  route({
    operation: 'getOpenBalances',
    method: 'GET',
    path: '/ledger/accounts/{code}/open-balances',
    permission: 'ledger.read',
    tag,
    summary: { vi: 'Tài khoản chi tiết còn số dư', en: 'Accounts of a code that are not at zero' },
    params: z.strictObject({ code }),
    answer: z.object({
      total: dong,
      items: z.array(z.object({ subject: z.string(), balance: dong })),
    }),
    examples: {},
    handle: async ({ tx, params }) => {
      const of = codeOf(params.code)
      const total = await ledger.balanceOfCode(tx, of)
      return { total, items: await ledger.openBalances(tx, of, 200) }
    },
  }),
]
