import { HttpError, isDate, reader } from './input.ts'
import { moveClock, statement, today, transfer, type Rail } from './rail.ts'
import { paymentView } from './rail-state.ts'
import type { Handler, Routes } from './serve.ts'

interface Clock {
  readonly date: () => string | null
  readonly move: (date: string) => Promise<void>
}

/** The business date of a simulator: asked for, and moved forward by whoever runs the month. */
export const clockRoutes = (clock: Clock): Routes => ({
  'GET /clock': () => ({ status: 200, body: { date: clock.date() } }),
  'POST /clock': async ({ body }) => {
    await clock.move(reader(body).date('date'))
    return { status: 200, body: { date: clock.date() } }
  },
})

/** What a bank and a wallet have in common: everything but the way in which orders come. */
export const railRoutes = (rail: Rail): Routes => ({
  ...clockRoutes({ date: () => rail.state.clock.date, move: (date) => moveClock(rail, date) }),
  'POST /transfers': postTransfer(rail),
  'GET /transfers/:reference': ({ params }) => transferReply(rail, params['reference'] ?? ''),
  'GET /payments/:reference': ({ params }) => {
    const payment = paymentView(rail.state, params['reference'] ?? '')
    return payment ? { status: 200, body: payment } : { status: 404, body: { status: 'not-found' } }
  },
  'GET /statements/:date': ({ params, query }) => {
    const account = query.get('account')
    const date = params['date']
    if (!isDate(date)) throw new HttpError(400, 'the date must be YYYY-MM-DD', 'date')
    if (!account) throw new HttpError(400, 'say which account: ?account=', 'account')
    return { status: 200, body: statement(rail, account, date) }
  },
})

const postTransfer =
  (rail: Rail): Handler =>
  async ({ body }) => {
    today(rail)
    const read = reader(body)
    const reference = read.name('reference')
    await transfer(rail, {
      reference,
      account: read.name('account'),
      direction: read.matching('direction', /^(in|out)$/, 'in or out') === 'in' ? 'in' : 'out',
      amount: read.amount('amount'),
      counterparty: read.text('counterparty'),
      purpose: read.text('purpose'),
    })
    return transferReply(rail, reference)
  }

const transferReply = (rail: Rail, reference: string) => {
  const found = rail.state.transfers.get(reference)
  return found
    ? { status: 200, body: found }
    : { status: 404, body: { error: `no transfer ${reference}` } }
}
