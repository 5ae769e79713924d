import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { monthOf } from '../../lib/time.ts'
import { registry } from '../../registry/registry.ts'
import { approversOf, route, secondOf, twoPeopleRoute } from '../route.ts'
import { day, dayIn, monthIn, uuid, words } from '../wire.ts'
import { asPerson, forNobody, personParams, programme, SOMEBODY } from './papers.ts'

const tag = 'Tài khoản nhận · Receivers'

const getPayee = route({
  operation: 'getPayee',
  method: 'GET',
  path: '/people/{personId}/payee',
  permission: 'receivers.read',
  tag,
  summary: {
    vi: 'Tháng này ai nhận, qua đâu, có gì phải chờ',
    en: 'Who receives in a month, through what, and what stands in the way',
  },
  params: personParams,
  query: z.strictObject({ programme, month: monthIn }),
  answer: z.object({
    payeeId: uuid,
    relation: z.string(),
    representationId: uuid.nullable(),
    method: z.enum(['account', 'cash']),
    channel: z.enum(['bank', 'hue-s']).nullable(),
    paymentAccountId: uuid.nullable(),
    hold: z.string().nullable(),
    warnings: z.array(z.string()),
  }),
  examples: {},
  handle: async ({ tx, vault, today, params, query: { programme: of, month } }) => {
    const personId = asPerson(params.personId)
    await registry.people.get(tx, vault, personId)
    const people = [{ personId, programme: of }]
    const found = await registry.payees.of(tx, { month, on: today(), people })
    return found.get(`${personId}:${of}`)
  },
})

const assignPayee = twoPeopleRoute({
  operation: 'assignPayee',
  path: '/people/{personId}/payee',
  permission: 'receivers.write',
  confirm: 'receivers.confirm',
  orThree: true,
  forCitizen: true,
  tag,
  summary: { vi: 'Chỉ định người nhận', en: 'Assign who receives' },
  params: personParams,
  body: z.strictObject({
    programme,
    from: monthIn,
    payeeId: uuid,
    representationId: uuid.nullable(),
    paymentAccountId: uuid.nullable(),
  }),
  answer: z.object({ id: uuid }),
  examples: {
    body: {
      ...{ programme: 'BTXH', from: '2023-09-01', payeeId: SOMEBODY },
      ...{ representationId: null, paymentAccountId: null, ...forNobody },
    },
  },
  view: async ({ tx, vault, params: { personId }, body }) => {
    const { programme: of, from, payeeId, representationId, paymentAccountId } = body
    const { communeId } = await registry.people.get(tx, vault, asPerson(personId))
    const account =
      paymentAccountId === null ? null : await registry.accounts.masked(tx, vault, paymentAccountId)
    const ids = { personId, payeeId, representationId, paymentAccountId }
    return { communeId, summary: { ...ids, programme: of, from, account } }
  },
  handle: async (call) => {
    const { programme: of, from, payeeId, representationId, paymentAccountId } = call.body
    const [id, personId] = [randomUUID(), asPerson(call.params.personId)]
    const { communeId } = await registry.people.get(call.tx, call.vault, personId)
    const row = {
      ...{ id, personId, communeId, programme: of, from, payeeId: asPerson(payeeId) },
      ...{ representationId, paymentAccountId },
    }
    await registry.payees.assign(call.tx, call.by, [row], approversOf(call))
    return { id }
  },
})

/** The officer of the commune that is left asks; whoever confirms sees both communes. */
const reportMove = twoPeopleRoute({
  operation: 'movePerson',
  path: '/people/{personId}/moves',
  permission: 'people.write',
  confirm: 'people.confirm',
  forCitizen: true,
  tag: 'Người hưởng · People',
  summary: { vi: 'Ghi chuyển nơi ở', en: 'Move a person to another commune or village' },
  params: personParams,
  body: z.strictObject({
    toCommuneId: z.int().min(1),
    /** Within the commune another one than before. */
    village: words(100).nullable().default(null),
    on: dayIn,
    document: words(200),
  }),
  answer: z.object({ month: day }),
  examples: { body: { toCommuneId: 2, on: '2023-08-03', document: 'CT07 12', ...forNobody } },
  view: async ({ tx, vault, params: { personId }, body }) => {
    const { toCommuneId, village, on, document } = body
    const { communeId } = await registry.people.get(tx, vault, asPerson(personId))
    return { communeId, summary: { personId, from: communeId, toCommuneId, village, on, document } }
  },
  handle: async (call) => {
    secondOf(call)
    const { toCommuneId, village, on, document } = call.body
    const move = { personId: asPerson(call.params.personId), toCommuneId, village, on, document }
    await registry.people.move(call.tx, call.by, [move])
    return { month: monthOf(on) }
  },
})

/** Who receives a person's money, and through what. */
export const receiverRoutes = [getPayee, assignPayee, reportMove]
