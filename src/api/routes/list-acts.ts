import { z } from 'zod'
import { payouts } from '../../payouts/payouts.ts'
import { route } from '../route.ts'
import { dong, uuid } from '../wire.ts'
import { seen, seenExample, set, why, whyExample } from './list-decisions.ts'
import { done } from './papers.ts'

const tag = 'Danh sách · Lists'
const params = z.strictObject({ listId: uuid })

const getToOpen = route({
  operation: 'getRowsToOpen',
  method: 'GET',
  path: '/lists/{listId}/rows-to-open',
  permission: 'lists.approve',
  tag,
  summary: { vi: 'Các dòng tôi phải mở xem trước khi duyệt', en: 'Rows that I must open first' },
  params,
  answer: z.object({ rows: z.array(z.int()) }),
  examples: { answer: { rows: [3] } },
  handle: async ({ tx, by, params: { listId } }) => {
    await payouts.lists.read(tx, listId)
    return { rows: await payouts.lists.toOpen(tx, by, listId) }
  },
})

const getStanding = route({
  operation: 'getStandingSet',
  method: 'GET',
  path: '/lists/{listId}/standing',
  permission: 'lists.read',
  tag,
  summary: {
    vi: 'Phần còn hiệu lực của danh sách, và có cần người duyệt thứ hai không',
    en: 'What stands of a list, and which rules ask for a second approver',
  },
  params,
  answer: z.object({
    ...{ rowCount: z.int(), total: dong, contentHash: z.string() },
    rules: z.array(
      z.object({
        listTotal: dong.nullable(),
        rowAmount: dong.nullable(),
        warning: z.string().nullable(),
      }),
    ),
  }),
  examples: {},
  handle: async ({ tx, params: { listId } }) => {
    await payouts.lists.read(tx, listId)
    const standing = await payouts.lists.standing(tx, listId)
    return { ...standing, rules: await payouts.approvalRules.of(tx, listId) }
  },
})

const secondApprove = route({
  operation: 'secondApproveList',
  method: 'POST',
  path: '/lists/{listId}/second-approval',
  permission: 'lists.second-approve',
  tag,
  summary: {
    vi: 'Duyệt danh sách với tư cách người thứ hai',
    en: 'Approve as the second approver',
  },
  params,
  body: z.strictObject({ seen }),
  answer: z.object({ state: z.enum(['SUBMITTED', 'APPROVED']) }),
  examples: { body: { seen: seenExample }, answer: { state: 'APPROVED' } },
  handle: async ({ tx, by, today, params: { listId }, body }) => ({
    state: await payouts.lists.secondApprove(tx, by, { listId, ...body, on: today() }),
  }),
})

const stopRows = route({
  operation: 'stopListRows',
  method: 'POST',
  path: '/lists/{listId}/stops',
  permission: 'lists.approve',
  tag,
  summary: { vi: 'Dừng hẳn dòng chưa chi', en: 'Stop rows that are not on their way, for good' },
  params,
  body: z.strictObject({ set, seen, ...why }),
  answer: done,
  examples: { body: { set: [3], seen: seenExample, ...whyExample } },
  handle: async ({ tx, by, today, params: { listId }, body }) => {
    await payouts.lists.stop(tx, by, { listId, ...body, on: today() })
  },
})

const recheck = route({
  operation: 'recheckList',
  method: 'POST',
  path: '/lists/{listId}/rechecks',
  permission: 'holds.write',
  tag,
  summary: { vi: 'Xét lại các dòng đang chờ', en: 'Ask again about all that waits of a list' },
  params,
  answer: z.object({ freed: z.int() }),
  examples: {},
  handle: async ({ tx, by, today, params: { listId } }) => ({
    freed: await payouts.lists.recheck(tx, by, { listId, on: today() }),
  }),
})

const redirect = route({
  operation: 'redirectHeld',
  method: 'POST',
  path: '/lists/{listId}/redirections',
  permission: 'reissues.prepare',
  tag,
  summary: {
    vi: 'Chuyển lệnh đang giữ sang tài khoản mới của người nhận',
    en: 'Give held payments to the accounts that their receivers have now',
  },
  params,
  answer: z.object({ references: z.array(z.string()) }),
  examples: {},
  handle: async ({ tx, by, today, params: { listId } }) => {
    await payouts.lists.read(tx, listId)
    return { references: await payouts.redirectHeld(tx, by, { listId, on: today() }) }
  },
})

/** What else may be done with a list, before and after its decision. */
export const listActRoutes = [getToOpen, getStanding, secondApprove, stopRows, recheck, redirect]
