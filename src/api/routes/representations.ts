import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { registry } from '../../registry/registry.ts'
import { route, secondOf, twoPeopleRoute } from '../route.ts'
import type { Call } from '../route.ts'
import { day, dayIn, uuid, words } from '../wire.ts'
import {
  asPerson,
  documentExample,
  documentIn,
  done,
  forNobody,
  personParams,
  programme,
  SOMEBODY,
} from './papers.ts'

const tag = 'Người nhận thay · Representatives'
const params = z.strictObject({ representationId: uuid })
const kind = z.enum([
  'legal_representative',
  'guardian',
  'authorised',
  'caregiver',
  'institution',
  'funeral_organiser',
])

const representation = z.object({
  id: uuid,
  personId: uuid,
  representativeId: uuid,
  communeId: z.int(),
  kind,
  programmes: z.array(z.string()),
  validFrom: day.nullable(),
  lastDay: day.nullable(),
  documentKind: z.string(),
  documentNumber: z.string(),
  documentDate: day,
  documentIssuer: z.string(),
  revokedOn: day.nullable(),
  revokedReason: z.string().nullable(),
  enteredBy: uuid,
  confirmedBy: uuid,
})

const getOf = route({
  operation: 'getRepresentations',
  method: 'GET',
  path: '/people/{personId}/representations',
  permission: 'receivers.read',
  tag,
  summary: {
    vi: 'Ai nhận thay người này, và người này nhận thay ai',
    en: 'Who receives for a person, and for whom they do',
  },
  params: personParams,
  answer: z.object({ items: z.array(representation) }),
  examples: {},
  handle: async ({ tx, vault, params: { personId } }) => {
    await registry.people.get(tx, vault, asPerson(personId))
    return { items: await registry.waiting.representations.of(tx, asPerson(personId)) }
  },
})

const getOne = route({
  operation: 'getRepresentation',
  method: 'GET',
  path: '/representations/{representationId}',
  permission: 'receivers.read',
  tag,
  summary: { vi: 'Một giấy tờ nhận thay', en: 'A representation' },
  params,
  answer: representation,
  examples: {},
  handle: ({ tx, params: { representationId } }) =>
    registry.waiting.representations.get(tx, representationId),
})

/** Whose commune it is: what is elsewhere is not there. */
async function communeOf({ tx, vault }: Call, personId: string): Promise<number> {
  return (await registry.people.get(tx, vault, asPerson(personId))).communeId
}

const enter = twoPeopleRoute({
  operation: 'enterRepresentation',
  path: '/people/{personId}/representations',
  permission: 'receivers.write',
  confirm: 'receivers.confirm',
  forCitizen: true,
  tag,
  summary: { vi: 'Ghi nhận người nhận thay', en: 'Enter who may receive for a person' },
  params: personParams,
  body: z.strictObject({
    representativeId: uuid,
    kind,
    programmes: z.array(programme).max(10),
    document: documentIn,
    validFrom: dayIn,
    validTo: dayIn.nullable(),
    ownAccountEvidence: words(200).nullable(),
    kinship: z.enum(['parent', 'grandparent']).nullable().default(null),
    jointWith: uuid.nullable().default(null),
  }),
  answer: z.object({ id: uuid }),
  examples: {
    body: {
      ...{ representativeId: SOMEBODY, kind: 'authorised', programmes: [] },
      ...{ document: documentExample, validFrom: '2023-08-01', validTo: null },
      ...{ ownAccountEvidence: null, ...forNobody },
    },
  },
  view: async (call) => {
    const { forCitizen: _, ...asked } = call.body as typeof call.body & { forCitizen?: unknown }
    const communeId = await communeOf(call, call.params.personId)
    return { communeId, summary: { personId: call.params.personId, ...asked } }
  },
  handle: async (call) => {
    const { representativeId, ...rest } = call.body
    const { forCitizen: _, ...paper } = rest as typeof rest & { forCitizen?: unknown }
    const [id, personId] = [randomUUID(), asPerson(call.params.personId)]
    const communeId = await communeOf(call, personId)
    const row = { ...paper, id, personId, communeId, representativeId: asPerson(representativeId) }
    await registry.representation.enter(call.tx, call.by, [row], secondOf(call))
    return { id }
  },
})

const revoke = route({
  operation: 'revokeRepresentation',
  method: 'POST',
  path: '/representations/{representationId}/revocation',
  permission: 'receivers.write',
  forCitizen: true,
  changes: 'getRepresentation',
  tag,
  summary: { vi: 'Chấm dứt việc nhận thay', en: 'Revoke a representation' },
  params,
  body: z.strictObject({ on: dayIn, reason: words(200) }),
  answer: done,
  examples: { body: { on: '2023-08-03', reason: 'Người hưởng tự nhận', ...forNobody } },
  handle: async ({ tx, by, params: { representationId: id }, body: { on, reason } }) => {
    await registry.representation.revoke(tx, by, { id, on, reason })
  },
})

const getExpiring = route({
  operation: 'getExpiringRepresentations',
  method: 'GET',
  path: '/representations/expiring',
  permission: 'receivers.read',
  tag,
  summary: { vi: 'Giấy tờ nhận thay sắp hết hạn', en: 'Representations in use that end soon' },
  query: z.strictObject({ within: z.coerce.number().int().min(1).max(366).optional() }),
  answer: z.object({
    items: z.array(
      z.object({
        representationId: uuid,
        communeId: z.int(),
        personId: uuid,
        representativeId: uuid,
        kind,
        lastDay: day,
        programmes: z.array(z.string()),
      }),
    ),
  }),
  examples: {},
  handle: async ({ tx, today, query: { within } }) => ({
    items: await registry.representation.expiring(tx, {
      on: today(),
      ...(within !== undefined && { within }),
    }),
  }),
})

const getOverCap = route({
  operation: 'getRepresentativesOfMany',
  method: 'GET',
  path: '/representations/over-cap',
  permission: 'receivers.read',
  tag,
  summary: { vi: 'Người nhận thay cho quá nhiều người', en: 'Who represents more than the cap' },
  answer: z.object({ items: z.array(z.object({ representativeId: uuid, wards: z.int() })) }),
  examples: {},
  handle: async ({ tx, today }) => ({
    items: await registry.representation.overCap(tx, today()),
  }),
})

/** Who may receive for whom: read, entered by two people, revoked, and what needs looking at. */
export const representationRoutes = [getOf, getOne, enter, revoke, getExpiring, getOverCap]
