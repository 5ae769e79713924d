import { z } from 'zod'
import type { PersonId } from '../../lib/act.ts'
import { reconciliation } from '../../reconciliation/reconciliation.ts'
import { registry } from '../../registry/registry.ts'
import { secondOf, twoPeopleRoute } from '../route.ts'
import { uuid, words } from '../wire.ts'

const lineId = z.string().regex(/^[\x21-\x7e]{1,80}$/)
const programme = z.string().regex(/^[0-9A-Za-z_.-]{1,40}$/)

/** What a line in suspense was, on the word of two people and a paper: it leaves suspense for the account that it belongs to. */
export const explainBreak = twoPeopleRoute({
  operation: 'explainBreak',
  path: '/breaks/{lineId}/explanation',
  permission: 'funds.write',
  confirm: 'funds.confirm',
  tag: 'Đối soát · Reconciliation',
  summary: {
    vi: 'Giải trình dòng chờ xử lý: tiền thu hồi, lãi tiền gửi, phí ngân hàng',
    en: 'Say what a line in suspense was: recovered money, interest, a bank fee',
  },
  params: z.strictObject({ lineId }),
  body: z.strictObject({
    what: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('recovered'), personId: uuid }),
      z.strictObject({ kind: z.literal('interest') }),
      z.strictObject({ kind: z.literal('bank-fee'), programme }),
    ]),
    document: words(120),
  }),
  answer: z.object({ entryId: z.string(), reference: z.string() }),
  examples: { body: { what: { kind: 'interest' }, document: 'Giấy báo có 12/8' } },
  // Whoever confirms sees which line it is; nobody's identity number is among it.
  view: async ({ tx, vault, params, body }) => {
    const { what } = body
    const { amount, direction, reference } = await reconciliation.suspended(tx, params.lineId)
    await reconciliation.requireProgramme(tx, what)
    if (what.kind === 'recovered') {
      await registry.people.get(tx, vault, what.personId as PersonId)
    }
    const summary = { lineId: params.lineId, amount, direction, reference, ...body }
    return { communeId: null, summary }
  },
  handle: async (call) => {
    const { tx, by, vault, params, body } = call
    const { what, document } = body
    const communeId =
      what.kind === 'recovered'
        ? (await registry.people.get(tx, vault, what.personId as PersonId)).communeId
        : null
    const asked = { ...params, what, document, communeId }
    return reconciliation.explain(tx, by, asked, secondOf(call))
  },
})
