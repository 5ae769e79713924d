import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { access } from '../../access/access.ts'
import type { PersonId } from '../../lib/act.ts'
import { DomainError } from '../../lib/errors.ts'
import { cut, pageOf, pageQuery } from '../paging.ts'
import { route, secondOf, twoPeopleRoute } from '../route.ts'
import { day, dayIn, uuid, words } from '../wire.ts'

const tag = 'Người dùng · Users'
const params = z.strictObject({ userId: uuid })

const user = z.object({
  id: uuid,
  kind: z.enum(['officer', 'service']),
  fullName: z.string(),
  disabled: z.boolean(),
})

const getUsers = route({
  operation: 'getUsers',
  method: 'GET',
  path: '/users',
  permission: 'users.read',
  tag,
  summary: { vi: 'Người dùng', en: 'Users' },
  query: z.strictObject({ ...pageQuery, after: uuid.optional() }),
  answer: pageOf(user),
  examples: {},
  handle: async ({ tx, query: { after = null, limit } }) =>
    cut(await access.users(tx, { after, limit: limit + 1 }), limit, ({ id }) => id),
})

const getUserGrants = route({
  operation: 'getUserGrants',
  method: 'GET',
  path: '/users/{userId}/grants',
  permission: 'users.read',
  tag,
  summary: { vi: 'Vai trò của một người, cả đã hết', en: 'A user’s roles, ended ones too' },
  params,
  answer: z.object({
    items: z.array(
      z.object({
        id: uuid,
        role: z.string(),
        communes: z.array(z.int()).nullable(),
        since: day,
        until: day.nullable(),
        document: z.string(),
        requestedBy: uuid,
        confirmedBy: uuid.nullable(),
        endedBy: uuid.nullable(),
      }),
    ),
  }),
  examples: {},
  handle: async ({ tx, params: { userId } }) => ({ items: await access.grantsOf(tx, [userId]) }),
})

const getUser = route({
  operation: 'getUser',
  method: 'GET',
  path: '/users/{userId}',
  permission: 'users.read',
  tag,
  summary: { vi: 'Một người dùng', en: 'A user' },
  params,
  answer: user,
  examples: {},
  handle: async ({ tx, params: { userId } }) => {
    const found = await access.userById(tx, userId)
    if (found !== undefined) return found
    throw new DomainError('not-found', 'user-missing', 'Không có người dùng này')
  },
})

const role = z.string().regex(/^[a-z]+(-[a-z]+)*$/)
const grantBody = z.strictObject({
  role,
  communes: z.array(z.int().min(1)).min(1).max(200).nullable(),
  since: dayIn,
  until: dayIn.nullable(),
  document: words(200),
})
const grantExample = {
  role: 'commune-officer',
  communes: [1],
  since: '2023-08-01',
  until: null,
  document: 'QĐ 12/QĐ-UBND',
}

const grantRole = twoPeopleRoute({
  operation: 'grantRole',
  path: '/users/{userId}/grants',
  permission: 'users.write',
  confirm: 'users.confirm',
  tag,
  summary: { vi: 'Giao vai trò', en: 'Grant a role' },
  params,
  body: grantBody,
  answer: z.object({ id: uuid }),
  examples: { body: grantExample },
  view: ({ params: { userId }, body }) =>
    Promise.resolve({ communeId: null, summary: { userId, ...body } }),
  handle: async (call) => {
    const { userId } = call.params
    const asked = { userId: userId as PersonId, ...call.body, confirmedBy: secondOf(call) }
    return { id: await access.grant(call.tx, call.by, asked) }
  },
})

const endGrant = route({
  operation: 'endGrant',
  method: 'POST',
  path: '/grants/{grantId}/end',
  permission: 'users.write',
  tag,
  summary: { vi: 'Thôi giao vai trò, ngay lập tức', en: 'End a role at once' },
  params: z.strictObject({ grantId: uuid }),
  answer: z.object({}),
  examples: {},
  handle: ({ tx, by, params: { grantId } }) => access.endGrant(tx, by, grantId),
})

const enterUser = route({
  operation: 'enterUser',
  method: 'POST',
  path: '/users',
  permission: 'users.write',
  tag,
  summary: { vi: 'Thêm người dùng, chưa có vai trò', en: 'Enter a user, without a role yet' },
  body: z.strictObject({
    idNumber: z.string().regex(/^\d{12}$/),
    fullName: words(100),
  }),
  answer: z.object({ id: uuid }),
  status: 201,
  examples: { body: { idNumber: '046090000001', fullName: 'Lê Văn Mẫu' } },
  handle: async ({ tx, by, vault, body: { idNumber, fullName } }) => {
    const id = randomUUID() as PersonId
    const idIndex = access.userIdIndex(vault, idNumber)
    await access.enterUser(tx, by, { id, kind: 'officer', fullName, idIndex }, null)
    return { id }
  },
})

const disableUser = route({
  operation: 'disableUser',
  method: 'POST',
  path: '/users/{userId}/disablement',
  permission: 'users.write',
  changes: 'getUser',
  tag,
  summary: { vi: 'Khóa người dùng', en: 'Disable a user' },
  params,
  answer: z.object({}),
  examples: {},
  handle: ({ tx, by, params: { userId } }) => access.disableUser(tx, by, userId as PersonId),
})

/** Users and their roles. */
export const userRoutes = [
  getUsers,
  getUser,
  getUserGrants,
  enterUser,
  disableUser,
  grantRole,
  endGrant,
]
