import { holderRoutes, refusalOf, type Holders } from './holders.ts'
import { HttpError, isDate, reader } from './input.ts'
import { pay, reject, statement, today, type Rail } from './rail.ts'
import { paymentView } from './rail-state.ts'
import { railRoutes } from './rail-routes.ts'
import type { Fate } from './faults.ts'
import type { Handler, Reply, Routes } from './serve.ts'
import type { Caller } from './wallet-callbacks.ts'
import type { WalletRules } from './wallet-rules.ts'

/** What the wallet's routes work on. */
export interface Wallet {
  readonly rail: Rail
  readonly rules: WalletRules
  readonly caller: Caller
  readonly holders: Holders
}

const linesPerPage = 1_000

/** Spoils an answer as the rules ask for it. */
const spoilt = ({ rules }: Wallet, id: string, reply: Reply): Reply => {
  const body = reply.body as Readonly<Record<string, unknown>>
  const amount = rules.take(id, 'wrong-amount') && { amount: '1' }
  const reference = rules.take(id, 'wrong-reference') && { reference: '230819750000D412' }
  const slow = rules.take(id, 'slow')
  const error = rules.take(id, 'error')
  const spoil = rules.spoilOf(id)
  const said = { ...reply, body: { ...body, ...amount, ...reference } }
  return {
    ...said,
    ...(slow && { delayMs: slow.amount }),
    ...(error && { status: error.amount, body: { error: 'internal error' } }),
    ...(rules.take(id, 'garbage') && { body: '<html>\u0000{"status":"exec', type: 'text/html' }),
    ...(spoil && { spoil }),
  }
}

const fateOf = ({ rules }: Wallet, id: string): Fate | undefined => {
  const rule = rules.take(id, 'reject', 'timeout-before', 'timeout-after', 'return')
  if (!rule) return undefined
  if (rule.fault === 'reject') return { kind: 'reject', reason: rule.value }
  if (rule.fault === 'return') return { kind: 'return', afterDays: rule.amount, reason: rule.value }
  return { kind: 'silent', executed: rule.fault === 'timeout-after', hang: true }
}

const postPayment =
  (wallet: Wallet): Handler =>
  async ({ body }) => {
    const { rail, rules, caller, holders } = wallet
    today(rail)
    const read = reader(body)
    const reference = read.name('reference')
    const order = {
      ...{ reference, account: read.name('account'), amount: read.amount('amount') },
      ...{ to: read.name('wallet'), name: read.name('name'), text: read.text('text') },
    }
    const id = `pay:${reference}`
    const barred = refusalOf(holders.get(order.to), order.name)
    const { result, reason, silence, saved } =
      barred === undefined ? pay(rail, order, fateOf(wallet, id)) : reject(rail, order, barred)
    const attempt = rail.state.attempts.get(reference) ?? 1
    await saved
    const amount = String(order.amount)
    if (result !== 'lost') {
      const called = caller.call({ reference, amount, status: result, attempt })
      if (rules.take(id, 'callback-first')) await called
    }
    const said = { reference, amount, status: result, ...(reason !== undefined && { reason }) }
    return { ...spoilt(wallet, id, { status: 200, body: said }), silence }
  }

const getPayment =
  (wallet: Wallet): Handler =>
  ({ params }) => {
    const reference = params['reference'] ?? ''
    const found = paymentView(wallet.rail.state, reference)
    const reply = found
      ? { status: 200, body: found }
      : { status: 404, body: { reference, status: 'not-found' } }
    return spoilt(wallet, `enquiry:${reference}`, reply)
  }

const postNameEnquiry =
  (walletOf: Wallet): Handler =>
  ({ body }) => {
    const wallet = reader(body).name('wallet')
    const said = holderOf(walletOf, wallet)
    const reply = { status: said.status === 'unknown' ? 404 : 200, body: said }
    return spoilt(walletOf, `name:${wallet}`, reply)
  }

const holderOf = ({ holders }: Wallet, wallet: string) => {
  const holder = holders.get(wallet)
  return holder
    ? { wallet, holderName: holder.name, status: holder.status }
    : { wallet, status: 'unknown' as const }
}

/** The same for many wallets, in their order. */
const postNameEnquiries =
  (walletOf: Wallet): Handler =>
  ({ body }) => {
    const wallets = reader(body)
      .texts('wallets')
      .map((wallet) => holderOf(walletOf, wallet))
    return spoilt(walletOf, 'names', { status: 200, body: { wallets } })
  }

const getReport =
  (wallet: Wallet): Handler =>
  ({ params, query }) => {
    const [account, date, page] = [query.get('account'), params['date'], Number(query.get('page'))]
    if (!isDate(date)) throw new HttpError(400, 'the date must be YYYY-MM-DD', 'date')
    if (!account) throw new HttpError(400, 'say which account: ?account=', 'account')
    const { statementId: reportId, lines, ...head } = statement(wallet.rail, account, date)
    const pages = Math.max(1, Math.ceil(lines.length / linesPerPage))
    if (!(page >= 1 && page <= pages)) throw new HttpError(404, 'there is no such page', 'page')
    const begin = (page - 1) * linesPerPage
    const id = `report:${date}:${String(page)}`
    const short = wallet.rules.take(id, 'page-short') ? 1 : 0
    const part = lines.slice(begin, begin + linesPerPage - short).slice(short)
    const counts = { lineCount: lines.length, page, pages }
    return spoilt(wallet, id, { status: 200, body: { reportId, ...head, ...counts, lines: part } })
  }

/** The wallet's own routes: what it offers, signed, and its console, by which the world is played. */
export const walletRoutes = (wallet: Wallet): Routes => {
  const { 'GET /statements/:date': _, ...common } = railRoutes(wallet.rail) as Record<
    string,
    Handler
  >
  return {
    ...(common as Routes),
    ...holderRoutes(wallet.rail),
    'POST /payments': postPayment(wallet),
    'GET /payments/:reference': getPayment(wallet),
    'POST /name-enquiries': postNameEnquiry(wallet),
    'POST /name-enquiries/batch': postNameEnquiries(wallet),
    'GET /reports/:date': getReport(wallet),
    'POST /rules': ({ body }) => ({ status: 200, body: { rules: wallet.rules.set(body) } }),
    'POST /callback-url': ({ body }) => {
      wallet.caller.listenAt(reader(body).name('url'))
      return { status: 200, body: {} }
    },
    'POST /down': ({ body }) => ({ status: 200, body: {}, downMs: reader(body).count('ms') }),
  }
}

/** What whoever plays the world may do without a signature. */
export const isConsole = (url: string): boolean =>
  /^\/(clock|holders|rules|callback-url|down)$/.test(url)
