import { z } from 'zod'
import { payouts } from '../../payouts/payouts.ts'
import { registry } from '../../registry/registry.ts'
import { cut, pageOf, pageQuery } from '../paging.ts'
import { route, secondOf, twoPeopleRoute } from '../route.ts'
import { monthDay, monthIn, uuid } from '../wire.ts'
import { asPerson, decisionExample, decisionIn, done, forNobody, head, SOMEBODY } from './papers.ts'

const tag = 'Tạm dừng · Suspensions'
const params = z.strictObject({ suspensionId: uuid })
const state = z.enum(['PROPOSED', 'DECIDED', 'REJECTED', 'RESUMED'])

const suspension = z.object({
  id: uuid,
  personId: uuid,
  head: z.string(),
  communeId: z.int(),
  reason: z.string(),
  from: monthDay,
  to: monthDay.nullable(),
  state,
  withArrears: z.boolean().nullable(),
  proposedBy: uuid,
  decidedBy: uuid.nullable(),
  decisionNumber: z.string().nullable(),
})

const getAll = route({
  operation: 'getSuspensions',
  method: 'GET',
  path: '/suspensions',
  permission: 'enrolments.read',
  tag,
  summary: { vi: 'Các đề nghị và quyết định tạm dừng', en: 'Suspensions, by state' },
  query: z.strictObject({ ...pageQuery, after: uuid.optional(), state: state.optional() }),
  answer: pageOf(suspension),
  examples: {},
  handle: async ({ tx, query: { after = null, limit, state: of = null } }) => {
    const page = { state: of, after, limit: limit + 1 }
    return cut(await registry.waiting.suspensions.page(tx, page), limit, ({ id }) => id)
  },
})

const getOne = route({
  operation: 'getSuspension',
  method: 'GET',
  path: '/suspensions/{suspensionId}',
  permission: 'enrolments.read',
  tag,
  summary: { vi: 'Một đề nghị tạm dừng', en: 'A suspension' },
  params,
  answer: suspension,
  examples: {},
  handle: ({ tx, params: { suspensionId } }) => registry.waiting.suspensions.get(tx, suspensionId),
})

const propose = route({
  operation: 'proposeSuspension',
  method: 'POST',
  path: '/suspensions',
  permission: 'enrolments.write',
  forCitizen: true,
  tag,
  summary: { vi: 'Đề nghị tạm dừng, chờ người khác quyết định', en: 'Propose a suspension' },
  body: z.strictObject({
    personId: uuid,
    head,
    from: monthIn,
    reason: z.string().regex(/^[A-Z0-9_]{1,40}$/),
  }),
  answer: z.object({ id: uuid }),
  status: 201,
  examples: {
    body: {
      ...{ personId: SOMEBODY, head: 'NCT_80', from: '2023-09-01', reason: 'UNPAID_3M' },
      ...forNobody,
    },
  },
  handle: async ({ tx, by, today, body: { personId, head: of, from, reason } }) => {
    const asked = { personId: asPerson(personId), head: of, from, reason, on: today() }
    return { id: await registry.enrolments.proposeSuspension(tx, by, asked) }
  },
})

const getUnpaid = route({
  operation: 'getUnpaidMonths',
  method: 'GET',
  path: '/suspensions/unpaid-months',
  permission: 'enrolments.read',
  tag,
  summary: {
    vi: 'Ai không nhận được gì trong các tháng trước',
    en: 'Who received nothing in the months before',
  },
  query: z.strictObject({ before: monthIn, months: z.coerce.number().int().min(1).max(12) }),
  answer: z.object({ items: z.array(z.object({ personId: uuid, month: monthDay })) }),
  examples: {},
  handle: async ({ tx, query }) => ({ items: await payouts.unpaidMonths(tx, query) }),
})

const proposeUnpaid = route({
  operation: 'proposeUnpaidSuspensions',
  method: 'POST',
  path: '/suspensions/unpaid',
  permission: 'enrolments.write',
  tag,
  summary: {
    vi: 'Đề nghị tạm dừng những ai ba tháng liền không nhận',
    en: 'Propose to suspend whatever nobody received for three months',
  },
  body: z.strictObject({ month: monthIn }),
  answer: z.object({ proposed: z.int() }),
  examples: { body: { month: '2023-09-01' }, answer: { proposed: 0 } },
  handle: async ({ tx, by, today, body: { month } }) => ({
    proposed: await payouts.proposeUnpaid(tx, by, { month, on: today() }),
  }),
})

const decide = route({
  operation: 'decideSuspension',
  method: 'POST',
  path: '/suspensions/{suspensionId}/decision',
  permission: 'enrolments.confirm',
  changes: 'getSuspension',
  tag,
  summary: { vi: 'Quyết định tạm dừng', en: 'Decide a suspension as another person' },
  params,
  body: z.strictObject({ decision: decisionIn }),
  answer: done,
  examples: { body: { decision: decisionExample } },
  handle: async ({ tx, by, today, params: { suspensionId: id }, body: { decision } }) => {
    await registry.enrolments.decideSuspension(tx, by, { id, decision, on: today() })
  },
})

const reject = route({
  operation: 'rejectSuspension',
  method: 'POST',
  path: '/suspensions/{suspensionId}/rejection',
  permission: 'enrolments.confirm',
  changes: 'getSuspension',
  tag,
  summary: { vi: 'Không tạm dừng', en: 'Reject a suspension' },
  params,
  answer: done,
  examples: {},
  handle: async ({ tx, by, today, params: { suspensionId: id } }) => {
    await registry.enrolments.rejectSuspension(tx, by, { id, on: today() })
  },
})

const resume = twoPeopleRoute({
  operation: 'resumeSuspension',
  path: '/suspensions/{suspensionId}/resumption',
  permission: 'enrolments.write',
  confirm: 'enrolments.confirm',
  forCitizen: true,
  changes: 'getSuspension',
  tag,
  summary: { vi: 'Cho hưởng lại, có truy lĩnh hay không', en: 'Resume, with arrears or without' },
  params,
  body: z.strictObject({ from: monthIn, withArrears: z.boolean(), decision: decisionIn }),
  answer: done,
  examples: {
    body: { from: '2023-10-01', withArrears: true, decision: decisionExample, ...forNobody },
  },
  view: async ({ tx, params: { suspensionId }, body: { from, withArrears, decision } }) => {
    const { communeId, personId } = await registry.waiting.suspensions.get(tx, suspensionId)
    return { communeId, summary: { suspensionId, personId, from, withArrears, decision } }
  },
  handle: async (call) => {
    secondOf(call)
    const { from, withArrears, decision } = call.body
    const asked = { id: call.params.suspensionId, from, withArrears, decision, on: call.today() }
    await registry.enrolments.resume(call.tx, call.by, asked)
  },
})

/** What is not paid for a while, and again. */
export const suspensionRoutes = [
  getUnpaid,
  getAll,
  getOne,
  propose,
  proposeUnpaid,
  decide,
  reject,
  resume,
]
