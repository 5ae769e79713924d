/**
 * Single payments through the wallet: two workers with every state and entry durable, against a bare undici loop of the
 * same concurrency that only signs its calls. Same simulator, one run, in rounds that take turns.
 *
 *   node --import tsx scripts/bench/wallet.ts [--payments 10000] [--at-once 50] [--jobs 2] [--rounds 5]
 * `payments` are those of a round.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pg, { type Client } from 'pg'
import { Agent, request } from 'undici'
import { openApp, openEngine, setUp } from '../../src/compose.ts'
import { openPayoutQueues } from '../../src/compose-payouts.ts'
import { readConfig } from '../../src/config.ts'
import type { Database } from '../../src/lib/db.ts'
import type { JobQueue } from '../../src/lib/queue.ts'
import type { OrderRef } from '../../src/payouts/payouts-store.ts'
import { stopwatch, unixMs } from '../../src/lib/time.ts'
import { walletRowsMax } from '../../src/payouts/channels/hue-s.ts'
import { hueSSeal, signatureKeys } from '../../src/payouts/channels/hue-s-signature.ts'
import { sendOrderJob } from '../../src/payouts/jobs.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import {
  approve,
  enterTown,
  fund,
  payday,
  release,
  submit,
  treasurer,
} from '../../test/support/town.ts'
import { launch } from '../simulators/launch.ts'
import { spreadOf } from './measure.ts'
import { startWorkers } from './wallet-workers.ts'
import { walletKeys } from '../simulators/wallet-signature.ts'

const { values } = parseArgs({
  options: {
    payments: { type: 'string', default: '10000' },
    'at-once': { type: 'string', default: '50' },
    jobs: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '5' },
  },
})
const [payments, atOnce, rounds] = [values.payments, values['at-once'], values.rounds].map(
  Number,
) as [number, number, number]
const WORKERS = 2
const COMMUNES = 20
const ROUND_MS_MAX = 120_000
const FUNDS = 999_999_999_999n
/** As the service plans them for a wallet whose rate nobody has limited. */
const LIMITS = { rowsMax: walletRowsMax(null), amountMax: 499_999_999n }
const seal = hueSSeal(signatureKeys(walletKeys.calls), unixMs)

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/** Calls the wallet's console or its own routes, signed; throws unless it answers 200. */
async function post(url: string, path: string, body: object, dispatcher?: Agent): Promise<void> {
  const text = JSON.stringify(body)
  const { headers } = seal.begin({ method: 'POST', target: path, body: text })
  const answer = await request(url + path, {
    method: 'POST',
    body: text,
    headers: { 'content-type': 'application/json', ...headers },
    ...(dispatcher && { dispatcher }),
  })
  await answer.body.json()
  if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.statusCode}`)
}

/** The bare loop: as many calls at once as all workers together, nothing else. Returns milliseconds. */
async function bare(url: string, run: string): Promise<number> {
  const connections = WORKERS * atOnce
  const dispatcher = new Agent({ connections, pipelining: 1 })
  let next = 0
  const elapsed = stopwatch()
  const lane = async () => {
    for (let n = next++; n < payments; n = next++) {
      const reference = `${run}${String(n).padStart(15, '0')}`
      const order = { account: 'bare', wallet: '0900000001', name: 'NGUYEN VAN AN MAU' }
      await post(url, '/payments', { reference, ...order, amount: '360000', text: 'T' }, dispatcher)
    }
  }
  await Promise.all(Array.from({ length: connections }, lane))
  const ms = elapsed()
  await dispatcher.close()
  return ms
}

/** How many instructions are in each state. */
const states = (db: Database) =>
  db.transact(
    treasurer,
    (tx) =>
      tx.$queryRaw<{ state: string; count: number }[]>`
      select state, count(*)::integer as count from instruction group by state order by state`,
  )

/**
 * Whether some orders are still to be sent or recorded: asked through small indexes by a connection that is plain and
 * plans once, so that asking, twenty times a second, costs what is measured next to nothing.
 */
async function isSending(watch: Client, orderIds: readonly string[]): Promise<boolean> {
  const { rows } = await watch.query<{ sending: boolean }>({
    name: 'is-sending',
    text: `
      select exists (select 1 from unnest($1::text[]) as o (id) cross join lateral (
                       select 1 from instruction i where i.order_id = o.id and i.state = 'QUEUED' limit 1) q)
          or exists (select 1 from (select 1 from instruction where state = 'SUBMITTING' order by claimed_at limit 1) s) as sending`,
    values: [orderIds],
  })
  return rows[0]?.sending ?? false
}

/**
 * Sends some orders through the workers. Returns milliseconds from the adding of the jobs to the last recorded answer. On a
 * machine so busy that a claim grows too old to be sent, its job is offered again, as the sweep does.
 */
async function ours(
  { db, watch, queue }: { readonly db: Database; readonly watch: Client; readonly queue: JobQueue },
  orders: readonly OrderRef[],
): Promise<number> {
  const elapsed = stopwatch()
  const ids = new Set(orders.map(({ orderId }) => orderId))
  const offer = (some: readonly OrderRef[]) =>
    queue.add(
      sendOrderJob,
      some.map((order) => ({ ...order, on: payday })),
    )
  await offer(orders)
  for (let looks = 1; await isSending(watch, [...ids]); looks += 1) {
    if (elapsed() > ROUND_MS_MAX) throw new Error('a round does not end: see what the workers say')
    if (looks % 40 === 0) {
      const left = await db.transact(treasurer, payouts.ordersToSend)
      await offer(left.filter(({ orderId }) => ids.has(orderId)))
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return elapsed()
}

async function prepare(db: Database, walletUrl: string): Promise<void> {
  const cases = Array.from({ length: COMMUNES }, () => ({
    wallet: ((1 + rounds) * payments) / COMMUNES,
  }))
  const communes = await enterTown({ app: db }, cases)
  const units = new Set(communes.map(({ payingUnit }) => payingUnit))
  for (const unit of units) await fund({ app: db }, unit, FUNDS)
  for (const commune of communes) {
    const list = await submit({ app: db }, commune)
    await approve({ app: db }, list)
    await release({ app: db }, list)
  }
  await post(walletUrl, '/clock', { date: payday })
  const money = { direction: 'in', counterparty: 'KBNN', amount: String(FUNDS), purpose: '' }
  for (const account of ['bare', ...units])
    await post(walletUrl, '/transfers', { reference: `fund:${account}`, account, ...money })
}

const folder = await mkdtemp(join(tmpdir(), 'ansinh-wallet-bench-'))
await chmod(folder, 0o755)
const config = readConfig({ DATA_DIR: folder })
const engine = await openEngine(config)
await setUp(engine.urls)
const wallet = await launch('hue-s', { folder, seed: 'bench', faults: 'none' })
const db = openApp(engine.urls, 'batch', 4)
const queues = openPayoutQueues(config, engine.urls)
const watch = new pg.Client({
  connectionString: engine.urls.owner,
  options: `-c search_path=${engine.urls.schema}`,
})
await watch.connect()
const sending = { db, watch, queue: queues.of('hue-s') }
try {
  await prepare(db, wallet.url)
  const workers = startWorkers(
    { urls: engine.urls, walletUrl: wallet.url },
    { count: WORKERS, atOnce, jobs: values.jobs },
  )
  // Ready before there is work, as in production.
  await new Promise((resolve) => setTimeout(resolve, 6_000))
  const orders = await db.transact(treasurer, async (tx) => {
    await payouts.planOrders(tx, treasurer, payday, { bank: LIMITS, 'hue-s': LIMITS })
    return [...(await payouts.ordersToSend(tx))]
  })
  const times: { readonly loop: number; readonly own: number }[] = []
  for (let round = 0; round <= rounds; round += 1) {
    const part = orders.filter((_, at) => at % (1 + rounds) === round)
    const own = await ours(sending, part)
    times.push({ loop: await bare(wallet.url, String(round)), own })
  }
  // Of the first round nothing is told: compilers and plans are warm after it, as in a service that runs.
  times.shift()
  for (const { child, exited } of workers) {
    child.stdin.end()
    await exited
  }
  say(`states: ${(await states(db)).map(({ state, count }) => `${state} ${count}`).join(', ')}`)
  say(
    `${payments} payments a round, ${WORKERS} workers x ${atOnce} calls at once, ${values.jobs} jobs each`,
  )
  const rate = (ms: number) => ((payments / ms) * 1_000).toFixed(0)
  for (const { loop, own } of times) {
    say(
      `  bare ${rate(loop)} calls/s, workers ${rate(own)} calls/s, ratio ${(loop / own).toFixed(2)}`,
    )
  }
  const { median } = spreadOf(times.map(({ loop, own }) => loop / own))
  say(`ratio ${median.toFixed(2)}, median of the rounds (promised: 0.60 or more)`)
  process.exitCode = median >= 0.6 ? 0 : 1
} finally {
  await queues.close()
  await watch.end()
  await db.close()
  wallet.child.stdin?.end()
  await wallet.exited
  await engine.stop()
  await rm(folder, { recursive: true, force: true })
}
