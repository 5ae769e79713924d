import { z } from 'zod'
import { registry } from '../../registry/registry.ts'
import type { PersonId } from '../../lib/act.ts'
import { route, secondOf, twoPeopleRoute } from '../route.ts'
import type { Call, ProposalView } from '../route.ts'
import { day, dayIn, dong, monthDay, monthIn, uuid, words } from '../wire.ts'
import {
  asPerson,
  decisionExample,
  decisionIn,
  done,
  forNobody,
  head,
  personParams,
} from './papers.ts'

const tag = 'Quyết định hưởng · Enrolments'
const { enrolments } = registry

const personIn = uuid.transform((text) => text as PersonId)
const facts = {
  certificateMonth: monthIn.nullable().default(null),
  requestedOn: dayIn.nullable().default(null),
  studyingUntil: dayIn.nullable().default(null),
  pregnantUntil: dayIn.nullable().default(null),
  spouseId: personIn.nullable().default(null),
  poor: z.boolean().default(false),
  children: z
    .array(
      z.strictObject({
        birthDate: dayIn,
        studyingUntil: dayIn.nullable(),
        personId: personIn.nullable().default(null),
      }),
    )
    .max(20)
    .default([]),
}
const grantIn = z.strictObject({
  categoryCode: head,
  decision: decisionIn,
  facts: z.strictObject(facts),
  qualifiesFrom: monthIn.optional(),
  /** Mã hồ sơ. */
  dossierNumber: words(40).optional(),
})
const grantExample = { categoryCode: 'NCT_80', decision: decisionExample, facts: {} }

const getOf = route({
  operation: 'getEnrolments',
  method: 'GET',
  path: '/people/{personId}/enrolments',
  permission: 'enrolments.read',
  tag,
  summary: { vi: 'Các quyết định hưởng của một người', en: 'What a person was granted' },
  params: personParams,
  answer: z.object({
    items: z.array(
      z.object({
        id: uuid,
        programme: z.string(),
        categoryCode: z.string(),
        communeId: z.int(),
        start: monthDay,
        last: monthDay.nullable(),
        stopReason: z.string().nullable(),
        decisionNumber: z.string().nullable(),
        decisionDate: day.nullable(),
        dossierNumber: z.string().nullable(),
        replaces: uuid.nullable(),
      }),
    ),
  }),
  examples: {},
  handle: async ({ tx, vault, params: { personId } }) => {
    await registry.people.get(tx, vault, asPerson(personId))
    return { items: await enrolments.of(tx, asPerson(personId)) }
  },
})

const previewOwed = route({
  operation: 'previewEntitlement',
  method: 'POST',
  path: '/people/{personId}/entitlement',
  permission: 'enrolments.read',
  asksOnly: true,
  tag,
  summary: {
    vi: 'Tháng ấy được hưởng gì theo luật, thử với một quyết định',
    en: 'What the law owes for a month, and with one more decision',
  },
  params: personParams,
  body: z.strictObject({ month: monthIn, grant: grantIn.nullable() }),
  answer: z.object({
    start: monthDay.nullable(),
    lines: z.array(
      z.object({
        programme: z.string(),
        component: z.string(),
        period: monthDay,
        categoryCode: z.string(),
        amount: dong,
        explanation: z.string(),
        explanationEn: z.string(),
        legalBasis: z.string(),
      }),
    ),
  }),
  examples: { body: { month: '2023-08-01', grant: grantExample } },
  handle: async ({ tx, vault, params, body: { month, grant } }) => {
    const personId = asPerson(params.personId)
    await registry.people.get(tx, vault, personId)
    const asked = grant === null ? null : withoutUnset(grant)
    return enrolments.preview(tx, { personId, month, grant: asked })
  },
})

function withoutUnset({ qualifiesFrom, ...grant }: z.output<typeof grantIn>) {
  return { ...grant, ...(qualifiesFrom !== undefined && { qualifiesFrom }) }
}

/** What whoever confirms is shown: the person, the act and its decision. */
async function viewOf({ tx, vault, params, body }: Call<unknown, unknown, object>) {
  const { personId } = personParams.parse(params)
  const { communeId } = await registry.people.get(tx, vault, asPerson(personId))
  const { forCitizen: _, ...asked } = body as { forCitizen?: unknown }
  return { communeId, summary: { personId, ...asked } } satisfies ProposalView
}

const common = (act: { readonly vi: string; readonly en: string }) => ({
  permission: 'enrolments.write' as const,
  confirm: 'enrolments.confirm' as const,
  ...{ forCitizen: true as const, tag, params: personParams, summary: act },
})

const grant = twoPeopleRoute({
  ...common({ vi: 'Quyết định cho hưởng', en: 'Grant a benefit by a decision' }),
  operation: 'grantEnrolment',
  path: '/people/{personId}/enrolments',
  body: grantIn,
  answer: z.object({ id: uuid, start: monthDay }),
  examples: { body: { ...grantExample, ...forNobody } },
  view: viewOf,
  handle: async (call) => {
    const { tx, vault, by, today, body } = call
    secondOf(call)
    const personId = asPerson(call.params.personId)
    const { communeId } = await registry.people.get(tx, vault, personId)
    const { categoryCode, decision, facts: of, qualifiesFrom, dossierNumber } = body
    return enrolments.grant(tx, by, {
      ...{ personId, communeId, categoryCode, decision, facts: of, on: today(), dossierNumber },
      ...(qualifiesFrom !== undefined && { qualifiesFrom }),
    })
  },
})

const change = twoPeopleRoute({
  ...common({ vi: 'Điều chỉnh mức hưởng', en: 'Change what an enrolment rests on' }),
  operation: 'changeEnrolment',
  path: '/people/{personId}/enrolments/changes',
  body: z.strictObject({
    head,
    from: monthIn,
    decision: decisionIn,
    facts: z.strictObject(facts),
    /** Left out: as before. */
    dossierNumber: words(40).optional(),
  }),
  answer: z.object({ id: uuid }),
  examples: {
    body: {
      ...{ head: 'NCT_80', from: '2023-09-01', decision: decisionExample, facts: {} },
      ...forNobody,
    },
  },
  view: viewOf,
  handle: async (call) => {
    secondOf(call)
    const { head: of, from, decision, facts: now, dossierNumber } = call.body
    const personId = asPerson(call.params.personId)
    const on = call.today()
    const asked = { personId, head: of, from, decision, facts: now, on, dossierNumber }
    return { id: await enrolments.change(call.tx, call.by, asked) }
  },
})

const stop = twoPeopleRoute({
  ...common({ vi: 'Thôi hưởng, có lý do', en: 'Stop a benefit with a reason' }),
  operation: 'stopEnrolment',
  path: '/people/{personId}/enrolments/stops',
  body: z.strictObject({
    head,
    lost: monthIn,
    reason: z.string().regex(/^[A-Z0-9_]{1,40}$/),
    decision: decisionIn,
  }),
  answer: done,
  examples: {
    body: {
      ...{ head: 'NCT_80', lost: '2023-08-01', reason: 'DEATH', decision: decisionExample },
      ...forNobody,
    },
  },
  view: viewOf,
  handle: async (call) => {
    secondOf(call)
    const { head: of, lost, reason, decision } = call.body
    const personId = asPerson(call.params.personId)
    const asked = { personId, head: of, lost, reason, decision, on: call.today() }
    await enrolments.stop(call.tx, call.by, asked)
  },
})

/** What a person is entitled to: read, tried out, and decided by two people. */
export const enrolmentRoutes = [getOf, previewOwed, grant, change, stop]
