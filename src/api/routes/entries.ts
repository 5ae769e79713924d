import { z } from 'zod'
import { ledger } from '../../ledger/ledger.ts'
import { reconciliation } from '../../reconciliation/reconciliation.ts'
import { route, secondOf, twoPeopleRoute } from '../route.ts'
import { day, dayIn, dong, time, uuid, words } from '../wire.ts'

const tag = 'Sổ sách · Books'
const params = z.strictObject({ entryId: z.string().regex(/^\d{1,18}$/) })
const digits = z.string()

const getEntry = route({
  operation: 'getEntry',
  method: 'GET',
  path: '/ledger/entries/{entryId}',
  permission: 'ledger.read',
  tag,
  summary: {
    vi: 'Một bút toán: Nợ, Có, ai ghi, chứng từ, đã đảo chưa (200 dòng đầu)',
    en: 'An entry: its postings (the first 200), who booked it, on what paper, and its reversal',
  },
  params,
  answer: z.object({
    id: digits,
    template: z.string(),
    reference: z.string(),
    postingDate: day,
    occurredOn: day,
    recordedAt: time,
    actor: uuid,
    communeId: z.int().nullable(),
    memo: z.string().nullable(),
    reverses: digits.nullable(),
    reversedBy: digits.nullable(),
    document: z.string().nullable(),
    confirmedBy: uuid.nullable(),
    total: dong,
    postingCount: z.int(),
    postings: z.array(
      z.object({
        seq: z.int(),
        debitCode: z.string(),
        debitSubject: z.string(),
        creditCode: z.string(),
        creditSubject: z.string(),
        amount: dong,
      }),
    ),
  }),
  examples: {},
  handle: ({ tx, params: { entryId } }) => ledger.byHand.entry(tx, BigInt(entryId)),
})

const reverseEntry = twoPeopleRoute({
  operation: 'reverseEntry',
  path: '/ledger/entries/{entryId}/reversal',
  permission: 'funds.write',
  confirm: 'funds.confirm',
  tag,
  summary: {
    vi: 'Đảo một bút toán ghi tay (kinh phí), một lần',
    en: 'Reverse an entry that was booked by hand (funds), once',
  },
  params,
  body: z.strictObject({ occurredOn: dayIn, reason: words(200), document: words(120) }),
  answer: z.object({ entryId: digits, reference: z.string() }),
  examples: {
    body: { occurredOn: '2023-08-03', reason: 'Ghi nhầm đơn vị', document: 'PKT 7' },
  },
  // Whoever confirms sees what it is that is taken back.
  view: async ({ tx, params: { entryId }, body }) => {
    const id = BigInt(entryId)
    const { template, reference, total } = await ledger.byHand.reversible(tx, id)
    await reconciliation.requireUnexplained(tx, id)
    return { communeId: null, summary: { entryId, template, reference, total, ...body } }
  },
  handle: async (call) => {
    const { tx, by, today, body } = call
    const entryId = BigInt(call.params.entryId)
    await reconciliation.requireUnexplained(tx, entryId)
    return ledger.byHand.reverse(tx, by, { entryId, ...body, today: today() }, secondOf(call))
  },
})

/** One entry of the books, and its reversal. */
export const entryRoutes = [getEntry, reverseEntry]
