import { z } from 'zod'
import { DomainError } from '../../lib/errors.ts'
import { monthOf } from '../../lib/time.ts'
import { payouts } from '../../payouts/payouts.ts'
import { registry } from '../../registry/registry.ts'
import { cut, pageOf, pageQuery } from '../paging.ts'
import { route } from '../route.ts'
import { day, dayIn, time, uuid, words } from '../wire.ts'
import { asPerson, forNobody, SOMEBODY } from './papers.ts'

const tag = 'Giữ lại · Holds'
const params = z.strictObject({ holdId: uuid })
const entitlement = z.string().regex(/^[0-9A-Z-]{5,40}$/)

const hold = z.object({
  id: uuid,
  communeId: z.int(),
  personId: uuid.nullable(),
  entitlement: z.string().nullable(),
  reasonCode: z.string(),
  reason: z.string(),
  from: day,
  placedBy: uuid,
  placedAt: time,
  liftedBy: uuid.nullable(),
  liftReason: z.string().nullable(),
})

const getAll = route({
  operation: 'getHolds',
  method: 'GET',
  path: '/holds',
  permission: 'lists.read',
  tag,
  summary: { vi: 'Những gì đang bị giữ lại', en: 'Holds that are in force' },
  query: z.strictObject({ ...pageQuery, after: uuid.optional() }),
  answer: pageOf(hold),
  examples: {},
  handle: async ({ tx, query: { after = null, limit } }) =>
    cut(await payouts.holds.read(tx, { after, limit: limit + 1 }), limit, ({ id }) => id),
})

const getOne = route({
  operation: 'getHold',
  method: 'GET',
  path: '/holds/{holdId}',
  permission: 'lists.read',
  tag,
  summary: { vi: 'Một lệnh giữ lại', en: 'A hold' },
  params,
  answer: hold,
  examples: {},
  handle: async ({ tx, params: { holdId: id } }) => {
    const [found] = await payouts.holds.read(tx, { id })
    if (found !== undefined) return found
    throw new DomainError('not-found', 'hold-missing', 'Không có lệnh giữ lại này')
  },
})

const place = route({
  operation: 'placeHold',
  method: 'POST',
  path: '/holds',
  permission: 'holds.write',
  forCitizen: true,
  tag,
  summary: {
    vi: 'Giữ lại tiền của một người hoặc một khoản, từ một ngày',
    en: 'Hold what is to be sent for a person, or one entitlement, from a day on',
  },
  body: z.strictObject({
    communeId: z.int().min(1),
    subject: z.union([z.strictObject({ personId: uuid }), z.strictObject({ entitlement })]),
    from: dayIn,
    reasonCode: z.string().regex(/^[a-z-]{1,40}$/),
    reason: words(500),
  }),
  answer: z.object({ id: uuid, held: z.array(z.string()) }),
  status: 201,
  examples: {
    body: {
      ...{ communeId: 1, subject: { personId: SOMEBODY }, from: '2023-08-03' },
      ...{ reasonCode: 'doubt', reason: 'Người hưởng báo sai tài khoản', ...forNobody },
    },
  },
  handle: async ({ tx, vault, by, today, body }) => {
    const { communeId: id, subject, from, reasonCode, reason } = body
    await registry.communes.visible(tx, { id, month: monthOf(today()) })
    const on = 'personId' in subject ? { personId: asPerson(subject.personId) } : subject
    if ('personId' in on) await registry.people.get(tx, vault, on.personId)
    const order = { subject: on, communeId: id, from, on: today(), reasonCode, reason }
    return payouts.holds.place(tx, by, order)
  },
})

const lift = route({
  operation: 'liftHold',
  method: 'POST',
  path: '/holds/{holdId}/lift',
  permission: 'holds.write',
  changes: 'getHold',
  tag,
  summary: { vi: 'Bỏ giữ lại, do người khác', en: 'Lift a hold as another person' },
  params,
  body: z.strictObject({ reason: words(500) }),
  answer: z.object({ freed: z.int() }),
  examples: { body: { reason: 'Đã xác minh' }, answer: { freed: 1 } },
  handle: async ({ tx, by, today, params: { holdId }, body: { reason } }) => ({
    freed: await payouts.holds.lift(tx, by, { holdId, reason, on: today() }),
  }),
})

/** Officers' holds: what waits although it could be sent. */
export const holdRoutes = [getAll, getOne, place, lift]
