import { z } from 'zod'
import { payouts } from '../../payouts/payouts.ts'
import { reconciliation } from '../../reconciliation/reconciliation.ts'
import { cut, pageOf, pageQuery } from '../paging.ts'
import { route } from '../route.ts'
import { day, dayIn, dong } from '../wire.ts'
import { asked, job, jobExample } from './jobs.ts'

const tag = 'Đối soát · Reconciliation'
const channel = z.enum(payouts.channelNames)
const word = z.string().regex(/^[\x21-\x7e]{1,80}$/)
const amountIn = z
  .string()
  .regex(/^-?(0|[1-9]\d{0,17})$/)
  .transform((digits) => BigInt(digits))

const take = route({
  operation: 'takeStatement',
  method: 'POST',
  path: '/statements',
  permission: 'statements.take',
  tag,
  summary: { vi: 'Nhập sao kê một ngày', en: 'Store a day’s statement of a channel, once' },
  body: z.strictObject({
    channel,
    payingUnit: word,
    id: word,
    day: dayIn,
    opening: amountIn,
    closing: amountIn,
    lines: z
      .array(
        z.strictObject({
          id: word,
          reference: word,
          direction: z.enum(['debit', 'credit']),
          kind: z.enum(['payment', 'return', 'transfer']),
          amount: amountIn,
          reason: z.string().max(200).nullable(),
        }),
      )
      .max(2_000),
  }),
  answer: z.object({ stored: z.boolean() }),
  status: 201,
  examples: {
    body: {
      ...{ channel: 'bank', payingUnit: '474.20210701', id: 'ST-1', day: '2023-08-03' },
      ...{ opening: '0', closing: '0', lines: [] },
    },
    answer: { stored: true },
  },
  handle: async ({ tx, by, body: { channel: of, payingUnit, ...statement } }) => ({
    stored: await reconciliation.importStatement(tx, by, { channel: of, payingUnit }, statement),
  }),
})

const line = z.object({
  id: z.string(),
  statementId: z.string(),
  payingUnit: z.string(),
  day,
  kind: z.enum(['payment', 'return', 'transfer']),
  direction: z.enum(['debit', 'credit']),
  reference: z.string(),
  amount: dong,
  reason: z.string().nullable(),
  state: z.enum(['OPEN', 'MATCHED', 'SUSPENSE']),
  entryId: z.string().nullable(),
})

const getAll = route({
  operation: 'getStatements',
  method: 'GET',
  path: '/statements',
  permission: 'statements.read',
  tag,
  summary: { vi: 'Sao kê của những ngày', en: 'Statements of some days' },
  query: z.strictObject({ from: dayIn, to: dayIn, channel: channel.optional() }),
  answer: z.object({
    items: z.array(
      z.object({
        id: z.string(),
        channel,
        payingUnit: z.string(),
        day,
        opening: dong,
        closing: dong,
        lineCount: z.int(),
        open: z.int(),
      }),
    ),
  }),
  examples: {},
  handle: async ({ tx, query: { from, to, channel: of = null } }) => ({
    items: await reconciliation.statements(tx, { from, to, channel: of }),
  }),
})

const getLines = route({
  operation: 'getStatementLines',
  method: 'GET',
  path: '/statements/{statementId}/lines',
  permission: 'statements.read',
  tag,
  summary: { vi: 'Các dòng của một sao kê', en: 'Lines of a statement, and what explains them' },
  params: z.strictObject({ statementId: word }),
  query: z.strictObject(pageQuery),
  answer: pageOf(line),
  examples: {},
  handle: async ({ tx, params: { statementId }, query: { after = '', limit } }) => {
    const page = { statementId, after, limit: limit + 1 }
    return cut(await reconciliation.lines(tx, page), limit, ({ id }) => id)
  },
})

const getCovered = route({
  operation: 'getCoveredDays',
  method: 'GET',
  path: '/statements/covered-days',
  permission: 'statements.read',
  tag,
  summary: { vi: 'Sao kê đã có đến ngày nào', en: 'Until which day statements are in, by unit' },
  query: z.strictObject({ channel }),
  answer: z.object({ days: z.record(z.string(), day) }),
  examples: { answer: { days: { '474.20210701': '2023-08-03' } } },
  handle: async ({ tx, query: { channel: of } }) => ({
    days: await reconciliation.coveredDays(tx, of),
  }),
})

const match = route({
  operation: 'matchStatements',
  method: 'POST',
  path: '/matchings',
  permission: 'statements.match',
  tag,
  summary: {
    vi: 'Khớp các dòng sao kê chưa khớp; làm lại bao nhiêu lần cũng được',
    en: 'Match the open lines, as long work; may be repeated',
  },
  answer: job,
  status: 202,
  examples: { answer: { ...jobExample, kind: 'matching' } },
  handle: (call) => asked(call, 'matching', {}),
})

const getBreaks = route({
  operation: 'getBreaks',
  method: 'GET',
  path: '/breaks',
  permission: 'statements.read',
  tag,
  summary: { vi: 'Dòng sao kê chưa rõ nguyên nhân', en: 'Lines that nothing explains' },
  query: z.strictObject(pageQuery),
  answer: pageOf(line),
  examples: {},
  handle: async ({ tx, query: { after = '', limit } }) =>
    cut(await reconciliation.breaks(tx, { after, limit: limit + 1 }), limit, ({ id }) => id),
})

const suspend = route({
  operation: 'openBreaks',
  method: 'POST',
  path: '/breaks',
  permission: 'statements.match',
  tag,
  summary: { vi: 'Đưa dòng chưa rõ vào chờ xử lý', en: 'Book what nothing explains as a break' },
  answer: z.object({ opened: z.int() }),
  examples: { answer: { opened: 0 } },
  handle: async ({ tx, by }) => ({ opened: await reconciliation.suspendOpenLines(tx, by) }),
})

/** What the bank and the wallet say, and what explains it. */
export const statementRoutes = [take, getAll, getCovered, getLines, match, getBreaks, suspend]
