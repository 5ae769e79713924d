import { z } from 'zod'
import type { PersonId } from '../../lib/act.ts'
import { operations } from '../../operations/operations.ts'
import { registry } from '../../registry/registry.ts'
import { route } from '../route.ts'
import { time, uuid } from '../wire.ts'

const tag = 'Nhật ký · Audit'

const answer = z.object({
  items: z.array(
    z.object({
      at: time,
      act: z.string(),
      actor: uuid,
      via: z.string(),
      role: z.string().nullable(),
      deputyFor: uuid.nullable(),
      forPerson: uuid.nullable(),
      authority: z.string().nullable(),
      counter: z.string().nullable(),
      detail: z.unknown(),
    }),
  ),
})

const getPersonTimeline = route({
  operation: 'getPersonTimeline',
  method: 'GET',
  path: '/people/{personId}/timeline',
  permission: 'people.read',
  tag,
  summary: {
    vi: 'Ai đã làm gì với hồ sơ một người, kể cả xem số đầy đủ',
    en: 'Who did what to a person’s data, seeing numbers in clear included',
  },
  params: z.strictObject({ personId: uuid }),
  answer,
  examples: {},
  handle: async ({ tx, vault, params: { personId } }) => {
    const id = personId as PersonId
    await registry.people.get(tx, vault, id)
    return { items: await operations.timelines.person(tx, id) }
  },
})

const getInstructionTimeline = route({
  operation: 'getInstructionTimeline',
  method: 'GET',
  path: '/instructions/{reference}/timeline',
  permission: 'instructions.read',
  tag,
  summary: {
    vi: 'Một lệnh đã qua những bước nào, do ai',
    en: 'What became of a payment, by whom',
  },
  params: z.strictObject({ reference: z.string().regex(/^[0-9A-Z]{16}$/) }),
  answer,
  examples: {},
  handle: async ({ tx, params: { reference } }) => ({
    items: await operations.timelines.instruction(tx, reference),
  }),
})

/** What happened to one object. Of a list: the timeline beside the list. */
export const timelineRoutes = [getPersonTimeline, getInstructionTimeline]
