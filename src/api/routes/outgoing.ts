import { z } from 'zod'
import { operations } from '../../operations/operations.ts'
import { cut, pageOf, pageQuery } from '../paging.ts'
import { route } from '../route.ts'
import { time } from '../wire.ts'

const tag = 'Báo ra ngoài · Outgoing events'
const eventId = z.string().regex(/^[1-9]\d{0,17}$/)
const target = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/)
const params = z.strictObject({ eventId, target })

const delivery = z.object({
  eventId: z.string(),
  target: z.string(),
  state: z.enum(['PENDING', 'DELIVERED', 'GIVEN_UP']),
  attempts: z.int(),
  kind: z.string(),
  subject: z.string(),
  communeId: z.int().nullable(),
  content: z.record(z.string(), z.unknown()),
  recordedAt: time,
  nextAt: time,
  deliveredAt: time.nullable(),
})

/** The place of a delivery, as a page goes on from it: "event.target". */
const cursor = z
  .string()
  .regex(/^[1-9]\d{0,17}\.[a-z][a-z0-9-]{0,39}$/)
  .transform((text) => {
    const [id = '', name = ''] = text.split('.')
    return { eventId: BigInt(id), target: name }
  })

const getDeliveries = route({
  operation: 'getDeliveries',
  method: 'GET',
  path: '/outgoing',
  permission: 'outgoing.read',
  tag,
  summary: {
    vi: 'Sự kiện đã và đang báo ra ngoài, mới nhất trước',
    en: 'Events told to others, the newest first',
  },
  query: z.strictObject({
    ...pageQuery,
    after: cursor.optional(),
    state: z.enum(['PENDING', 'DELIVERED', 'GIVEN_UP']).default('PENDING'),
  }),
  answer: pageOf(delivery),
  examples: {},
  handle: async ({ tx, query: { after, limit, state } }) => {
    const page = { state, before: after ?? null, limit: limit + 1 }
    const rows = await operations.outgoing.deliveries(tx, page)
    return cut(rows, limit, (row) => `${String(row.eventId)}.${row.target}`)
  },
})

const getDeliveryLog = route({
  operation: 'getDeliveryLog',
  method: 'GET',
  path: '/outgoing/{eventId}/{target}/log',
  permission: 'outgoing.read',
  tag,
  summary: { vi: 'Từng lần gửi và kết quả', en: 'Each try of a delivery, and what came of it' },
  params,
  answer: z.object({
    items: z.array(
      z.object({ status: z.int().nullable(), error: z.string().nullable(), recordedAt: time }),
    ),
  }),
  examples: {},
  handle: async ({ tx, params: of }) => ({
    items: await operations.outgoing.attempts(tx, { ...of, eventId: BigInt(of.eventId) }),
  }),
})

const replayDelivery = route({
  operation: 'replayDelivery',
  method: 'POST',
  path: '/outgoing/{eventId}/{target}/replays',
  permission: 'outgoing.replay',
  tag,
  summary: { vi: 'Gửi lại một sự kiện', en: 'Send an event again' },
  params,
  answer: z.object({}),
  examples: {},
  handle: ({ tx, by, params: of }) =>
    operations.outgoing.replay(tx, by, { ...of, eventId: BigInt(of.eventId) }),
})

/** What others are told, and telling it again. */
export const outgoingRoutes = [getDeliveries, getDeliveryLog, replayDelivery]
