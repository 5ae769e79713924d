import { z } from 'zod'
import type { PersonId } from '../../lib/act.ts'
import { endSession, listSessions } from '../auth/sessions.ts'
import { route } from '../route.ts'
import { time, uuid } from '../wire.ts'

const tag = 'Phiên · Sessions'

const session = z.object({
  id: uuid,
  assurance: z.int(),
  provenAt: time,
  createdAt: time,
  seenAt: time,
  endsAt: time,
  agent: z.string(),
  address: z.string(),
})
const sessions = z.object({ items: z.array(session) })

/** One's own sessions, and those of others for an administrator. */
export const sessionRoutes = [
  route({
    operation: 'getMySessions',
    method: 'GET',
    path: '/me/sessions',
    permission: 'own.read',
    tag,
    summary: { vi: 'Các phiên đăng nhập của tôi', en: 'My sessions' },
    answer: sessions,
    examples: {},
    handle: async ({ tx, nowMs, identity: { user } }) => ({
      items: await listSessions(tx, { user, at: new Date(nowMs()) }),
    }),
  }),
  route({
    operation: 'endMySession',
    method: 'POST',
    path: '/me/sessions/{sessionId}/end',
    permission: 'own.read',
    tag,
    summary: { vi: 'Kết thúc một phiên của tôi', en: 'End one of my sessions' },
    params: z.strictObject({ sessionId: uuid }),
    answer: z.object({}),
    examples: {},
    handle: ({ tx, by, nowMs, identity: { user }, params: { sessionId: id } }) =>
      endSession(tx, by, { id, user, at: new Date(nowMs()) }),
  }),
  route({
    operation: 'getUserSessions',
    method: 'GET',
    path: '/users/{userId}/sessions',
    permission: 'users.write',
    tag,
    summary: { vi: 'Phiên đăng nhập của một người', en: 'A user’s sessions' },
    params: z.strictObject({ userId: uuid }),
    answer: sessions,
    examples: {},
    handle: async ({ tx, nowMs, params: { userId } }) => ({
      items: await listSessions(tx, { user: userId as PersonId, at: new Date(nowMs()) }),
    }),
  }),
  route({
    operation: 'endUserSession',
    method: 'POST',
    path: '/users/{userId}/sessions/{sessionId}/end',
    permission: 'users.write',
    tag,
    summary: { vi: 'Kết thúc phiên của một người', en: 'End a session of a user' },
    params: z.strictObject({ userId: uuid, sessionId: uuid }),
    answer: z.object({}),
    examples: {},
    handle: ({ tx, by, nowMs, params: { userId, sessionId: id } }) =>
      endSession(tx, by, { id, user: userId as PersonId, at: new Date(nowMs()) }),
  }),
]
