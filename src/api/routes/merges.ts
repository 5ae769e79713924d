import { z } from 'zod'
import { registry } from '../../registry/registry.ts'
import { cut, pageOf, pageQuery } from '../paging.ts'
import { route } from '../route.ts'
import { uuid, words } from '../wire.ts'
import { asPerson, done, SOMEBODY } from './papers.ts'

const tag = 'Người hưởng · People'
const params = z.strictObject({ mergeId: uuid })
const state = z.enum(['proposed', 'confirmed', 'refused'])
const merge = z.object({
  id: uuid,
  loserId: uuid,
  winnerId: uuid,
  reason: z.string(),
  state,
  proposedBy: uuid,
  decidedBy: uuid.nullable(),
})

/** Two rows that are one person: proposed by one, decided by another. */
export const mergeRoutes = [
  route({
    operation: 'getMerges',
    method: 'GET',
    path: '/merges',
    permission: 'people.read',
    tag,
    summary: { vi: 'Các đề nghị gộp hồ sơ', en: 'Merges, by state' },
    query: z.strictObject({ ...pageQuery, after: uuid.optional(), state: state.optional() }),
    answer: pageOf(merge),
    examples: {},
    handle: async ({ tx, query: { after = null, limit, state: of = null } }) => {
      const page = { state: of, after, limit: limit + 1 }
      return cut(await registry.waiting.merges.page(tx, page), limit, ({ id }) => id)
    },
  }),
  route({
    operation: 'getMerge',
    method: 'GET',
    path: '/merges/{mergeId}',
    permission: 'people.read',
    tag,
    summary: { vi: 'Một đề nghị gộp hồ sơ', en: 'A merge' },
    params,
    answer: merge,
    examples: {},
    handle: ({ tx, params: { mergeId } }) => registry.waiting.merges.get(tx, mergeId),
  }),
  route({
    operation: 'proposeMerge',
    method: 'POST',
    path: '/merges',
    permission: 'people.write',
    tag,
    summary: { vi: 'Đề nghị gộp hai hồ sơ của một người', en: 'Propose to merge two rows' },
    body: z.strictObject({ loserId: uuid, winnerId: uuid, reason: words(200) }),
    answer: z.object({ id: uuid }),
    status: 201,
    examples: { body: { loserId: SOMEBODY, winnerId: SOMEBODY, reason: 'Nhập hai lần' } },
    handle: async ({ tx, by, body: { loserId, winnerId, reason } }) => {
      const rows = { loserId: asPerson(loserId), winnerId: asPerson(winnerId) }
      return { id: await registry.people.proposeMerge(tx, by, { ...rows, reason }) }
    },
  }),
  route({
    operation: 'decideMerge',
    method: 'POST',
    path: '/merges/{mergeId}/decision',
    permission: 'people.confirm',
    changes: 'getMerge',
    tag,
    summary: { vi: 'Gộp hoặc không gộp', en: 'Decide a merge as another person' },
    params,
    body: z.strictObject({ confirm: z.boolean() }),
    answer: done,
    examples: { body: { confirm: true } },
    handle: async ({ tx, vault, by, today, params: { mergeId }, body: { confirm } }) => {
      const decision = { mergeId, confirm, on: today() }
      await registry.people.decideMerge(tx, vault, by, decision)
    },
  }),
]
