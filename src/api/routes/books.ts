import { z } from 'zod'
import type { AccountRef } from '../../ledger/journal.ts'
import { ledger } from '../../ledger/ledger.ts'
import { DomainError } from '../../lib/errors.ts'
import { payouts } from '../../payouts/payouts.ts'
import { reconciliation } from '../../reconciliation/reconciliation.ts'
import { cut, pageOf, pageQuery } from '../paging.ts'
import { route } from '../route.ts'
import { day, dayIn, dong, monthIn, time } from '../wire.ts'

const tag = 'Sổ sách · Books'
const code = z.string().regex(/^[0-9A-Z-]{3,20}$/)
const subject = z.string().regex(/^[\x21-\x7e]{1,80}$/)

/** The place of a posting, as a page goes on from it: "entry.seq". */
const cursor = z
  .string()
  .regex(/^\d{1,18}\.\d{1,4}$/)
  .transform((text) => {
    const [entryId = '', seq = ''] = text.split('.')
    return { entryId: BigInt(entryId), seq: Number(seq) }
  })

const posting = {
  entryId: z.string(),
  seq: z.int(),
  postingDate: day,
  occurredOn: day,
  template: z.string(),
  reference: z.string(),
}

const getJournal = route({
  operation: 'getJournal',
  method: 'GET',
  path: '/ledger/journal',
  permission: 'ledger.read',
  tag,
  summary: { vi: 'Sổ nhật ký chung', en: 'The journal' },
  query: z.strictObject({ ...pageQuery, after: cursor.optional() }),
  answer: pageOf(
    z.object({
      ...posting,
      debitCode: code,
      debitSubject: z.string(),
      creditCode: code,
      creditSubject: z.string(),
      amount: dong,
    }),
  ),
  examples: {},
  handle: async ({ tx, query: { after, limit } }) => {
    const rows = await ledger.journal(tx, { after, limit: limit + 1 })
    return cut(rows, limit, ({ entryId, seq }) => `${String(entryId)}.${String(seq)}`)
  },
})

const getTrialBalance = route({
  operation: 'getTrialBalance',
  method: 'GET',
  path: '/ledger/trial-balance',
  permission: 'ledger.read',
  tag,
  summary: { vi: 'Bảng cân đối phát sinh', en: 'The trial balance of a month' },
  query: z.strictObject({ month: monthIn }),
  answer: z.object({
    items: z.array(z.object({ code, opening: dong, debit: dong, credit: dong, closing: dong })),
  }),
  examples: {},
  handle: async ({ tx, query: { month } }) => ({ items: await ledger.trialBalance(tx, month) }),
})

const getAccountStatement = route({
  operation: 'getAccountStatement',
  method: 'GET',
  path: '/ledger/accounts/{code}/{subject}/statement',
  permission: 'ledger.read',
  tag,
  summary: { vi: 'Sổ chi tiết một tài khoản', en: 'An account’s statement, a month at the most' },
  params: z.strictObject({ code, subject }),
  query: z.strictObject({ from: dayIn, to: dayIn }),
  answer: z.object({
    opening: dong,
    lines: z.array(
      z.object({
        ...posting,
        counterCode: code,
        counterSubject: z.string(),
        debit: dong,
        credit: dong,
        balance: dong,
      }),
    ),
    complete: z.boolean(),
  }),
  examples: {},
  handle: async ({ tx, params, query: { from, to } }) => {
    if (!ledger.isCode(params.code)) {
      throw new DomainError('not-found', 'unknown-account', `Không có tài khoản ${params.code}`)
    }
    const account = { code: params.code, subject: params.subject as AccountRef['subject'] }
    const page = await ledger.accountStatement(tx, account, { from, to, limit: 200 })
    return { ...page, complete: page.next === null }
  },
})

const openPeriod = route({
  operation: 'openPeriod',
  method: 'POST',
  path: '/ledger/periods',
  permission: 'periods.open',
  tag,
  summary: { vi: 'Mở kỳ kế toán', en: 'Open a month for posting' },
  body: z.strictObject({ month: monthIn }),
  answer: z.object({ opened: z.boolean() }),
  examples: { body: { month: '2023-09-01' }, answer: { opened: true } },
  handle: async ({ tx, by, body: { month } }) => ({
    opened: await ledger.openPeriod(tx, by, month),
  }),
})

const figures = z.object({
  code: z.string(),
  name: z.string(),
  cases: z.int(),
  entitled: dong,
  casesPaid: z.int(),
  paid: dong,
  returned: z.int(),
  returnedAmount: dong,
  held: dong,
  casesCash: z.int(),
  cash: dong,
  carried: dong,
  inFlight: dong,
  owed: dong,
  unexplained: dong,
})

const getCoverage = route({
  operation: 'getCoverage',
  method: 'GET',
  path: '/coverage',
  permission: 'coverage.read',
  tag,
  summary: { vi: 'Độ bao phủ chi trả không tiền mặt', en: 'Coverage of payment without cash' },
  query: z.strictObject({
    month: monthIn,
    map: dayIn
      .optional()
      .meta({ description: 'Bản đồ của ngày này; bỏ trống: như đã có của tháng' }),
  }),
  answer: z.object({
    communes: z.array(figures),
    cases: z.int(),
    casesPaid: z.int(),
    communesPaid: z.int(),
    unexplained: z.int(),
    unexplainedAmount: dong,
    countedAt: time,
  }),
  examples: {},
  handle: async ({ tx, by, query: { month, map }, coverage, nowMs }) => {
    const key = JSON.stringify([month, map, by.scope])
    return coverage(key, async () => {
      const countedAt = new Date(nowMs())
      const asItWas = await reconciliation.coverageOf(tx, month)
      if (map === undefined) return { ...asItWas, countedAt }
      const onMap = await reconciliation.coverageOn(tx, asItWas, { month, mapDay: map })
      return { ...onMap, countedAt }
    })
  },
})

const getCashLists = route({
  operation: 'getCashLists',
  method: 'GET',
  path: '/cash-lists',
  permission: 'cash.read',
  tag,
  summary: { vi: 'Danh sách chi tiền mặt', en: 'Cash lists of a month' },
  query: z.strictObject({ month: monthIn }),
  answer: z.object({
    items: z.array(
      z.object({
        id: z.string(),
        listNumber: z.string(),
        communeId: z.int(),
        payingUnit: z.string(),
        total: dong,
        handedOverOn: day.nullable(),
        settledOn: day.nullable(),
        unpaid: dong,
      }),
    ),
  }),
  examples: {},
  handle: async ({ tx, query: { month } }) => ({ items: await payouts.cash.of(tx, month) }),
})

/** What the books say. */
export const bookRoutes = [
  getJournal,
  getTrialBalance,
  getAccountStatement,
  openPeriod,
  getCoverage,
  getCashLists,
]
