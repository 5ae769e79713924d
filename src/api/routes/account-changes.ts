import { z } from 'zod'
import type { PersonId } from '../../lib/act.ts'
import { registry } from '../../registry/registry.ts'
import { cut, pageOf, pageQuery } from '../paging.ts'
import { route } from '../route.ts'
import { day, dayIn, monthIn, uuid, words } from '../wire.ts'
import { accountIn } from './papers.ts'

const tag = 'Tài khoản nhận · Receivers'
const id = (text: string) => text as PersonId

const requestAccountChange = route({
  operation: 'requestAccountChange',
  method: 'POST',
  path: '/people/{personId}/account-changes',
  permission: 'receivers.write',
  forCitizen: true,
  tag,
  summary: {
    vi: 'Đề nghị đổi tài khoản nhận tiền',
    en: 'Request another account for whoever receives',
  },
  params: z.strictObject({ personId: uuid }),
  body: z.strictObject({
    programme: z.string().regex(/^[A-Z0-9_-]{2,20}$/),
    ownerId: uuid,
    ...accountIn,
    nextList: monthIn,
    document: z.strictObject({
      kind: words(60),
      number: words(60),
      date: dayIn,
      issuer: words(120),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  }),
  answer: z.object({
    ...{ id: uuid, effectiveMonth: day },
    /** The holder's name beside the owner's: what warns, whoever approves looks at. */
    holderMatch: z
      .object({
        verdict: z.enum(['match', 'warn', 'block']),
        score: z.int(),
        reasons: z.array(z.string()),
      })
      .nullable(),
  }),
  status: 201,
  examples: {
    body: {
      ...{ programme: 'BTXH', ownerId: '00000002-0000-7000-8000-000000010001' },
      ...{ bankCode: '970405', number: '999000000001', holderName: 'NGUYEN THI ANH MAU' },
      nextList: '2023-09-01',
      document: {
        ...{ kind: 'giấy đề nghị', number: '12', date: '2023-08-01', issuer: 'UBND phường' },
        sha256: '0'.repeat(64),
      },
      forCitizen: null,
    },
  },
  handle: ({ tx, vault, by, today, params: { personId }, body }) =>
    registry.accounts.requestChange(tx, vault, by, {
      ...body,
      ...{ personId: id(personId), ownerId: id(body.ownerId), on: today() },
    }),
})

const approveAccountChange = route({
  operation: 'approveAccountChange',
  method: 'POST',
  path: '/account-changes/{changeId}/approval',
  permission: 'receivers.confirm',
  changes: 'getAccountChange',
  tag,
  summary: { vi: 'Duyệt đổi tài khoản', en: 'Approve a change of account' },
  params: z.strictObject({ changeId: uuid }),
  answer: z.object({ done: z.boolean() }),
  examples: {},
  handle: async ({ tx, by, today, params: { changeId } }) => ({
    done: await registry.accounts.approveChange(tx, by, changeId, today()),
  }),
})

const changeParams = z.strictObject({ changeId: uuid })
const state = z.enum(['requested', 'approved', 'refused'])
const change = z.object({
  id: uuid,
  personId: uuid,
  programme: z.string(),
  communeId: z.int(),
  kind: z.enum(['change', 'correction']),
  state,
  ownerId: uuid,
  bankCode: z.string().nullable(),
  holderName: z.string(),
  requestedOn: day,
  effectiveMonth: day,
  requestedBy: uuid,
  approvedBy: uuid.nullable(),
  secondApprovedBy: uuid.nullable(),
})

const getAll = route({
  operation: 'getAccountChanges',
  method: 'GET',
  path: '/account-changes',
  permission: 'receivers.read',
  tag,
  summary: { vi: 'Các đề nghị đổi tài khoản', en: 'Changes of accounts, by state' },
  query: z.strictObject({ ...pageQuery, after: uuid.optional(), state: state.optional() }),
  answer: pageOf(change),
  examples: {},
  handle: async ({ tx, query: { after = null, limit, state: of = null } }) => {
    const page = { state: of, after, limit: limit + 1 }
    return cut(await registry.waiting.accountChanges.page(tx, page), limit, (row) => row.id)
  },
})

const getOne = route({
  operation: 'getAccountChange',
  method: 'GET',
  path: '/account-changes/{changeId}',
  permission: 'receivers.read',
  tag,
  summary: { vi: 'Một đề nghị đổi tài khoản', en: 'A change of account' },
  params: changeParams,
  answer: change,
  examples: {},
  handle: ({ tx, params: { changeId } }) => registry.waiting.accountChanges.get(tx, changeId),
})

const refuseAccountChange = route({
  operation: 'refuseAccountChange',
  method: 'POST',
  path: '/account-changes/{changeId}/refusal',
  permission: 'receivers.confirm',
  changes: 'getAccountChange',
  tag,
  summary: { vi: 'Không đổi tài khoản, có lý do', en: 'Refuse a change of account' },
  params: changeParams,
  body: z.strictObject({ reason: words(200) }),
  answer: z.object({}),
  examples: { body: { reason: 'Giấy tờ không khớp' } },
  handle: async ({ tx, by, params: { changeId }, body: { reason } }) => {
    await registry.accounts.refuseChange(tx, by, changeId, reason)
  },
})

/** How the account of whoever receives is changed: asked for, and approved by another. */
export const accountChangeRoutes = [
  requestAccountChange,
  getAll,
  getOne,
  approveAccountChange,
  refuseAccountChange,
]
