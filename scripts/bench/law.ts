import { parseArgs } from 'node:util'
import type { Act, PersonId } from '../../src/lib/act.ts'
import { addMonths, month, stopwatch } from '../../src/lib/time.ts'
import { openApp, openEngine, setUp, vaultOf } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import { readLaw } from '../../src/registry/law-store.ts'
import { registry } from '../../src/registry/registry.ts'
import type { LawEnrolment } from '../../src/registry/rules-facts.ts'
import { entitlement } from '../../src/registry/rules.ts'
import { makePopulation } from '../demo/population.ts'
import { spreadOf } from './measure.ts'

/** What the law costs: people a second of the pure function, and of `dueIn` over all communes. `--people 59991`, `--rounds 5`. */
const { values } = parseArgs({
  options: {
    people: { type: 'string', default: '59991' },
    rounds: { type: 'string', default: '5' },
  },
})
const say = (line: string) => process.stdout.write(`${line}\n`)
const OF = month('2023-08')
const by: Act = {
  actor: '00000000-0000-7000-8000-0000000000be' as PersonId,
  via: 'bench',
  scope: 'province',
}
const other = '00000000-0000-7000-8000-0000000000bf' as PersonId

const config = readConfig()
const engine = await openEngine(config)
await setUp(engine.urls)
const db = openApp(engine.urls, 'batch', 2)
try {
  const communes = await db.transact(by, (tx) => registry.communesIn(tx, OF))
  const { people } = await db.transact(by, (tx) => registry.count(tx, OF))
  if (people === 0) {
    const options = {
      cases: Number(values.people),
      month: OF,
      seed: 'hue-2023',
      faults: 'none' as const,
    }
    for (const intake of makePopulation(communes, options)) {
      await db.transact(by, (tx) => registry.enter(tx, vaultOf(config), by, intake, other))
    }
  }
  await measureLaw()
  await measureDue(communes.map(({ id }) => id))
} finally {
  await db.close()
  await engine.stop()
}

/** The pure law: three enrolments a person, one month each. */
async function measureLaw(): Promise<void> {
  const law = await db.transact(by, readLaw)
  const facts = {
    ...{ start: month('2022-01'), last: null, studyingUntil: null, pregnantUntil: null },
    ...{ poor: false, children: [], spouseHas: null, suspensions: [] },
  }
  const heads = ['NKT_N', 'NCT_80', 'CS_HGD_DBN']
  const enrolments: readonly LawEnrolment[] = heads.map((head) => ({ ...facts, id: head, head }))
  const person = { birthDate: month('1940-03'), diedOn: null }
  const count = Number(values.people)
  const speeds = Array.from({ length: Number(values.rounds) + 1 }, () => {
    const elapsed = stopwatch()
    for (let n = 0; n < count; n += 1) entitlement(person, enrolments, addMonths(OF, n % 12), law)
    return count / (elapsed() / 1000)
  }).slice(1)
  say(`pure law, three heads a person: ${inWords(speeds)} people/s`)
}

/** All lists of a province in the first month: nothing is carried yet. */
async function measureDue(communes: readonly number[]): Promise<void> {
  const none = () => Promise.resolve([])
  const entitled = { entitled: none, entitledMerged: none }
  const seconds: number[] = []
  let lines = 0
  for (let round = 0; round <= Number(values.rounds); round += 1) {
    lines = 0
    const elapsed = stopwatch()
    for (const communeId of communes) {
      const due = await db.transact(by, (tx) =>
        registry.dueIn(tx, { communes: [communeId], month: OF, ...entitled }),
      )
      lines += due.length
    }
    if (round > 0) seconds.push(elapsed() / 1000)
  }
  const { median, low, high } = spreadOf(seconds)
  const spread = `${low.toFixed(2)}–${high.toFixed(2)}`
  say(
    `dueIn of ${communes.length} communes: ${median.toFixed(2)} s (${spread}) for ${lines} lines, ${Math.round(lines / median)} people/s`,
  )
}

function inWords(speeds: readonly number[]): string {
  const { median, low, high } = spreadOf(speeds)
  return `${Math.round(median)} (${Math.round(low)}–${Math.round(high)})`
}
