import { z } from 'zod'
import { vnd } from '../../lib/money.ts'
import { payouts } from '../../payouts/payouts.ts'
import { registry } from '../../registry/registry.ts'
import { route } from '../route.ts'
import { dong, monthIn, sha256, uuid, words } from '../wire.ts'
import { list, listExample } from './lists.ts'

const tag = 'Danh sách · Lists'
const params = z.strictObject({ listId: uuid })

/** What whoever decides has seen: the server compares count, sum and hash and refuses when one differs (law 7). */
export const seen = z.strictObject({
  rowCount: z.int().min(0),
  total: z
    .string()
    .regex(/^(0|[1-9]\d{0,14})$/)
    .transform((digits) => vnd(BigInt(digits))),
  contentHash: sha256,
})
export const seenExample = { rowCount: 436, total: '235440000', contentHash: '0'.repeat(64) }
export const set = z.union([
  z.enum(['all', 'unchanged', 'undecided']),
  z.array(z.int().min(1)).min(1).max(2_000),
])
export const why = { reasonCode: z.string().regex(/^[a-z-]{1,40}$/), reason: words(500) }
export const whyExample = { reasonCode: 'wrong-amount', reason: 'Mức hưởng chưa đúng' }

const submitList = route({
  operation: 'submitList',
  method: 'POST',
  path: '/lists',
  permission: 'lists.prepare',
  tag,
  summary: { vi: 'Lập và trình danh sách của xã', en: 'Draw up and submit a commune’s list' },
  body: z.strictObject({ communeId: z.int().min(1), month: monthIn }),
  answer: list,
  status: 201,
  examples: { body: { communeId: 1, month: '2023-08-01' }, answer: listExample },
  handle: async ({ tx, by, body }) => {
    const { communeId: id, month } = body
    const commune = await registry.communes.visible(tx, { id, month })
    return payouts.lists.submit(tx, by, commune, month)
  },
})

const setAnswer = z.object({
  rows: z.array(z.int()),
  rowCount: z.int(),
  total: dong,
  contentHash: sha256,
})

const freezeListSet = route({
  operation: 'freezeListSet',
  method: 'POST',
  path: '/lists/{listId}/set',
  permission: 'lists.read',
  asksOnly: true,
  tag,
  summary: {
    vi: 'Số dòng, số tiền và mã băm của một nhóm dòng',
    en: 'Count, sum and hash of some rows, to be decided on',
  },
  params,
  body: z.strictObject({ set }),
  answer: setAnswer,
  examples: { body: { set: 'unchanged' }, answer: { rows: [1], ...seenExample } },
  handle: async ({ tx, params: { listId }, body }) => {
    await payouts.lists.read(tx, listId)
    return payouts.lists.setOf(tx, listId, body.set)
  },
})

const openListRows = route({
  operation: 'openListRows',
  method: 'POST',
  path: '/lists/{listId}/openings',
  permission: 'lists.approve',
  tag,
  summary: { vi: 'Ghi nhận đã mở xem dòng', en: 'Note that rows were opened' },
  params,
  body: z.strictObject({ rows: z.array(z.int().min(1)).min(1).max(200) }),
  answer: z.object({}),
  examples: { body: { rows: [1] } },
  handle: ({ tx, by, params: { listId }, body }) => payouts.lists.open(tx, by, { listId, ...body }),
})

const decided = z.object({ state: z.enum(['SUBMITTED', 'APPROVED']) })

const approveListRows = route({
  operation: 'approveListRows',
  method: 'POST',
  path: '/lists/{listId}/approvals',
  permission: 'lists.approve',
  tag,
  summary: { vi: 'Duyệt dòng của danh sách', en: 'Approve rows of a list' },
  params,
  body: z.strictObject({ set, seen }),
  answer: decided,
  examples: { body: { set: 'all', seen: seenExample }, answer: { state: 'APPROVED' } },
  handle: async ({ tx, by, today, params: { listId }, body }) => ({
    state: await payouts.lists.approveRows(tx, by, { listId, ...body, on: today() }),
  }),
})

const refuseListRows = route({
  operation: 'refuseListRows',
  method: 'POST',
  path: '/lists/{listId}/refusals',
  permission: 'lists.approve',
  tag,
  summary: { vi: 'Từ chối dòng của danh sách', en: 'Refuse rows of a list' },
  params,
  body: z.strictObject({ set, seen, ...why }),
  answer: decided,
  examples: { body: { set: [3], seen: seenExample, ...whyExample } },
  handle: async ({ tx, by, today, params: { listId }, body }) => ({
    state: await payouts.lists.refuseRows(tx, by, { listId, ...body, on: today() }),
  }),
})

const closing = (
  act: 'refuse' | 'withdraw',
  spec: { readonly vi: string; readonly en: string; readonly path: string },
) =>
  route({
    operation: `${act}List`,
    method: 'POST',
    path: `/lists/{listId}/${spec.path}`,
    permission: act === 'refuse' ? 'lists.approve' : 'lists.withdraw',
    tag,
    summary: { vi: spec.vi, en: spec.en },
    params,
    body: z.strictObject({ seen, ...why }),
    answer: z.object({}),
    examples: { body: { seen: seenExample, ...whyExample } },
    handle: ({ tx, by, today, params: { listId }, body }) =>
      payouts.lists[act](tx, by, { listId, ...body, on: today() }),
  })

const refuseList = closing('refuse', {
  vi: 'Trả danh sách về người lập',
  en: 'Return a list to its maker',
  path: 'refusal',
})
const withdrawList = closing('withdraw', {
  vi: 'Rút danh sách trước khi cho chi',
  en: 'Withdraw a list before its release',
  path: 'withdrawal',
})

const releaseList = route({
  operation: 'releaseList',
  method: 'POST',
  path: '/lists/{listId}/release',
  permission: 'lists.release',
  tag,
  summary: { vi: 'Cho chi danh sách đã duyệt', en: 'Release an approved list' },
  params,
  body: z.strictObject({ seen }),
  answer: z.object({}),
  examples: { body: { seen: seenExample } },
  handle: async ({ tx, by, today, params: { listId }, body }) => {
    await payouts.lists.release(tx, by, { listId, ...body, on: today() })
  },
})

/** A commune's list from submission to release. */
export const listDecisionRoutes = [
  submitList,
  freezeListSet,
  openListRows,
  approveListRows,
  refuseListRows,
  refuseList,
  withdrawList,
  releaseList,
]
