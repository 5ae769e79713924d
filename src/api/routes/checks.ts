import { z } from 'zod'
import { operations } from '../../operations/operations.ts'
import { route } from '../route.ts'
import { time } from '../wire.ts'

/** What the continuous checker found last. */
export const getChecks = route({
  operation: 'getChecks',
  method: 'GET',
  path: '/checks',
  permission: 'audit.read',
  tag: 'Nhật ký · Audit',
  summary: {
    vi: 'Lần kiểm tra bất biến gần nhất, nhanh và toàn bộ; có vi phạm thì mọi kênh đã dừng',
    en: 'The checker’s last run of each depth; a violation has stopped every channel',
  },
  answer: z.object({
    items: z.array(
      z.object({
        depth: z.enum(['fast', 'full']),
        recordedAt: time,
        durationMs: z.int(),
        violations: z.array(z.object({ invariant: z.string(), subject: z.string() })),
      }),
    ),
  }),
  examples: {},
  handle: async ({ tx }) => ({ items: await operations.lastRuns(tx) }),
})
