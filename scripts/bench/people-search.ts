/**
 * How long a search for people takes, p50 and p95, at the size of a province and of a country, beside its bar.
 *
 *   node --import tsx scripts/bench/people-search.ts [--sizes 60000,3500000] [--rounds 5]
 */
import { parseArgs } from 'node:util'
import type { Act } from '../../src/lib/act.ts'
import { openVault } from '../../src/lib/vault.ts'
import { registry } from '../../src/registry/registry.ts'
import { by, openServer } from './ledger-server.ts'
import type { BenchDatabase } from './ledger-server.ts'
import { percentile } from './measure.ts'
import { fillPeople } from './people-fill.ts'

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '60000,3500000' },
    rounds: { type: 'string', default: '5' },
  },
})

/** Milliseconds at the 95th percentile (issue 3, M10). */
const barOf = (people: number) => (people <= 60_000 ? 150 : 300)

/** What officers type: two letters, families, middles and given names, frequent and rare, near and far in the order. */
const TEXTS = [
  ...['ng', 'th', 'vy', 'an', 'tr', 'xu', 'uo', 'qu', 'em', 'zz'],
  ...['nguyen', 'tran', 'thi', 'van', 'dao', 'ung', 'quach', 'kieu', 'yen', 'tuyet', 'trang'],
  ...['nguyen van dao', 'van da', 'nguyen thi', 'vo vy', 'dao xuan', 'le thi y', 'ton nu', 'anh h'],
  ...['nguyễn thị ánh', 'tuyet ng', 'quach thi vuong', 'xuan xuan', 'trần yến', 'kieu khue', 'sen'],
]

const vault = openVault({
  data: [{ id: 'b1', key: Buffer.alloc(32, 1) }],
  index: Buffer.alloc(32, 2),
})
const officer = (communes: readonly number[]): Act => ({ ...by, scope: { communes } })
const ASKERS: readonly (readonly [string, Act])[] = [
  ['province', by],
  ['a commune', officer([7])],
  ['a district of 18', officer(Array.from({ length: 18 }, (_, at) => 40 + at))],
]

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/** The milliseconds of each search, and the slowest texts. Every second round asks for the page after the first. */
async function measure({ face }: BenchDatabase, act: Act, rounds: number) {
  const taken: { text: string; ms: number }[] = []
  for (let round = 0; round <= rounds; round += 1) {
    for (const text of TEXTS) {
      const ask = (after: Parameters<typeof registry.people.search>[3]['after'] = null) =>
        face.transact(act, (tx) => registry.people.search(tx, vault, act, { text, after }))
      const after = round % 2 === 1 ? (await ask()).next : null
      const start = performance.now()
      await ask(after)
      // The first round warms up.
      if (round > 0) taken.push({ text, ms: performance.now() - start })
    }
  }
  const slowest = taken.toSorted((a, b) => b.ms - a.ms).slice(0, SLOWEST)
  return { times: taken.map(({ ms }) => ms), slowest }
}

/** How many of the slowest are named. */
const SLOWEST = 6

let below = 0
const server = await openServer(undefined)
try {
  for (const people of values.sizes.split(',').map(Number)) {
    const start = performance.now()
    const database = await server.ledgerDatabase(`people_${String(people)}`, [])
    const owner = await database.asOwner()
    await fillPeople(owner, people)
    const seconds = ((performance.now() - start) / 1000).toFixed(0)
    say(`${String(people)} people (PostgreSQL ${server.version}, filled in ${seconds} s)`)
    for (const [name, act] of ASKERS) {
      const { times, slowest } = await measure(database, act, Number(values.rounds))
      const [p50, p95] = [percentile(times, 0.5), percentile(times, 0.95)]
      const ok = p95 <= barOf(people)
      if (!ok) below += 1
      say(
        `  ${ok ? 'ok   ' : 'BELOW'} ${name}: p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms (bar ≤ ${String(barOf(people))}), ` +
          `slowest ${slowest.map(({ ms, text }) => `"${text}" ${ms.toFixed(0)}`).join(', ')}; ${String(times.length)} searches`,
      )
    }
  }
} finally {
  await server.stop()
}
process.exitCode = below === 0 ? 0 : 1
