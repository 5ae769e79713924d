import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { PersonId } from '../../lib/act.ts'
import { monthOf } from '../../lib/time.ts'
import { registry } from '../../registry/registry.ts'
import { route, secondOf, twoPeopleRoute } from '../route.ts'
import { dayIn, uuid, words } from '../wire.ts'

const tag = 'Người hưởng · People'
const params = z.strictObject({ personId: uuid })
const id = (text: string) => text as PersonId

/** Who asked for it: on no citizen's word in these examples. */
const nobody = { forCitizen: null }

const enterPerson = twoPeopleRoute({
  operation: 'enterPerson',
  path: '/people',
  permission: 'people.write',
  confirm: 'people.confirm',
  forCitizen: true,
  tag,
  summary: { vi: 'Thêm một người', en: 'Enter a person' },
  body: z.strictObject({
    communeId: z.int().min(1),
    fullName: words(100),
    sex: z.enum(['female', 'male']),
    birthDate: dayIn,
    birthYearOnly: z.boolean().default(false),
    idNumber: z
      .string()
      .regex(/^\d{12}$/)
      .nullable()
      .default(null),
    /** Of the old card, kept as history. */
    oldIdNumber: z
      .string()
      .regex(/^\d{9}$/)
      .nullable()
      .default(null),
    phone: z
      .string()
      .regex(/^\d{9,11}$/)
      .nullable()
      .default(null),
    /** Thôn, tổ dân phố. */
    village: words(100).nullable().default(null),
  }),
  answer: z.object({ id: uuid }),
  examples: {
    body: {
      ...{ communeId: 1, fullName: 'Nguyễn Thị Ánh Mẫu', sex: 'female', birthDate: '1940-01-01' },
      ...nobody,
    },
  },
  // Whoever confirms compares with the papers: everything that is entered, the numbers masked.
  view: async ({ tx, today, body }) => {
    const { communeId, fullName, sex, birthDate, birthYearOnly, village } = body
    await registry.communes.visible(tx, { id: communeId, month: monthOf(today()) })
    const masked = (text: string | null) => (text === null ? null : registry.people.mask(text))
    const numbers = {
      ...{ idNumber: masked(body.idNumber), oldIdNumber: masked(body.oldIdNumber) },
      phone: masked(body.phone),
    }
    return { communeId, summary: { fullName, sex, birthDate, birthYearOnly, village, ...numbers } }
  },
  handle: async (call) => {
    const { forCitizen: _, ...person } = call.body as typeof call.body & { forCitizen?: unknown }
    const personId = randomUUID() as PersonId
    const intake = { representations: [], accounts: [], enrolments: [] }
    const people = [{ id: personId, ...person }]
    await registry.enter(call.tx, call.vault, call.by, { people, ...intake }, secondOf(call))
    return { id: personId }
  },
})

const correctPerson = route({
  operation: 'correctPerson',
  method: 'PUT',
  path: '/people/{personId}',
  permission: 'people.write',
  forCitizen: true,
  changes: 'getPerson',
  tag,
  summary: { vi: 'Sửa thông tin, có lý do', en: 'Correct a person’s data, with the reason' },
  params,
  body: z.strictObject({
    reason: words(200),
    document: words(200).nullable(),
    fullName: words(100).optional(),
    sex: z.enum(['female', 'male']).optional(),
    birth: z.strictObject({ date: dayIn, yearOnly: z.boolean() }).optional(),
    idNumber: z
      .string()
      .regex(/^\d{12}$/)
      .optional(),
    phone: z
      .string()
      .regex(/^\d{9,11}$/)
      .nullable()
      .optional(),
    village: words(100).nullable().optional(),
  }),
  answer: z.object({}),
  examples: {
    body: { reason: 'Sai tên đệm', document: null, fullName: 'Nguyễn Thị Ánh', ...nobody },
  },
  handle: async ({ tx, vault, by, today, params: { personId }, body }) => {
    const { reason, document, fullName, sex, birth, idNumber, phone, village } = body
    await registry.people.correct(tx, vault, by, {
      ...{ personId: id(personId), on: today(), reason, document },
      ...(fullName !== undefined && { fullName }),
      ...(sex !== undefined && { sex }),
      ...(birth !== undefined && { birth }),
      ...(idNumber !== undefined && { idNumber }),
      ...(phone !== undefined && { phone }),
      ...(village !== undefined && { village }),
    })
  },
})

const reportDeath = route({
  operation: 'reportDeath',
  method: 'POST',
  path: '/people/{personId}/death',
  permission: 'people.write',
  forCitizen: true,
  tag,
  summary: { vi: 'Báo tử, chờ người khác xác nhận', en: 'Report a death, for another to confirm' },
  params,
  body: z.strictObject({ diedOn: dayIn, certificate: words(100) }),
  answer: z.object({ id: uuid }),
  status: 201,
  examples: { body: { diedOn: '2023-08-02', certificate: 'TLKT 12/2023', ...nobody } },
  handle: async ({ tx, by, params: { personId }, body: { diedOn, certificate } }) => ({
    id: await registry.deaths.report(tx, by, { personId: id(personId), diedOn, certificate }),
  }),
})

const confirmDeaths = route({
  operation: 'confirmDeaths',
  method: 'POST',
  path: '/deaths/confirmations',
  permission: 'people.confirm',
  tag,
  summary: { vi: 'Xác nhận báo tử', en: 'Confirm reported deaths' },
  body: z.strictObject({ ids: z.array(uuid).min(1).max(200) }),
  answer: z.object({ people: z.array(uuid) }),
  examples: { body: { ids: ['5b0f3d0e-54a5-4bd5-8f65-0d1f7f7c7c10'] } },
  handle: async ({ tx, by, today, body: { ids } }) => ({
    people: await registry.deaths.confirm(tx, by, { ids, on: today() }),
  }),
})

/** What officers change of people. */
export const personActRoutes = [enterPerson, correctPerson, reportDeath, confirmDeaths]
