import { z } from 'zod'
import { access } from '../../access/access.ts'
import { route } from '../route.ts'
import { uuid } from '../wire.ts'

/** Who the reader is and what they may do: what a page shows, and does not show, follows from it. */
export const getMe = route({
  operation: 'getMe',
  method: 'GET',
  path: '/me',
  permission: 'own.read',
  tag: 'Người dùng · Users',
  summary: { vi: 'Tôi là ai, được làm gì', en: 'Who I am and what I may do' },
  answer: z.object({
    user: uuid,
    name: z.string(),
    kind: z.enum(['officer', 'service']),
    assurance: z.int(),
    csrf: z.string().nullable(),
    roles: z.array(
      z.object({
        role: z.string(),
        communes: z.array(z.int()).nullable(),
        deputyFor: uuid.nullable(),
        actions: z.array(z.string()),
      }),
    ),
  }),
  examples: {},
  handle: async ({ tx, identity, csrf, today }) => {
    const held = await access.heldOn(tx, identity.user, today())
    const roles = held.map(({ actions, ...role }) => ({ ...role, actions: [...actions.keys()] }))
    return { ...identity, csrf, roles }
  },
})
