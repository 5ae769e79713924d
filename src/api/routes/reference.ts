import { z } from 'zod'
import { payouts } from '../../payouts/payouts.ts'
import { registry } from '../../registry/registry.ts'
import { route } from '../route.ts'
import { day, dong, monthDay, monthIn } from '../wire.ts'

const tag = 'Dữ liệu tham chiếu · Reference'
const permission = 'places.read'
const named = { code: z.string(), vi: z.string(), en: z.string() }
/** How sure the fact is: verified, from memory, to confirm. */
const status = z.string()
const legalBasis = z.string()
const listOf = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.object({ items: z.array(z.object(shape)) })
const common = { method: 'GET', permission, tag, examples: {} } as const

const getBanks = route({
  ...common,
  operation: 'getBanks',
  path: '/reference/banks',
  summary: { vi: 'Ngân hàng, ví nhận được tiền', en: 'Banks and wallets that can be paid into' },
  answer: listOf({
    ...{ code: z.string(), bin: z.string().nullable(), shortName: z.string(), name: z.string() },
    ...{ kind: z.string(), transferSupported: z.boolean(), status },
  }),
  handle: async ({ tx }) => ({ items: await registry.reference.banks(tx) }),
})

const getStopReasons = route({
  ...common,
  operation: 'getStopReasons',
  path: '/reference/stop-reasons',
  summary: { vi: 'Lý do thôi hưởng, tạm dừng', en: 'Why a benefit stops or is suspended' },
  answer: listOf({ ...named, kind: z.enum(['stop', 'suspend']), legalBasis, status }),
  handle: async ({ tx }) => ({ items: await registry.reference.stopReasons(tx) }),
})

const getFailureReasons = route({
  ...common,
  operation: 'getFailureReasons',
  path: '/reference/failure-reasons',
  summary: { vi: 'Lý do chi không thành và cách xử lý', en: 'Why a payment fails; what is done' },
  answer: listOf({
    ...named,
    isoReason: z.string().nullable(),
    stage: z.array(z.string()),
    ...{ retry: z.string(), action: z.string(), status },
  }),
  handle: async ({ tx }) => ({ items: await registry.reference.failureReasons(tx) }),
})

const getDecisionReasons = route({
  ...common,
  operation: 'getDecisionReasons',
  path: '/reference/decision-reasons',
  summary: {
    vi: 'Lý do quyết định về danh sách, dòng, tạm giữ',
    en: 'Reasons for a decision about a list, a row or a hold',
  },
  answer: listOf({ ...named, decision: z.string() }),
  handle: async ({ tx }) => ({ items: await payouts.lists.decisionReasons(tx) }),
})

const getCategories = route({
  ...common,
  operation: 'getCategories',
  path: '/reference/categories',
  summary: { vi: 'Đối tượng và hệ số của một tháng', en: 'Categories of a month, coefficients' },
  query: z.strictObject({ month: monthIn }),
  answer: listOf({
    ...named,
    ...{ head: z.string(), validFrom: day, validTo: day.nullable(), legalBasis, status },
    ...{ benefitType: z.string(), fixedAmount: dong.nullable() },
    coefficient: z
      .string()
      .regex(/^\d+(\.\d+)?$/)
      .nullable(),
  }),
  handle: async ({ tx, query: { month } }) => ({
    items: await registry.reference.categoriesIn(tx, month),
  }),
})

const getStandards = route({
  ...common,
  operation: 'getStandards',
  path: '/reference/standards',
  summary: { vi: 'Mức chuẩn trợ giúp xã hội', en: 'The standard that coefficients multiply' },
  answer: listOf({
    ...{ scope: z.string(), validFrom: day, validTo: day.nullable(), amount: dong },
    ...{ legalBasis, status },
  }),
  handle: async ({ tx }) => ({ items: await registry.reference.standards(tx) }),
})

const getProgrammes = route({
  ...common,
  operation: 'getProgrammes',
  path: '/reference/programmes',
  summary: { vi: 'Các khoản chi một lần', en: 'One-off programmes' },
  answer: listOf({
    ...named,
    ...{ amount: dong, categories: z.array(z.string()), month: monthDay, legalBasis, status },
  }),
  handle: async ({ tx }) => ({ items: await registry.reference.programmes(tx) }),
})

/** What forms choose from: codes, with what they mean and what they rest on. */
export const referenceRoutes = [
  ...[getBanks, getStopReasons, getFailureReasons, getDecisionReasons],
  ...[getCategories, getStandards, getProgrammes],
]
