import { z } from 'zod'
import { freshRoleActs } from '../fresh-roles-store.ts'
import { cut, pageOf, pageQuery } from '../paging.ts'
import { route } from '../route.ts'
import { dayIn, time, uuid } from '../wire.ts'

const after = z
  .string()
  .regex(/^\d{1,18}$/)
  .optional()

/** What auditors look at first: a role that was given and used at once. */
export const getFreshRoles = route({
  operation: 'getFreshRoleActs',
  method: 'GET',
  path: '/audit/fresh-roles',
  permission: 'audit.read',
  tag: 'Nhật ký · Audit',
  summary: {
    vi: 'Việc làm bằng vai trò vừa được giao chưa đến một giờ',
    en: 'Acts with a role, or a leave cover, that was given less than an hour before',
  },
  query: z.strictObject({ ...pageQuery, after, from: dayIn, to: dayIn }),
  answer: pageOf(
    z.object({
      id: z.string(),
      recordedAt: time,
      actor: uuid,
      act: z.string(),
      subject: z.string(),
      communeId: z.int().nullable(),
      role: z.string(),
      deputyFor: uuid.nullable(),
      roleSince: time,
    }),
  ),
  examples: {},
  handle: async ({ tx, query: { from, to, after: last = '0', limit } }) => {
    const page = { from, to, after: BigInt(last), limit: limit + 1 }
    return cut(await freshRoleActs(tx, page), limit, ({ id }) => String(id))
  },
})
