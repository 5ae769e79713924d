import { z } from 'zod'
import type { PersonId } from '../../lib/act.ts'
import { registry } from '../../registry/registry.ts'
import { route } from '../route.ts'
import { day, uuid, words } from '../wire.ts'

const tag = 'Người hưởng · People'
const params = z.strictObject({ personId: uuid })
const id = (text: string) => text as PersonId

const found = z.object({
  id: uuid,
  fullName: z.string(),
  sex: z.enum(['female', 'male']),
  birthDate: day,
  birthPrecision: z.enum(['day', 'year']),
  communeId: z.int(),
  commune: z.string(),
  idNumber: z.string().nullable(),
  diedOn: day.nullable(),
})

/** A number is looked for in the body: it must not stand in an address (ASVS 14.2.1). */
const searchPeople = route({
  operation: 'searchPeople',
  method: 'POST',
  path: '/people/search',
  permission: 'people.read',
  asksOnly: true,
  tag,
  summary: {
    vi: 'Tìm người theo tên không dấu, số định danh, điện thoại hoặc đuôi tài khoản',
    en: 'Find people by name without diacritics, identity number, phone or account tail',
  },
  body: z.strictObject({ text: words(100), after: uuid.nullable().default(null) }),
  answer: z.object({ people: z.array(found), next: uuid.nullable() }),
  examples: { body: { text: 'nguyen van dao' }, answer: { people: [], next: null } },
  handle: ({ tx, vault, by, body: { text, after } }) =>
    registry.people.search(tx, vault, by, { text, after: after === null ? null : id(after) }),
})

const number = z.object({
  kind: z.enum(['cccd', 'cmnd']),
  isCurrent: z.boolean(),
  validFrom: day.nullable(),
  validTo: day.nullable(),
  number: z.string(),
})

const getPerson = route({
  operation: 'getPerson',
  method: 'GET',
  path: '/people/{personId}',
  permission: 'people.read',
  tag,
  summary: { vi: 'Hồ sơ một người, số được che', en: 'A person with history, numbers masked' },
  params,
  answer: z.object({
    ...found.omit({ idNumber: true }).shape,
    mergedInto: uuid.nullable(),
    numbers: z.array(number),
    phone: z.string().nullable(),
    residences: z.array(
      z.object({
        communeId: z.int(),
        commune: z.string(),
        village: z.string().nullable(),
        from: day.nullable(),
        to: day.nullable(),
        document: z.string().nullable(),
      }),
    ),
    changes: z.array(
      z.object({
        field: z.string(),
        before: z.string().nullable(),
        after: z.string().nullable(),
        reason: z.string(),
        document: z.string().nullable(),
        actor: uuid,
      }),
    ),
    merged: z.array(uuid),
  }),
  examples: {},
  handle: ({ tx, vault, params: { personId } }) => registry.people.get(tx, vault, id(personId)),
})

const revealPeople = route({
  operation: 'revealPeople',
  method: 'POST',
  path: '/people/reveal',
  permission: 'people.reveal',
  tag,
  summary: {
    vi: 'Xem số đầy đủ, có ghi mục đích',
    en: 'Numbers in clear, for a purpose that the audit trail keeps',
  },
  body: z.strictObject({ ids: z.array(uuid).min(1).max(20), purpose: words(200) }),
  answer: z.object({
    people: z.array(
      z.object({ personId: uuid, numbers: z.array(number), phone: z.string().nullable() }),
    ),
  }),
  examples: {
    body: { ids: ['00000002-0000-7000-8000-000000010001'], purpose: 'Đối chiếu giấy tờ tại quầy' },
  },
  handle: async ({ tx, vault, by, body: { ids, purpose } }) => ({
    people: await registry.people.reveal(tx, vault, by, { ids: ids.map(id), purpose }),
  }),
})

const getPersonAccounts = route({
  operation: 'getPersonAccounts',
  method: 'GET',
  path: '/people/{personId}/accounts',
  permission: 'receivers.read',
  tag,
  summary: {
    vi: 'Người này đã nhận tiền qua đâu, từ trước đến nay',
    en: 'Through what a person has been paid, numbers masked',
  },
  params,
  query: z.strictObject({ programme: z.string().regex(/^[A-Z0-9_-]{2,20}$/) }),
  answer: z.object({
    items: z.array(
      z.object({
        payeeId: uuid,
        since: day,
        until: day.nullable(),
        accountId: uuid.nullable(),
        bankCode: z.string().nullable(),
        number: z.string().nullable(),
        enteredBy: uuid,
        confirmedBy: uuid,
      }),
    ),
  }),
  examples: {},
  handle: async ({ tx, vault, params: { personId }, query: { programme } }) => {
    await registry.people.get(tx, vault, id(personId))
    const of = { personId: id(personId), programme }
    return { items: await registry.accounts.history(tx, vault, of) }
  },
})

const getDuplicates = route({
  operation: 'getDuplicates',
  method: 'GET',
  path: '/people/duplicates',
  permission: 'people.read',
  tag,
  summary: { vi: 'Hồ sơ có thể trùng, kèm lý do', en: 'Rows that may be one person, with reasons' },
  answer: z.object({
    items: z.array(z.object({ one: uuid, other: uuid, reasons: z.array(z.string()) })),
  }),
  examples: {},
  handle: async ({ tx }) => ({ items: await registry.people.duplicates(tx, {}) }),
})

/** What may be read of people. */
export const peopleRoutes = [
  getDuplicates,
  searchPeople,
  getPerson,
  revealPeople,
  getPersonAccounts,
]
