import { z } from 'zod'
import { registry } from '../../registry/registry.ts'
import { route } from '../route.ts'
import { day, dayIn, monthIn } from '../wire.ts'

const tag = 'Đơn vị · Places'
const commune = z.object({
  id: z.int(),
  code: z.string(),
  fullName: z.string(),
  payingUnit: z.string(),
})
const period = z.object({
  id: z.int(),
  code: z.string(),
  fullName: z.string(),
  validFrom: day,
  validTo: day.nullable(),
})

/** Communes: of a month, by a name of now or before. */
export const placeRoutes = [
  route({
    operation: 'getCommunes',
    method: 'GET',
    path: '/communes',
    permission: 'places.read',
    tag,
    summary: { vi: 'Các xã của một tháng', en: 'The communes of a month' },
    query: z.strictObject({ month: monthIn }),
    answer: z.object({ items: z.array(commune) }),
    examples: {},
    handle: async ({ tx, query }) => ({
      items: await registry.communes.in(tx, query.month),
    }),
  }),
  route({
    operation: 'searchCommunes',
    method: 'GET',
    path: '/communes/search',
    permission: 'places.read',
    tag,
    summary: { vi: 'Tìm xã theo tên cũ hoặc mới', en: 'Find a commune by an old or new name' },
    query: z.strictObject({ name: z.string().min(2).max(60), on: dayIn }),
    answer: z.object({
      items: z.array(
        z.object({
          commune: period,
          named: period,
          reason: z.object({ vi: z.string(), en: z.string() }).nullable(),
        }),
      ),
    }),
    examples: {},
    handle: async ({ tx, query: { name, on } }) => ({
      items: await registry.communes.search(tx, { name, on }),
    }),
  }),
]
