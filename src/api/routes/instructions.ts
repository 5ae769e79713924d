import { z } from 'zod'
import { payouts } from '../../payouts/payouts.ts'
import { cut, pageOf, pageQuery } from '../paging.ts'
import { route } from '../route.ts'
import { dong, monthIn, time, uuid } from '../wire.ts'

const tag = 'Lệnh chi · Instructions'
const reference = z.string().regex(/^[0-9A-Z]{16}$/)
const channel = z.enum(payouts.channelNames)
const state = z.enum([
  ...(['LISTED', 'APPROVED', 'QUEUED', 'SUBMITTING', 'SUBMITTED', 'ACCEPTED'] as const),
  ...(['PAID', 'RETURNED', 'REJECTED', 'UNKNOWN', 'HELD', 'CANCELLED'] as const),
])

const instruction = z.object({
  reference,
  entitlement: z.string(),
  listId: uuid,
  communeId: z.int(),
  payingUnit: z.string(),
  channel,
  amount: dong,
  state,
  reason: z.string().nullable(),
  attempt: z.int(),
  orderId: z.string().nullable(),
  replaces: z.string().nullable(),
  movedAt: time,
})

const getAll = route({
  operation: 'getInstructions',
  method: 'GET',
  path: '/instructions',
  permission: 'instructions.read',
  tag,
  summary: { vi: 'Lệnh chi của một tháng', en: 'Instructions of a month, by state' },
  query: z.strictObject({
    ...pageQuery,
    month: monthIn,
    state: state.optional(),
    after: reference.optional(),
  }),
  answer: pageOf(instruction),
  examples: {},
  handle: async ({ tx, query: { month, state: of = null, after = '', limit } }) => {
    const rows = await payouts.instructions(tx, { month, state: of, after, limit: limit + 1 })
    return cut(rows, limit, ({ reference: at }) => at)
  },
})

const getOne = route({
  operation: 'getInstruction',
  method: 'GET',
  path: '/instructions/{reference}',
  permission: 'instructions.read',
  tag,
  summary: { vi: 'Một lệnh chi và các bước của nó', en: 'An instruction with its steps' },
  params: z.strictObject({ reference }),
  answer: instruction.extend({
    steps: z.array(
      z.object({
        from: state.nullable(),
        to: state,
        attempt: z.int(),
        reason: z.string().nullable(),
        actor: uuid,
        via: z.string(),
        at: time,
      }),
    ),
  }),
  examples: {},
  handle: ({ tx, params }) => payouts.instruction(tx, params.reference),
})

const getFailed = route({
  operation: 'getFailedInstructions',
  method: 'GET',
  path: '/instructions/failed',
  permission: 'instructions.read',
  tag,
  summary: { vi: 'Lệnh hỏng chưa có lệnh thay', en: 'What failed and nothing has replaced' },
  query: z.strictObject({ month: monthIn }),
  answer: z.object({
    items: z.array(
      z.object({
        reference,
        entitlementNumber: z.string(),
        amount: dong,
        channel,
        reason: z.string().nullable(),
        communeId: z.int(),
        accountId: uuid,
        payeeId: uuid,
      }),
    ),
  }),
  examples: {},
  handle: async ({ tx, query: { month } }) => ({ items: await payouts.failedOf(tx, month) }),
})

/** Payments one by one, and what failed. */
export const instructionRoutes = [getAll, getFailed, getOne]
