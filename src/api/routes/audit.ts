import { z } from 'zod'
import { auditOf, auditAfter } from '../audit-store.ts'
import { cut, pageOf, pageQuery } from '../paging.ts'
import { route } from '../route.ts'
import { time, uuid } from '../wire.ts'

const tag = 'Nhật ký · Audit'
const subject = z.string().regex(/^[a-z-]+:[\x21-\x7e]{1,120}$/)

const event = z.object({
  id: z.string(),
  recordedAt: time,
  actor: uuid,
  via: z.string(),
  act: z.string(),
  subject: z.string(),
  communeId: z.int().nullable(),
  detail: z.unknown(),
  role: z.string().nullable(),
  deputyFor: uuid.nullable(),
  requestId: z.string().nullable(),
  source: z.string().nullable(),
  forPerson: uuid.nullable(),
  authority: z.string().nullable(),
  counter: z.string().nullable(),
})

const after = z
  .string()
  .regex(/^\d{1,18}$/)
  .optional()

/** The audit trail: of one thing, and as a whole in the order in which it was written. */
export const auditRoutes = [
  route({
    operation: 'getAuditTrail',
    method: 'GET',
    path: '/audit',
    permission: 'audit.read',
    tag,
    summary: { vi: 'Nhật ký hoạt động, theo thứ tự ghi', en: 'The audit trail in its order' },
    query: z.strictObject({ ...pageQuery, after }),
    answer: pageOf(event),
    examples: {},
    handle: async ({ tx, query: { after: from = '0', limit } }) => {
      const rows = await auditAfter(tx, { after: BigInt(from), limit: limit + 1 })
      return cut(rows, limit, ({ id }) => String(id))
    },
  }),
  route({
    operation: 'getAuditOf',
    method: 'GET',
    path: '/audit/{subject}',
    permission: 'audit.read',
    tag,
    summary: { vi: 'Ai đã làm gì với một hồ sơ', en: 'Who did what to one thing' },
    params: z.strictObject({ subject }),
    answer: z.object({ items: z.array(event) }),
    examples: {},
    handle: async ({ tx, params }) => ({ items: await auditOf(tx, params.subject) }),
  }),
]
