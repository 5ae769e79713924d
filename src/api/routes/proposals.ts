import { z } from 'zod'
import { proposalsForMe } from '../confirmable.ts'
import { endorse } from '../endorsing.ts'
import { confirmProposal, refuseProposal, withdrawProposal } from '../proposals.ts'
import { cut, pageOf, pageQuery } from '../paging.ts'
import { route } from '../route.ts'
import type { Route } from '../route.ts'
import { sha256, time, uuid, words } from '../wire.ts'

const tag = 'Hai người · Two people'
const params = z.strictObject({ proposalId: uuid })
const contentHash = sha256

const proposal = z.object({
  id: uuid,
  operation: z.string(),
  communeId: z.int().nullable(),
  contentHash,
  summary: z.unknown(),
  proposedBy: uuid,
  proposedAt: time,
  endorsedBy: uuid.nullable(),
})

type RouteOf = (operation: string) => Route | undefined

const getProposals = (routes: readonly Route[]) =>
  route({
    operation: 'getProposals',
    method: 'GET',
    path: '/proposals',
    permission: 'own.read',
    tag,
    summary: { vi: 'Đề nghị chờ tôi xác nhận', en: 'Proposals that I may confirm now' },
    query: z.strictObject({ ...pageQuery, after: uuid.optional() }),
    answer: pageOf(proposal),
    examples: {},
    handle: async (call) => {
      const { after = null, limit } = call.query
      const page = { after, limit: limit + 1, now: true }
      const rows = (await proposalsForMe(call, routes, page)).map(({ row }) => row)
      return cut(rows.slice(0, limit + 1), limit, ({ id }) => id)
    },
  })

const confirm = (routeOf: RouteOf) =>
  route({
    operation: 'confirmProposal',
    method: 'POST',
    path: '/proposals/{proposalId}/confirmation',
    permission: 'own.read',
    tag,
    summary: { vi: 'Xác nhận và thực hiện', en: 'Confirm and carry out' },
    params,
    body: z.strictObject({ contentHash }),
    answer: z.object({ answer: z.unknown() }),
    examples: { body: { contentHash: '0'.repeat(64) } },
    handle: (call) => confirmProposal(call, { id: call.params.proposalId, ...call.body }, routeOf),
  })

const endorseOne = (routeOf: RouteOf) =>
  route({
    operation: 'endorseProposal',
    method: 'POST',
    path: '/proposals/{proposalId}/endorsement',
    permission: 'own.read',
    tag,
    summary: {
      vi: 'Duyệt trước khi người thứ ba xác nhận (tài khoản của người thân cán bộ)',
      en: 'Approve before a third person confirms (accounts of an officer’s relatives)',
    },
    params,
    body: z.strictObject({ contentHash }),
    answer: z.object({}),
    examples: { body: { contentHash: '0'.repeat(64) } },
    handle: (call) => endorse(call, { id: call.params.proposalId, ...call.body }, routeOf),
  })

const refuse = (routeOf: RouteOf) =>
  route({
    operation: 'refuseProposal',
    method: 'POST',
    path: '/proposals/{proposalId}/refusal',
    permission: 'own.read',
    tag,
    summary: { vi: 'Từ chối, kèm lý do', en: 'Refuse, with the reason' },
    params,
    body: z.strictObject({ contentHash, reason: words(500) }),
    answer: z.object({}),
    examples: { body: { contentHash: '0'.repeat(64), reason: 'Thiếu giấy tờ' } },
    handle: (call) => refuseProposal(call, { id: call.params.proposalId, ...call.body }, routeOf),
  })

const withdraw = route({
  operation: 'withdrawProposal',
  method: 'POST',
  path: '/proposals/{proposalId}/withdrawal',
  permission: 'own.read',
  tag,
  summary: { vi: 'Rút đề nghị của mình', en: 'Take back one’s own proposal' },
  params,
  answer: z.object({}),
  examples: {},
  handle: (call) => withdrawProposal(call, call.params.proposalId),
})

/** What waits for a second person, and what they say. Takes all routes: it carries out what they declare. */
export function proposalRoutes(routes: readonly Route[]): readonly Route[] {
  const byOperation = new Map(routes.map((one) => [one.operation, one]))
  const routeOf = (operation: string) => byOperation.get(operation)
  return [
    ...[getProposals(routes), confirm(routeOf), endorseOne(routeOf), refuse(routeOf), withdraw],
  ]
}
