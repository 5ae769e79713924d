import { z } from 'zod'
import { access } from '../../access/access.ts'
import type { PersonId } from '../../lib/act.ts'
import { route, secondOf, twoPeopleRoute } from '../route.ts'
import { day, dayIn, uuid, words } from '../wire.ts'
import { done } from './papers.ts'

const tag = 'Người dùng · Users'
const role = z.string().regex(/^[a-z]+(-[a-z]+)*$/)

const getRoles = route({
  operation: 'getRoles',
  method: 'GET',
  path: '/roles',
  permission: 'users.read',
  tag,
  summary: { vi: 'Vai trò và quyền của từng vai trò', en: 'Roles and what each may do' },
  answer: z.object({
    items: z.array(
      z.object({
        code: z.string(),
        nameVi: z.string(),
        nameEn: z.string(),
        scope: z.enum(['communes', 'province']),
        actions: z.array(z.string()),
      }),
    ),
  }),
  examples: {},
  handle: async ({ tx }) => ({ items: await access.roles(tx) }),
})

const getDelegations = route({
  operation: 'getDelegations',
  method: 'GET',
  path: '/users/{userId}/delegations',
  permission: 'users.read',
  tag,
  summary: {
    vi: 'Ủy quyền của một người, cả đã hết',
    en: 'Who stands in for a user, and for whom',
  },
  params: z.strictObject({ userId: uuid }),
  answer: z.object({
    items: z.array(
      z.object({
        id: uuid,
        fromUser: uuid,
        toUser: uuid,
        role: z.string(),
        since: day,
        until: day,
        reason: z.string(),
        requestedBy: uuid,
        confirmedBy: uuid.nullable(),
        endedBy: uuid.nullable(),
      }),
    ),
  }),
  examples: {},
  handle: async ({ tx, params: { userId } }) => ({
    items: await access.delegationsOf(tx, userId),
  }),
})

const endDelegation = route({
  operation: 'endDelegation',
  method: 'POST',
  path: '/delegations/{delegationId}/end',
  permission: 'delegations.write',
  tag,
  summary: { vi: 'Thôi ủy quyền, ngay lập tức', en: 'End leave cover at once' },
  params: z.strictObject({ delegationId: uuid }),
  answer: done,
  examples: {},
  handle: ({ tx, by, params: { delegationId } }) => access.endDelegation(tx, by, delegationId),
})

const delegate = twoPeopleRoute({
  operation: 'delegate',
  path: '/delegations',
  permission: 'delegations.write',
  confirm: 'delegations.confirm',
  tag,
  summary: { vi: 'Ủy quyền khi vắng mặt', en: 'Cover a leave' },
  body: z.strictObject({
    fromUser: uuid,
    toUser: uuid,
    role,
    since: dayIn,
    until: dayIn,
    reason: words(200),
  }),
  answer: z.object({ id: uuid }),
  examples: {
    body: {
      fromUser: '00000009-0000-7000-8000-000000000002',
      toUser: '00000009-0000-7000-8000-000000000005',
      role: 'commune-leader',
      since: '2023-08-01',
      until: '2023-08-05',
      reason: 'Nghỉ phép',
    },
  },
  view: ({ body }) => Promise.resolve({ communeId: null, summary: body }),
  handle: async (call) => {
    const { fromUser, toUser, ...rest } = call.body
    const users = { fromUser: fromUser as PersonId, toUser: toUser as PersonId }
    const asked = { ...rest, ...users, confirmedBy: secondOf(call) }
    return { id: await access.delegate(call.tx, call.by, asked) }
  },
})

/** What roles may do, and who stands in for whom. */
export const delegationRoutes = [getRoles, getDelegations, delegate, endDelegation]
