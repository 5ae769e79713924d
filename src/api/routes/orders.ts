import { z } from 'zod'
import { payouts } from '../../payouts/payouts.ts'
import { reconciliation } from '../../reconciliation/reconciliation.ts'
import { registry } from '../../registry/registry.ts'
import { route, secondOf, twoPeopleRoute } from '../route.ts'
import { day, dayIn, dong, monthDay, monthIn, uuid } from '../wire.ts'
import { asPerson, SOMEBODY } from './papers.ts'

const tag = 'Lệnh chi · Instructions'
const channel = z.enum(payouts.channelNames)

const getOrders = route({
  operation: 'getOrders',
  method: 'GET',
  path: '/orders',
  permission: 'instructions.read',
  tag,
  summary: { vi: 'Lệnh chuyển còn phải gửi', en: 'Orders that are still to be sent' },
  answer: z.object({
    lastPlannedDay: day.nullable(),
    items: z.array(z.object({ orderId: z.string(), attempt: z.int(), channel, orderedBy: uuid })),
  }),
  examples: {},
  handle: async ({ tx }) => ({
    lastPlannedDay: (await payouts.lastPlannedDay(tx)) ?? null,
    items: await payouts.ordersToSend(tx),
  }),
})

const planOrders = route({
  operation: 'planOrders',
  method: 'POST',
  path: '/orders',
  permission: 'orders.plan',
  tag,
  summary: {
    vi: 'Gom lệnh đã cho chi thành lệnh chuyển',
    en: 'Group what is queued into orders; a worker sends them',
  },
  answer: z.object({ orders: z.int() }),
  examples: { answer: { orders: 2 } },
  handle: async ({ tx, by, today, orderLimits }) => ({
    orders: await payouts.planOrders(tx, by, today(), orderLimits),
  }),
})

const getTasks = route({
  operation: 'getOfficeTasks',
  method: 'GET',
  path: '/office-tasks',
  permission: 'lists.read',
  tag,
  summary: { vi: 'Việc đến hạn của các xã', en: 'What offices have to do by a day' },
  query: z.strictObject({ until: dayIn }),
  answer: z.object({
    items: z.array(
      z.object({
        kind: z.enum(['list', 'hand-over', 'payment-window', 'service-report', 'representation']),
        subject: z.string(),
        communeId: z.int(),
        month: monthDay,
        dueOn: day,
        done: z.boolean(),
      }),
    ),
  }),
  examples: {},
  handle: async ({ tx, query: { until } }) => ({
    items: await payouts.calendar.tasks(tx, until),
  }),
})

const getUnknowns = route({
  operation: 'getCoveredUnknowns',
  method: 'GET',
  path: '/instructions/covered-unknowns',
  permission: 'statements.read',
  tag,
  summary: {
    vi: 'Lệnh chưa rõ mà sao kê đã cho biết là không chi',
    en: 'Unknown payments that the statements show as not executed',
  },
  query: z.strictObject({ month: monthIn, channel }),
  answer: z.object({
    items: z.array(z.object({ reference: z.string(), attempt: z.int(), statementId: z.string() })),
  }),
  examples: {},
  handle: async ({ tx, query }) => ({ items: await reconciliation.coveredUnknowns(tx, query) }),
})

const looked = z.strictObject({
  people: z.array(uuid).min(1).max(200),
  since: monthIn,
  until: monthIn,
  reason: z.string().regex(/^[A-Z0-9_]{1,40}$/),
})
const lookedExample = {
  ...{ people: [SOMEBODY], since: '2023-06-01', until: '2023-08-01', reason: 'DEATH' },
}
const booked = z.object({ entitlements: z.int(), total: dong })

const overpaid = (
  act: 'book' | 'cancelUnsent',
  spec: {
    readonly operation: string
    readonly path: string
    readonly vi: string
    readonly en: string
  },
) =>
  twoPeopleRoute({
    operation: spec.operation,
    path: spec.path,
    permission: 'enrolments.write',
    confirm: 'enrolments.confirm',
    tag: 'Chi thừa · Overpaid',
    summary: { vi: spec.vi, en: spec.en },
    body: looked,
    answer: booked,
    examples: { body: lookedExample },
    view: async ({ tx, vault, body }) => {
      const [first = ''] = body.people
      const { communeId } = await registry.people.get(tx, vault, asPerson(first))
      return { communeId, summary: body }
    },
    handle: (call) => {
      secondOf(call)
      const people = call.body.people.map(asPerson)
      return payouts.overpaid[act](call.tx, call.by, { ...call.body, people, on: call.today() })
    },
  })

/** The orders that carry payments, what is due and open, and what was paid too much. */
export const orderRoutes = [
  getUnknowns,
  getOrders,
  planOrders,
  getTasks,
  overpaid('book', {
    ...{ operation: 'bookOverpaid', path: '/overpayments' },
    ...{ vi: 'Ghi khoản phải thu hồi', en: 'Make receivables of what was paid and not owed' },
  }),
  overpaid('cancelUnsent', {
    ...{ operation: 'cancelUnsent', path: '/overpayments/cancellations' },
    ...{ vi: 'Hủy lệnh chưa gửi không còn được hưởng', en: 'Cancel what is not owed and not sent' },
  }),
]
