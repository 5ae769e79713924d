import { z } from 'zod'
import { payouts } from '../../payouts/payouts.ts'
import { route } from '../route.ts'
import { dong, monthIn, uuid } from '../wire.ts'

const tag = 'Lệnh chi · Instructions'
const reference = z.string().regex(/^[0-9A-Z]{16}$/)
const channel = z.enum(payouts.channelNames)

const getStates = route({
  operation: 'getInstructionStates',
  method: 'GET',
  path: '/instructions/states',
  permission: 'instructions.read',
  tag,
  summary: { vi: 'Số lệnh theo trạng thái của một tháng', en: 'Instructions of a month by state' },
  query: z.strictObject({ month: monthIn }),
  answer: z.object({ states: z.record(z.string(), z.int()) }),
  examples: {},
  handle: async ({ tx, query: { month } }) => ({ states: await payouts.countStates(tx, month) }),
})

const getWorklist = route({
  operation: 'getWorklist',
  method: 'GET',
  path: '/instructions/worklist',
  permission: 'instructions.read',
  tag,
  summary: {
    vi: 'Lệnh đang chờ xử lý: vì sao, làm gì tiếp, ai làm',
    en: 'Payments that wait for somebody: why, the next step, and whose it is',
  },
  answer: z.object({
    items: z.array(
      z.object({
        reference,
        state: z.enum(['HELD', 'REJECTED', 'RETURNED', 'UNKNOWN']),
        channel,
        reason: z.string(),
        next: z.string(),
        owner: z.enum(['commune', 'paying-unit', 'treasury']),
        amount: dong,
        communeId: z.int(),
        payingUnit: z.string(),
        ageDays: z.int(),
      }),
    ),
  }),
  examples: {},
  handle: async ({ tx }) => ({ items: await payouts.worklist(tx) }),
})

const prepareReissues = route({
  operation: 'prepareReissues',
  method: 'POST',
  path: '/reissues',
  permission: 'reissues.prepare',
  tag,
  summary: { vi: 'Lập lệnh chi lại', en: 'Prepare re-issues of what failed' },
  body: z.strictObject({
    month: monthIn,
    of: z
      .array(z.strictObject({ reference, accountId: uuid }))
      .min(1)
      .max(200),
  }),
  answer: z.object({ references: z.array(reference) }),
  status: 201,
  examples: {
    body: {
      month: '2023-08-01',
      of: [{ reference: '230819750000C412', accountId: '00000005-0000-7000-8000-000000010001' }],
    },
  },
  handle: async ({ tx, by, body: { month, of } }) => {
    const accounts = new Map(of.map((one) => [one.reference, one.accountId]))
    const reissues = (await payouts.failedOf(tx, month)).flatMap((failed) => {
      const newAccountId = accounts.get(failed.reference)
      return newAccountId === undefined ? [] : [{ failed, newAccountId }]
    })
    return { references: await payouts.prepareReissues(tx, by, reissues) }
  },
})

const references = z.strictObject({ references: z.array(reference).min(1).max(200) })
const referencesExample = { references: ['230819750000C51K'] }

const approveReissues = route({
  operation: 'approveReissues',
  method: 'POST',
  path: '/reissues/approvals',
  permission: 'reissues.approve',
  tag,
  summary: { vi: 'Duyệt lệnh chi lại', en: 'Approve re-issues' },
  body: references,
  answer: z.object({}),
  examples: { body: referencesExample },
  handle: ({ tx, by, body }) => payouts.approveReissues(tx, by, body.references),
})

const releaseReissues = route({
  operation: 'releaseReissues',
  method: 'POST',
  path: '/reissues/releases',
  permission: 'reissues.release',
  tag,
  summary: { vi: 'Cho chi lệnh chi lại', en: 'Release re-issues' },
  body: references,
  answer: z.object({}),
  examples: { body: referencesExample },
  handle: ({ tx, by, body }) => payouts.queueReissues(tx, by, body.references),
})

/** What became of payments, and what is done about it. */
export const outcomeRoutes = [
  getStates,
  getWorklist,
  prepareReissues,
  approveReissues,
  releaseReissues,
]
