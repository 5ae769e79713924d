import { z } from 'zod'
import { vnd } from '../../lib/money.ts'
import { payouts } from '../../payouts/payouts.ts'
import { route, secondOf, twoPeopleRoute } from '../route.ts'
import { dong, monthIn, time, uuid, words } from '../wire.ts'
import { done } from './papers.ts'

const tag = 'Quy tắc duyệt · Approval rules'

const amount = z
  .string()
  .regex(/^[1-9]\d{0,14}$/)
  .transform((digits) => vnd(BigInt(digits)))
  .nullable()
const asks = {
  listTotal: amount,
  rowAmount: amount,
  warning: z
    .string()
    .regex(/^[a-z-]{1,40}$/)
    .nullable(),
}
const asksExample = { listTotal: '500000000', rowAmount: null, warning: null }
const rule = z.object({
  listTotal: dong.nullable(),
  rowAmount: dong.nullable(),
  warning: z.string().nullable(),
})

const getAll = route({
  operation: 'getApprovalRules',
  method: 'GET',
  path: '/approval-rules',
  permission: 'lists.read',
  tag,
  summary: { vi: 'Khi nào cần người duyệt thứ hai', en: 'Which lists take a second approver' },
  answer: z.object({
    items: z.array(
      rule.extend({
        id: uuid,
        document: z.string(),
        enteredBy: uuid,
        confirmedBy: uuid,
        enteredAt: time,
        endedAt: time.nullable(),
      }),
    ),
  }),
  examples: {},
  handle: async ({ tx }) => ({ items: await payouts.approvalRules.now(tx) }),
})

const preview = route({
  operation: 'previewApprovalRule',
  method: 'POST',
  path: '/approval-rules/preview',
  permission: 'rules.write',
  asksOnly: true,
  tag,
  summary: {
    vi: 'Quy tắc này sẽ chạm những danh sách nào của một tháng',
    en: 'Which lists of a month a rule would ask about',
  },
  body: z.strictObject({ ...asks, month: monthIn }),
  answer: z.object({
    items: z.array(z.object({ id: uuid, number: z.string(), total: dong })),
  }),
  examples: { body: { ...asksExample, month: '2023-08-01' }, answer: { items: [] } },
  handle: async ({ tx, body: { month, ...of } }) => ({
    items: await payouts.approvalRules.preview(tx, month, of),
  }),
})

const make = twoPeopleRoute({
  operation: 'makeApprovalRule',
  path: '/approval-rules',
  permission: 'rules.write',
  confirm: 'rules.confirm',
  tag,
  summary: { vi: 'Đặt quy tắc duyệt', en: 'Make a rule' },
  body: z.strictObject({ ...asks, document: words(200) }),
  answer: z.object({ id: uuid }),
  examples: { body: { ...asksExample, document: 'QĐ 12/QĐ-SLĐTBXH' } },
  view: ({ body }) => Promise.resolve({ communeId: null, summary: body }),
  handle: async (call) => ({
    id: await payouts.approvalRules.make(call.tx, call.by, call.body, secondOf(call)),
  }),
})

const end = twoPeopleRoute({
  operation: 'endApprovalRule',
  path: '/approval-rules/{ruleId}/end',
  permission: 'rules.write',
  confirm: 'rules.confirm',
  tag,
  summary: { vi: 'Thôi một quy tắc duyệt', en: 'End a rule' },
  params: z.strictObject({ ruleId: uuid }),
  answer: done,
  examples: {},
  view: ({ params }) => Promise.resolve({ communeId: null, summary: params }),
  handle: (call) => payouts.approvalRules.end(call.tx, call.by, call.params.ruleId, secondOf(call)),
})

/** Rules by amount and warning, as data that two people change. */
export const approvalRuleRoutes = [getAll, preview, make, end]
