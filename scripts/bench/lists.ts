import { parseArgs } from 'node:util'
import type { Database, Tx } from '../../src/lib/db.ts'
import { addMonths, month, stopwatch } from '../../src/lib/time.ts'
import type { Month } from '../../src/lib/time.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import { by, inTurns, makeWorld } from './lists-world.ts'
import { percentile } from './measure.ts'

/**
 * What drawing up a province's lists costs: all lists of a month drawn up, frozen and compared with last month.
 * `--cases 59991` people, then `--big 1000000`; `--quick` leaves the big one out. Prints seconds, microseconds a person,
 * statements a list, and the ratio of both sizes.
 */
const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '59991' },
    big: { type: 'string', default: '1000000' },
    together: { type: 'string', default: '5000' },
    quick: { type: 'boolean', default: false },
  },
})
const AUGUST = month('2023-08')
const SECONDS_MAX = 5
const RATIO_MAX = 1.25
/** Rows of last month in the communes that are drawn up in one transaction. */
const ROWS_TOGETHER = Number(values.together)

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/** The same transaction, counting the statements that go through it. */
function counting(tx: Tx, count: () => void): Tx {
  return new Proxy(tx, {
    get(target, name) {
      if (name === '$queryRaw' || name === '$executeRaw') count()
      return Reflect.get(target, name) as unknown
    },
  })
}

/** Communes in the order of their codes, as many at a time as had some thousands of rows last month. */
async function together(
  db: Database,
  communes: readonly CommuneRow[],
  of: Month,
): Promise<readonly (readonly CommuneRow[])[]> {
  const last = await db.transact(by, (tx) => payouts.lists.of(tx, addMonths(of, -1)))
  const rows = new Map(last.map(({ communeId, rowCount }) => [communeId, rowCount]))
  const groups: CommuneRow[][] = []
  let filled = ROWS_TOGETHER
  for (const commune of communes) {
    const count = rows.get(commune.id) ?? 0
    if (filled + count > ROWS_TOGETHER) {
      groups.push([])
      filled = 0
    }
    groups.at(-1)?.push(commune)
    filled += count
  }
  return groups
}

async function measure(cases: number): Promise<number> {
  const begun = stopwatch()
  const { db, communes, month: of, cpuMs, stop } = await makeWorld(cases, AUGUST)
  say(
    `${cases.toLocaleString('en')} people in ${String(communes.length)} communes, made in ${(begun() / 1000).toFixed(0)} s`,
  )
  const statements: number[] = []
  const before = await cpuMs()
  const drawing = stopwatch()
  await inTurns(await together(db, communes, of), (some) => {
    let count = 0
    return db
      .transact(by, async (tx) => {
        const counted = counting(tx, () => (count += 1))
        const lists = await payouts.lists.submitAll(counted, by, some, of)
        const ids = lists.map(({ id }) => id)
        await payouts.lists.changes.of(counted, ids)
      })
      .then(() => statements.push(count))
  })
  const drawn = drawing()
  const after = await cpuMs()
  const [node, database] = [after.node - before.node, after.database - before.database]
  const month = stopwatch()
  const groups = await db.transact(by, (tx) => payouts.lists.changes.in(tx, of))
  const compared = month()
  const sum = (change: (group: (typeof groups)[number]) => boolean) =>
    groups.filter(change).reduce((all, { count }) => all + count, 0)
  const rows = sum(({ change }) => change !== 'gone')
  await stop()
  const perPerson = (drawn * 1000) / rows
  say(
    `  drawn up, frozen and compared, list by list: ${(drawn / 1000).toFixed(2)} s, ${perPerson.toFixed(1)} µs a row, ${rows.toLocaleString('en')} rows`,
  )
  say(
    `  of this, processor: ${(node / 1000).toFixed(2)} s here, ${(database / 1000).toFixed(2)} s in the database`,
  )
  say(
    `  new ${String(sum(({ change }) => change === 'new'))}, gone ${String(sum(({ change }) => change === 'gone'))}; the whole month compared once more in ${(compared / 1000).toFixed(2)} s`,
  )
  say(
    `  statements a list: ${String(Math.min(...statements))} to ${String(Math.max(...statements))} (median ${String(percentile(statements, 0.5))})`,
  )
  return perPerson
}

const small = await measure(Number(values.cases))
const seconds = (small * 59_991) / 1_000_000
say(
  `${seconds <= SECONDS_MAX ? 'ok   ' : 'BELOW'} 59,991 people in ${seconds.toFixed(2)} s (bar ≤ ${String(SECONDS_MAX)})`,
)
let ok = seconds <= SECONDS_MAX
if (!values.quick) {
  const ratio = (await measure(Number(values.big))) / small
  say(
    `${ratio <= RATIO_MAX ? 'ok   ' : 'BELOW'} cost a row, big against small: ${ratio.toFixed(2)} (bar ≤ ${String(RATIO_MAX)})`,
  )
  ok &&= ratio <= RATIO_MAX
}
process.exitCode = ok ? 0 : 1
