import type { LocalDate } from '../../src/lib/time.ts'
import type { Channel, EnquiryAnswer } from '../../src/payouts/channels/channel.ts'
import { copiesOf } from './database.ts'
import { limitsOf, plan, scripted, send, statesOf } from './sending.ts'
import { importOf, statementOf } from './statements.ts'
import type { Line } from './statements.ts'
import { enterTown, releaseLists } from './town.ts'

const released = copiesOf(async (fresh) => {
  const communes = await enterTown(fresh, [{ wallet: 4 }])
  const [list] = await releaseLists(fresh, communes)
  if (list === undefined) throw new Error('a list')
  return { unit: communes[0]?.payingUnit ?? '', list }
})

/** Four payments to wallets whose calls got no answer; `calls` is what the wallet was called for since. */
export async function unknownPayments() {
  const { found, database } = await released()
  const calls: string[] = []
  /** A wallet that takes everything in silence and answers enquiries as it is told. */
  const wallet = (answer: (reference: string) => EnquiryAnswer): Channel => {
    const base = scripted(() => ({ kind: 'unknown', reason: 'time-out' }))
    return {
      ...base,
      limits: { ...limitsOf(100), enquires: true },
      enquire: (reference) => Promise.resolve(answer(reference)),
      send: (order) => {
        calls.push(...order.payments.map(({ reference }) => reference))
        return base.send(order)
      },
    }
  }
  const sendAll = async (channel: Channel) => {
    for (const { orderId } of await plan(database)) await send(database, channel, { id: orderId })
  }
  const references = [...(await statesOf(database)).keys()]
  const notFound = wallet(() => ({ kind: 'not-found' }))
  await sendAll(notFound)
  calls.length = 0
  return {
    ...{ database, list: found.list, calls, wallet, notFound, sendAll, references },
    ref: (at: number) => references[at] ?? '',
    stateOf: async (at: number) => (await statesOf(database)).get(references[at] ?? ''),
    /** A statement of the wallet's account for a day. */
    take: (lines: readonly Line[], day: LocalDate, opening = 0n) =>
      importOf(database, found.unit, statementOf(lines, { day, opening })),
    /** A callback said that a payment was executed. */
    call: (reference: string) =>
      database.admin.query(
        `insert into callback_event (channel, event_id, accepted, verdict, reference, commune_id, status, body_hash, sent_at)
         select 'hue-s', 'E-' || reference, true, 'enquiry-due', reference, commune_id, 'executed', sha256('x'), now()
           from instruction where reference = $1`,
        [reference],
      ),
    /** Somebody is to ask about a payment. */
    due: (reference: string) =>
      database.admin.query(
        `insert into enquiry_due (reference, commune_id, channel, cause)
         select reference, commune_id, channel, 'callback' from instruction where reference = $1`,
        [reference],
      ),
  }
}
