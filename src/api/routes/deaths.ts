import { z } from 'zod'
import { registry } from '../../registry/registry.ts'
import { cut, pageOf, pageQuery } from '../paging.ts'
import { route } from '../route.ts'
import { day, dong, uuid, words } from '../wire.ts'
import { asPerson, decisionExample, decisionIn, done, forNobody, SOMEBODY } from './papers.ts'

const tag = 'Khai tử và mai táng · Deaths'
const reportParams = z.strictObject({ reportId: uuid })
const funeralParams = z.strictObject({ funeralId: uuid })

const getWaiting = route({
  operation: 'getDeathReports',
  method: 'GET',
  path: '/deaths',
  permission: 'people.read',
  tag,
  summary: {
    vi: 'Báo tử chờ xác định hoặc xác nhận',
    en: 'Reported deaths that wait for somebody',
  },
  query: z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
  answer: z.object({
    items: z.array(
      z.object({
        id: uuid,
        personId: uuid.nullable(),
        fullName: z.string(),
        diedOn: day,
        certificate: z.string(),
        state: z.enum(['WORKLIST', 'PROPOSED']),
        problem: z.enum(['unmatched', 'name-differs', 'other-day', 'born-later']).nullable(),
      }),
    ),
  }),
  examples: {},
  handle: async ({ tx, query: { limit } }) => ({
    items: await registry.deaths.waiting(tx, limit),
  }),
})

const place = route({
  operation: 'placeDeath',
  method: 'POST',
  path: '/deaths/{reportId}/placement',
  permission: 'people.write',
  tag,
  summary: { vi: 'Xác định báo tử này là của ai', en: 'Place a report with a person' },
  params: reportParams,
  body: z.strictObject({ personId: uuid }),
  answer: done,
  examples: { body: { personId: SOMEBODY } },
  handle: async ({ tx, by, params: { reportId: id }, body: { personId } }) => {
    await registry.deaths.place(tx, by, { id, personId: asPerson(personId) })
  },
})

const reject = route({
  operation: 'rejectDeath',
  method: 'POST',
  path: '/deaths/{reportId}/rejection',
  permission: 'people.confirm',
  tag,
  summary: { vi: 'Báo tử sai', en: 'Reject a reported death' },
  params: reportParams,
  answer: done,
  examples: {},
  handle: async ({ tx, by, today, params: { reportId: id } }) => {
    await registry.deaths.reject(tx, by, { id, on: today() })
  },
})

const state = z.enum(['PROPOSED', 'DECIDED', 'REJECTED'])
const funeral = z.object({
  id: uuid,
  personId: uuid,
  communeId: z.int(),
  organiserId: uuid,
  diedOn: day,
  certificate: z.string(),
  grounds: z.array(z.string()),
  state,
  openedBy: uuid,
  decidedBy: uuid.nullable(),
  decisionNumber: z.string().nullable(),
})

const getFunerals = route({
  operation: 'getFunerals',
  method: 'GET',
  path: '/funerals',
  permission: 'enrolments.read',
  tag,
  summary: { vi: 'Hồ sơ mai táng phí', en: 'Funeral cases, by state' },
  query: z.strictObject({ ...pageQuery, after: uuid.optional(), state: state.optional() }),
  answer: pageOf(funeral),
  examples: {},
  handle: async ({ tx, query: { after = null, limit, state: of = null } }) => {
    const page = { state: of, after, limit: limit + 1 }
    return cut(await registry.waiting.funerals.page(tx, page), limit, ({ id }) => id)
  },
})

const getFuneral = route({
  operation: 'getFuneral',
  method: 'GET',
  path: '/funerals/{funeralId}',
  permission: 'enrolments.read',
  tag,
  summary: { vi: 'Một hồ sơ mai táng phí', en: 'A funeral case' },
  params: funeralParams,
  answer: funeral,
  examples: {},
  handle: ({ tx, params: { funeralId } }) => registry.waiting.funerals.get(tx, funeralId),
})

const openFuneral = route({
  operation: 'openFuneral',
  method: 'POST',
  path: '/funerals',
  permission: 'enrolments.write',
  forCitizen: true,
  tag,
  summary: { vi: 'Lập hồ sơ mai táng phí', en: 'Open a funeral case to whoever organises it' },
  body: z.strictObject({
    personId: uuid,
    organiserId: uuid,
    certificate: words(100),
    stated: z
      .array(z.enum(['aged-80-on-survivor-allowance', 'social-pension-applicant', 'emergency']))
      .max(3),
  }),
  answer: z.object({ id: uuid, amount: dong, explanation: z.string() }),
  status: 201,
  examples: {
    body: {
      ...{ personId: SOMEBODY, organiserId: SOMEBODY, certificate: 'TLKT 12/2023', stated: [] },
      ...forNobody,
    },
  },
  handle: async ({ tx, by, body: { personId, organiserId, certificate, stated } }) => {
    const people = { personId: asPerson(personId), organiserId: asPerson(organiserId) }
    const opened = await registry.deaths.openFuneral(tx, by, { ...people, certificate, stated })
    return { id: opened.id, ...opened.line }
  },
})

const decideFuneral = route({
  operation: 'decideFuneral',
  method: 'POST',
  path: '/funerals/{funeralId}/decision',
  permission: 'enrolments.confirm',
  changes: 'getFuneral',
  tag,
  summary: { vi: 'Quyết định mai táng phí', en: 'Decide a funeral case as another person' },
  params: funeralParams,
  body: z.strictObject({ decision: decisionIn }),
  answer: done,
  examples: { body: { decision: decisionExample } },
  handle: async ({ tx, by, params: { funeralId: id }, body: { decision } }) => {
    await registry.deaths.decideFuneral(tx, by, { id, decision })
  },
})

const rejectFuneral = route({
  operation: 'rejectFuneral',
  method: 'POST',
  path: '/funerals/{funeralId}/rejection',
  permission: 'enrolments.confirm',
  changes: 'getFuneral',
  tag,
  summary: { vi: 'Không chi mai táng phí', en: 'Reject a funeral case' },
  params: funeralParams,
  answer: done,
  examples: {},
  handle: async ({ tx, by, params: { funeralId: id } }) => {
    await registry.deaths.rejectFuneral(tx, by, { id })
  },
})

/** Deaths that are reported, and the funerals that follow. */
export const deathRoutes = [
  getWaiting,
  place,
  reject,
  getFunerals,
  getFuneral,
  openFuneral,
  decideFuneral,
  rejectFuneral,
]
