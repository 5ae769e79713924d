import { z } from 'zod'
import { payouts } from '../../payouts/payouts.ts'
import { registry } from '../../registry/registry.ts'
import { route } from '../route.ts'
import { dong, monthDay, monthIn, time, uuid } from '../wire.ts'

const tag = 'Danh sách · Lists'
const params = z.strictObject({ listId: uuid })

const getDue = route({
  operation: 'getDue',
  method: 'GET',
  path: '/lists/due',
  permission: 'lists.read',
  tag,
  summary: {
    vi: 'Danh sách tháng sẽ có gì: xem trước, chưa lập',
    en: 'What a month’s list would carry, before it is drawn up',
  },
  query: z.strictObject({ communeId: z.coerce.number().int().min(1), month: monthIn }),
  answer: z.object({
    items: z.array(
      z.object({
        personId: uuid,
        programme: z.string(),
        component: z.string(),
        period: monthDay,
        amount: dong,
        explanation: z.string(),
        payeeId: uuid,
        method: z.enum(['account', 'cash']),
        hold: z.string().nullable(),
        warnings: z.array(z.string()),
      }),
    ),
  }),
  examples: {},
  handle: async ({ tx, query: { communeId: id, month } }) => {
    await registry.communes.visible(tx, { id, month })
    return { items: await payouts.lists.due(tx, id, month) }
  },
})

const getReturned = route({
  operation: 'getReturnedLists',
  method: 'GET',
  path: '/lists/returned',
  permission: 'lists.prepare',
  tag,
  summary: { vi: 'Danh sách, dòng bị trả lại cho tôi', en: 'What of my lists came back to me' },
  answer: z.object({
    items: z.array(
      z.object({
        listId: uuid,
        number: z.string(),
        rows: z.array(z.int()).nullable(),
        total: dong,
        reasonCode: z.string().nullable(),
        reason: z.string().nullable(),
        by: uuid.nullable(),
      }),
    ),
  }),
  examples: {},
  handle: async ({ tx, by }) => ({ items: await payouts.lists.returnedTo(tx, by.actor) }),
})

const getReviewTimes = route({
  operation: 'getReviewTimes',
  method: 'GET',
  path: '/lists/{listId}/review-times',
  permission: 'audit.read',
  tag,
  summary: { vi: 'Ai đã xem dòng nào bao lâu', en: 'Who looked at which row for how long' },
  params,
  answer: z.object({
    items: z.array(
      z.object({ row: z.int(), person: uuid, openedAt: time, milliseconds: z.int().nullable() }),
    ),
  }),
  examples: {},
  handle: async ({ tx, params: { listId } }) => {
    await payouts.lists.read(tx, listId)
    return { items: await payouts.lists.reviewTimes(tx, listId) }
  },
})

/** What a list would carry, what of one's lists came back, and how long somebody looked. */
export const listLookRoutes = [getDue, getReturned, getReviewTimes]
