import { z } from 'zod'
import { DomainError } from '../../lib/errors.ts'
import { registry } from '../../registry/registry.ts'
import { route, secondOf, twoPeopleRoute } from '../route.ts'
import { day, dayIn, monthIn } from '../wire.ts'
import { asked, job } from './jobs.ts'

const tag = 'Đơn vị · Places'

const getOnMap = route({
  operation: 'getCommunesOnMap',
  method: 'GET',
  path: '/communes/on-map',
  permission: 'places.read',
  tag,
  summary: {
    vi: 'Các xã của một tháng là gì trên bản đồ của một ngày',
    en: 'What the communes of a month are on the map of a day',
  },
  query: z.strictObject({ month: monthIn, mapDay: dayIn }),
  answer: z.object({
    items: z.array(
      z.object({
        communeId: z.int(),
        relation: z.enum(['same', 'became', 'made-of']),
        share: z.string(),
        onMap: z.object({
          id: z.int(),
          code: z.string(),
          fullName: z.string(),
          validFrom: day,
          validTo: day.nullable(),
        }),
      }),
    ),
  }),
  examples: {},
  handle: async ({ tx, query: { month: of, mapDay } }) => ({
    items: await registry.communes.onMap(tx, { of, mapDay }),
  }),
})

const rehome = twoPeopleRoute({
  operation: 'rehomeResidents',
  path: '/communes/rehomings',
  permission: 'places.rehome',
  confirm: 'places.confirm',
  tag,
  summary: {
    vi: 'Chuyển cư dân sang bản đồ của một ngày: việc dài, làm lại được',
    en: 'Bring residents onto the map of a day: long work, which may be repeated',
  },
  body: z.strictObject({ on: dayIn }),
  answer: job,
  examples: { body: { on: '2025-07-01' } },
  view: ({ today, body }) => {
    if (body.on <= today()) return Promise.resolve({ communeId: null, summary: body })
    throw new DomainError('invalid', 'day-to-come', 'Bản đồ của ngày chưa tới')
  },
  // The work belongs to whoever confirms, who may watch it; both are named by it.
  handle: (call) => {
    secondOf(call)
    return asked(call, 'rehoming', { on: call.body.on, enteredBy: call.by.actor })
  },
})

/** Communes on another map, and their residents brought there. */
export const rehomingRoutes = [getOnMap, rehome]
