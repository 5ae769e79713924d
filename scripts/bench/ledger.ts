import { parseArgs } from 'node:util'
import { measureBig } from './ledger-big.ts'
import { openServer } from './ledger-server.ts'
import type { BenchServer } from './ledger-server.ts'
import { measureSets, measureWriters } from './ledger-sets.ts'
import { measureSingles } from './ledger-singles.ts'
import { costsOf, ratioOf, spreadOf, type Costs } from './measure.ts'

/** What the ledger costs, as ratios measured side by side in one run. `--quick`: smaller; `--only a,c`: some parts. */
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: 'a,b,c,d' },
    url: { type: 'string' },
  },
})

let below = 0

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Prints a ratio of costs beside its bar; `at least` when more is better. */
function judge(
  name: string,
  value: number,
  bar: number,
  better: 'more' | 'less',
  spread = '',
): void {
  const ok = better === 'more' ? value >= bar : value <= bar
  if (!ok) below += 1
  const sign = better === 'more' ? '≥' : '≤'
  say(
    `  ${ok ? 'ok   ' : 'BELOW'} ${name}: ${value.toFixed(2)} (bar ${sign} ${String(bar)}${spread})`,
  )
}

function judgeRatio(
  costs: Costs,
  name: string,
  over: string,
  under: string,
  bar: number,
  better: 'more' | 'less' = 'more',
): void {
  const { median, low, high } = ratioOf(costs, over, under)
  judge(name, median, bar, better, `; middle half ${low.toFixed(2)}–${high.toFixed(2)}`)
}

function rates(costs: Costs): void {
  for (const name of costs.keys()) {
    const { median } = spreadOf(costsOf(costs, name))
    say(`    ${name.padEnd(20)} ${Math.round(1_000_000 / median).toLocaleString('en')} entries/s`)
  }
}

async function sets(server: BenchServer): Promise<void> {
  for (const size of [1_000, 2_000, 5_000]) {
    const costs = await measureSets(server, {
      rounds: values.quick ? 3 : 5,
      total: values.quick ? 20_000 : 60_000,
      size,
    })
    say(`a) sets of ${String(size)}, one connection`)
    rates(costs)
    judgeRatio(costs, 'door against bare insert … select', 'insert', 'door', 0.6)
    judgeRatio(costs, 'door against COPY', 'copy', 'door', 0.3)
    if (values.quick) return
  }
}

async function singles(server: BenchServer): Promise<void> {
  const costs = await measureSingles(server, values.quick ? 3 : 7, values.quick ? 2_000 : 8_000)
  say('b) one entry a call, four connections; bare: begin, the same four writes prepared, commit')
  rates(costs)
  judgeRatio(costs, 'spread accounts, door against bare', 'transaction spread', 'door spread', 0.75)
  judgeRatio(costs, 'one hot account, door against bare', 'transaction hot', 'door hot', 0.5)
  judgeRatio(
    costs,
    'one hot account, door against bare spread',
    'transaction spread',
    'door hot',
    0.5,
  )
  for (const where of ['spread', 'hot']) {
    const { median } = ratioOf(costs, `statement ${where}`, `door ${where}`)
    say(`  (no bar) ${where}, against the four writes as one statement: ${median.toFixed(2)}`)
  }
}

async function writers(server: BenchServer): Promise<void> {
  const costs = await measureWriters(server, {
    rounds: values.quick ? 3 : 7,
    total: values.quick ? 16_000 : 48_000,
    size: 1_000,
  })
  say('c) four writers in sets of 1,000')
  rates(costs)
  judgeRatio(costs, 'on one account against on four', 'four', 'one', 0.6)
}

async function big(server: BenchServer): Promise<void> {
  const postings = values.quick ? 500_000 : 5_000_000
  const result = await measureBig(server, {
    postings,
    rounds: 5,
    total: values.quick ? 10_000 : 20_000,
  })
  say(`d) with ${postings.toLocaleString('en')} postings there`)
  rates(result.costs)
  judgeRatio(result.costs, 'cost per entry, big against empty', 'big', 'empty', 1.25, 'less')
  say('e) 1,000 random questions (account, date, block) to the face')
  judge('balance now, p95 in ms', result.balanceP95Ms, 5, 'less')
  judge('balance as of, p95 in ms', result.asOfP95Ms, 5, 'less')
  judge('answers that differ from a plain sum', result.wrong, 0, 'less')
}

const parts: Readonly<Record<string, (server: BenchServer) => Promise<void>>> = {
  a: sets,
  b: singles,
  c: writers,
  d: big,
}
const server = await openServer(values.url)
try {
  say(`PostgreSQL ${server.version}, rounds interleaved, medians`)
  for (const part of values.only.split(',')) await parts[part]?.(server)
} finally {
  await server.stop()
}
process.exitCode = below === 0 ? 0 : 1
