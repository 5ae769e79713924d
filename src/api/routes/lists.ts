import { z } from 'zod'
import { payouts } from '../../payouts/payouts.ts'
import { cut, pageOf, pageQuery } from '../paging.ts'
import { route } from '../route.ts'
import { day, dong, monthDay, monthIn, time, uuid } from '../wire.ts'

const tag = 'Danh sách · Lists'
const params = z.strictObject({ listId: uuid })

/** A list as it goes out. */
export const list = z.object({
  id: uuid,
  number: z.string(),
  communeId: z.int(),
  month: monthDay,
  version: z.int(),
  payingUnit: z.string(),
  state: z.enum(['DRAFT', 'SUBMITTED', 'APPROVED', 'RELEASED', 'REFUSED', 'WITHDRAWN']),
  preparedBy: uuid,
  rowCount: z.int(),
  total: dong,
  contentHash: z.string(),
})
export const listExample = {
  id: '5b0f3d0e-54a5-4bd5-8f65-0d1f7f7c7c10',
  number: '2308-19750',
  communeId: 1,
  month: '2023-08-01',
  version: 1,
  payingUnit: '474.20210701',
  state: 'SUBMITTED',
  preparedBy: '00000009-0000-7000-8000-000000000001',
  rowCount: 436,
  total: '235440000',
  contentHash: '0'.repeat(64),
}

/** The lists of a month that the reader may see. */
const getLists = route({
  operation: 'getLists',
  method: 'GET',
  path: '/lists',
  permission: 'lists.read',
  tag,
  summary: { vi: 'Danh sách chi trả của một tháng', en: 'The lists of a month' },
  query: z.strictObject({ month: monthIn }),
  answer: z.object({ items: z.array(list) }),
  examples: { answer: { items: [listExample] } },
  handle: async ({ tx, query }) => ({ items: await payouts.lists.of(tx, query.month) }),
})

const getList = route({
  operation: 'getList',
  method: 'GET',
  path: '/lists/{listId}',
  permission: 'lists.read',
  tag,
  summary: {
    vi: 'Một danh sách: tổng hợp, thay đổi, số dư còn lại và hạn',
    en: 'A list: tallies, changes, what is free, and the deadline',
  },
  params,
  answer: z.object({
    list,
    tallies: z.array(z.object({ by: z.string(), key: z.string(), count: z.int(), total: dong })),
    changes: z.array(z.object({ change: z.string(), count: z.int(), last: dong, now: dong })),
    difference: dong,
    free: dong,
    deadline: day,
  }),
  examples: {},
  handle: ({ tx, params: { listId } }) => payouts.lists.summary(tx, listId),
})

const row = z.object({
  row: z.int(),
  number: z.string(),
  personId: uuid,
  fullName: z.string(),
  programme: z.string(),
  component: z.string(),
  period: monthDay,
  categoryCode: z.string(),
  amount: dong,
  explanation: z.string(),
  dossierNumber: z.string().nullable(),
  village: z.string().nullable(),
  method: z.enum(['account', 'cash']),
  payeeId: uuid,
  payeeName: z.string().nullable(),
  relation: z.string(),
  hold: z.string().nullable(),
  warnings: z.array(z.string()),
  decision: z.enum(['approve', 'refuse-row']).nullable(),
  state: z.string().nullable(),
})

const getListRows = route({
  operation: 'getListRows',
  method: 'GET',
  path: '/lists/{listId}/rows',
  permission: 'lists.read',
  tag,
  summary: {
    vi: 'Các dòng theo tên, theo số tiền (lớn trước) hoặc theo số thứ tự',
    en: 'Rows by given name in Vietnamese order, by amount (largest first) or as numbered',
  },
  params,
  query: z.strictObject({
    ...{ ...pageQuery, after: z.coerce.number().int().min(1).optional() },
    sort: z.enum(['name', 'amount', 'row']).default('name'),
  }),
  answer: pageOf(row),
  examples: {},
  handle: async ({ tx, params: { listId }, query: { after = null, limit, sort } }) => {
    await payouts.lists.read(tx, listId)
    const rows = await payouts.lists.rows(tx, { listId, after, limit: limit + 1, sort })
    return cut(rows, limit, ({ row: at }) => String(at))
  },
})

const change = z.enum(['changed', 'unchanged', 'new', 'gone', 'amount', 'account', 'payee', 'hold'])

const getListChanges = route({
  operation: 'getListChanges',
  method: 'GET',
  path: '/lists/{listId}/changes',
  permission: 'lists.read',
  tag,
  summary: { vi: 'Các dòng khác với tháng trước', en: 'Rows that differ from last month' },
  params,
  query: z.strictObject({ ...pageQuery, change: change.default('changed') }),
  answer: pageOf(
    z.object({
      row: z.int().nullable(),
      number: z.string().nullable(),
      lastNumber: z.string().nullable(),
      personId: uuid,
      programme: z.string(),
      component: z.string(),
      change: z.string(),
      flags: z.array(z.string()),
      lastAmount: dong.nullable(),
      amount: dong.nullable(),
    }),
  ),
  examples: {},
  handle: async ({ tx, params: { listId }, query: { after = '', limit, change: of } }) => {
    await payouts.lists.read(tx, listId)
    const page = { listId, change: of, after, limit: limit + 1 }
    const rows = await payouts.lists.changes.rows(tx, page)
    return cut(rows, limit, ({ number, lastNumber }) => number ?? lastNumber ?? '')
  },
})

const getListTimeline = route({
  operation: 'getListTimeline',
  method: 'GET',
  path: '/lists/{listId}/timeline',
  permission: 'lists.read',
  tag,
  summary: { vi: 'Ai đã làm gì với danh sách', en: 'Who did what to the list' },
  params,
  answer: z.object({
    items: z.array(z.object({ act: z.string(), actor: uuid, at: time, detail: z.unknown() })),
  }),
  examples: {},
  handle: async ({ tx, params: { listId } }) => {
    await payouts.lists.read(tx, listId)
    return { items: await payouts.lists.timeline(tx, listId) }
  },
})

/** What may be read of lists. */
export const listRoutes = [getLists, getList, getListRows, getListChanges, getListTimeline]
