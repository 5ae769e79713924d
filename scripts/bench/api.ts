import { fork } from 'node:child_process'
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { month, stopwatch } from '../../src/lib/time.ts'
import { startBare } from './api-bare.ts'
import type { Recorded } from './api-bare.ts'
import type { Load, LoadSeen } from './api-load.ts'
import { makeApiWorld } from './api-world.ts'
import { costsOf, interleave, percentile, ratioOf } from './measure.ts'

/**
 * What the interface costs: reads of a list page, a person and coverage, as requests a second against a bare Express handler
 * that runs the same SQL through `pg` inside the same BEGIN, SET LOCAL, COMMIT, side by side in one run; and the p99 at 100
 * requests a second, where coverage is remembered as in production. Each read has two bare ones: with all that the request asked of the database, the session included, and
 * with its last transaction alone, the read itself.
 *
 *   npm run bench:api [-- --cases 60000 --months 36 --seconds 5 --rounds 5]
 */
const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '60000' },
    months: { type: 'string', default: '36' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '5' },
  },
})
const RATIO_MIN = 0.5
const P99_MS_MAX = 150
const RATE = 100
const CONNECTIONS = 8

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const making = stopwatch()
const size = { cases: Number(values.cases), months: Number(values.months) }
const bench = await makeApiWorld({ ...size, month: month('2023-08'), connections: CONNECTIONS })
const { world, api, counting, headers, reads } = bench
say(
  `${size.cases.toLocaleString('en')} cases, ${String(size.months)} months, made in ${(making() / 1000).toFixed(0)} s`,
)

const child = fork('scripts/bench/api-load.ts', { execArgv: ['--import', 'tsx'] })
const load = async (what: Partial<Load> & Pick<Load, 'origin' | 'paths'>): Promise<LoadSeen> => {
  const whole = { headers, connections: CONNECTIONS, ms: Number(values.seconds) * 1_000, ...what }
  const answer = once(child, 'message')
  child.send(whole satisfies Load)
  const [seen] = (await answer) as [LoadSeen]
  if (seen.failed > 0) throw new Error(`${String(seen.failed)} of ${String(seen.count)} refused`)
  return seen
}
const origin = (port: number): string => `http://127.0.0.1:${String(port)}`

/** What one read asks of the database. The first request remembers roles: the second is what all others are. */
async function recorded(path: string): Promise<readonly Recorded[]> {
  const ask = async () => {
    const answer = await fetch(`${origin(counting.port)}${path}`, { headers })
    if (answer.status !== 200) throw new Error(`${path}: ${String(answer.status)}`)
    await answer.arrayBuffer()
  }
  await ask()
  return bench.record(ask)
}

const whole = new Map<string, readonly Recorded[]>()
for (const path of Object.values(reads)) {
  const transactions = await recorded(path)
  const bare = new URL(path, origin(1)).pathname
  whole.set(bare, transactions)
  whole.set(`/alone${bare}`, transactions.slice(-1))
}
const { urls } = world
const bare = await startBare(urls.app, {
  ...{ schema: urls.schema, connections: CONNECTIONS, paths: whole },
})

const costOf = async (port: number, path: string): Promise<number> => {
  const { count, elapsedMs } = await load({ origin: origin(port), paths: [path] })
  return (elapsedMs * 1_000) / count
}

let ok = true
for (const [name, path] of Object.entries(reads)) {
  const costs = await interleave(
    [
      { name: 'api', round: () => costOf(counting.port, path) },
      { name: 'bare', round: () => costOf(bare.port, path) },
      { name: 'alone', round: () => costOf(bare.port, `/alone${path}`) },
    ],
    { rounds: Number(values.rounds) },
  )
  const [same, alone] = [ratioOf(costs, 'bare', 'api'), ratioOf(costs, 'alone', 'api')]
  const perSecond = (who: string) => (1_000_000 / percentile(costsOf(costs, who), 0.5)).toFixed(0)
  ok &&= same.median >= RATIO_MIN
  say(
    `${same.median >= RATIO_MIN ? 'ok   ' : 'BELOW'} ${name}: ${perSecond('api')} requests/s, bare ${perSecond('bare')}, ratio ${same.median.toFixed(2)} [${same.low.toFixed(2)}–${same.high.toFixed(2)}] (bar ≥ ${String(RATIO_MIN)}); without the session's transaction ${perSecond('alone')}, ratio ${alone.median.toFixed(2)}`,
  )
}

const paths = Object.values(reads)
const steady = await load({
  origin: origin(api.port),
  paths,
  rate: RATE,
  ms: 20_000,
  connections: 64,
})
const p99 = percentile(steady.latencies, 0.99)
ok &&= p99 <= P99_MS_MAX
say(
  `${p99 <= P99_MS_MAX ? 'ok   ' : 'BELOW'} all three at ${String(RATE)} requests/s: p50 ${percentile(steady.latencies, 0.5).toFixed(0)} ms, p99 ${p99.toFixed(0)} ms (bar ≤ ${String(P99_MS_MAX)})`,
)
child.kill()
await bare.stop()
await bench.stop()
process.exitCode = ok ? 0 : 1
