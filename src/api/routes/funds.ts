import { z } from 'zod'
import { ledger } from '../../ledger/ledger.ts'
import { registry } from '../../registry/registry.ts'
import { route, secondOf, twoPeopleRoute } from '../route.ts'
import { day, dayIn, words } from '../wire.ts'

const tag = 'Sổ sách · Books'

const getUnits = route({
  operation: 'getPayingUnits',
  method: 'GET',
  path: '/paying-units',
  permission: 'places.read',
  tag,
  summary: { vi: 'Các đơn vị chi trả', en: 'Paying units' },
  answer: z.object({
    items: z.array(
      z.object({ id: z.string(), code: z.string(), name: z.string(), validFrom: day }),
    ),
  }),
  examples: {},
  handle: async ({ tx }) => ({ items: await registry.communes.payingUnits(tx) }),
})

const bookFunds = twoPeopleRoute({
  operation: 'bookFunds',
  path: '/ledger/funds',
  permission: 'funds.write',
  confirm: 'funds.confirm',
  tag,
  summary: {
    vi: 'Ghi kinh phí của đơn vị chi trả: giao, rút, chuyển, nộp trả; mỗi chứng từ một lần',
    en: 'Book funds of a paying unit: assigned, drawn, moved, sent back; a voucher once',
  },
  body: z.strictObject({
    step: z.enum(ledger.byHand.FUNDING),
    unit: z.string().regex(/^[0-9A-Za-z.]{1,40}$/),
    amount: z
      .string()
      .regex(/^[1-9]\d{0,14}$/)
      .transform(BigInt)
      .meta({ description: 'đồng', examples: ['540000'] }),
    number: z
      .string()
      .regex(/^[0-9A-Za-z./_-]{1,40}$/)
      .meta({ description: 'Số chứng từ, không dấu', examples: ['GRDT-12/2023'] }),
    occurredOn: dayIn,
    document: words(120),
  }),
  answer: z.object({ entryId: z.string(), reference: z.string() }),
  examples: {
    body: {
      ...{ step: 'estimate-assigned', unit: '474.20210701', amount: '540000000' },
      ...{ number: '12/2023', occurredOn: '2023-08-01', document: 'QĐ 12/QĐ-STC' },
    },
  },
  view: async ({ tx, body }) => {
    const { name } = await registry.communes.payingUnit(tx, body.unit)
    return { communeId: null, summary: { ...body, unitName: name } }
  },
  handle: async (call) => {
    const { tx, by, body, today } = call
    await registry.communes.payingUnit(tx, body.unit)
    return ledger.byHand.fund(tx, by, { ...body, today: today() }, secondOf(call))
  },
})

/** The units that draw money, and what they have been given of it. */
export const fundRoutes = [getUnits, bookFunds]
