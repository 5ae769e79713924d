import { z } from 'zod'
import { counterShares } from '../counter-store.ts'
import { route } from '../route.ts'
import type { Route } from '../route.ts'
import { dayIn, uuid } from '../wire.ts'
import { waitingForMe } from '../waiting.ts'

const kind = z.enum([
  ...(['list-approval', 'list-second-approval', 'list-release'] as const),
  ...(['reissue-approval', 'reissue-release', 'account-change', 'death'] as const),
  ...(['suspension', 'funeral', 'merge', 'proposal'] as const),
])

/** What waits for the reader, of all that the routes can confirm. */
export const waitingRoutes = (routes: readonly Route[]): readonly Route[] => [
  route({
    operation: 'getWaiting',
    method: 'GET',
    path: '/waiting',
    permission: 'own.read',
    tag: 'Hai người · Two people',
    summary: {
      vi: 'Việc chờ tôi quyết định: đúng những gì tôi được quyết định lúc này',
      en: 'Waiting for me: exactly what I may decide now',
    },
    query: z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
    answer: z.object({
      items: z.array(
        z.object({
          kind,
          id: z.string(),
          subject: z.string(),
          communeId: z.int().nullable(),
          madeBy: uuid,
          needs: z.enum(['assurance-needed', 'fresh-sign-in-needed']).nullable(),
        }),
      ),
    }),
    examples: {},
    handle: async (call) => ({ items: await waitingForMe(call, routes, call.query.limit) }),
  }),
  route({
    operation: 'getCounterShares',
    method: 'GET',
    path: '/counter-shares',
    permission: 'counter.read',
    tag: 'Nhật ký · Audit',
    summary: {
      vi: 'Tỷ lệ việc làm thay công dân, theo xã và cán bộ (phần vạn)',
      en: 'The share of acts done for citizens, by commune and officer',
    },
    query: z.strictObject({ from: dayIn, to: dayIn }),
    answer: z.object({
      items: z.array(
        z.object({
          communeId: z.int(),
          officer: uuid,
          acts: z.int(),
          forCitizens: z.int(),
          present: z.int(),
          share: z.int(),
        }),
      ),
    }),
    examples: {},
    handle: async ({ tx, query }) => ({ items: await counterShares(tx, query) }),
  }),
]
