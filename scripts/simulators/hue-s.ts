/**
 * The wallet of the city, played: one call per payment, answered at once unless a fault is due.
 * It pays whatever it is told to, twice if told twice, and keeps a book that shows it.
 */
import { reader } from './input.ts'
import { openRail, pay, today, type Rail } from './rail.ts'
import { railRoutes } from './rail-routes.ts'
import { readOptions, serve, type Handler } from './serve.ts'

const postPayment =
  (rail: Rail): Handler =>
  async ({ body }) => {
    today(rail)
    const read = reader(body)
    const reference = read.name('reference')
    const amount = read.amount('amount')
    const { result, reason, silence, saved } = pay(rail, {
      reference,
      account: read.name('account'),
      amount,
      to: read.name('wallet'),
      name: read.name('name'),
      text: read.text('text'),
    })
    await saved
    const answer = { reference, amount: String(amount), status: result }
    return { status: 200, body: reason === undefined ? answer : { ...answer, reason }, silence }
  }

const options = readOptions()
const rail = await openRail({ options, name: 'hue-s', reasons: ['AG01', 'AC01', 'AM14'] })
serve({
  port: options.port,
  routes: { ...railRoutes(rail), 'POST /payments': postPayment(rail) },
  log: (call) => rail.write({ type: 'call', at: rail.state.clock.date, ...call }),
  close: rail.close,
})
