/**
 * How long it takes to say who receives for a whole province, chunk by chunk, and to look at the holds again: figures of
 * one run. Usage: node --import tsx scripts/bench/payees.ts [people] (with DATA_DIR of its own)
 */
import { openApp, openEngine, setUp, vaultOf } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import type { Act } from '../../src/lib/act.ts'
import { localDate, month, stopwatch } from '../../src/lib/time.ts'
import { registry } from '../../src/registry/registry.ts'
import { makeStaff, personId } from '../demo/people.ts'
import { makePopulation } from '../demo/population.ts'

const cases = Number(process.argv[2] ?? '60000')
const august = month('2023-08')
const config = readConfig()
const engine = await openEngine(config)
await setUp(engine.urls)
const db = openApp(engine.urls, 'batch', 1)
const by: Act = { actor: personId(1, 1), via: 'bench', scope: 'province' }
const say = (line: string) => process.stdout.write(`${line}\n`)

try {
  const communes = await db.transact(by, (tx) => registry.communesIn(tx, august))
  const options = { cases, month: august, seed: 'bench', faults: 'none' as const }
  const entering = stopwatch()
  const asked = await db.transact(by, async (tx) => {
    const { people } = makeStaff(communes, 'bench')
    const officers = { people, representations: [], accounts: [], enrolments: [] }
    await registry.enter(tx, vaultOf(config), by, officers, personId(1, 2))
    const all = []
    for (const intake of makePopulation(communes, options)) {
      await registry.enter(tx, vaultOf(config), by, intake, personId(1, 2))
      all.push(
        ...intake.enrolments.map(({ personId: id, programme }) => ({ personId: id, programme })),
      )
    }
    return all
  })
  say(`entered ${String(asked.length)} cases in ${(entering() / 1000).toFixed(1)} s`)
  const asking = stopwatch()
  const on = localDate('2023-08-01')
  const found = await db.transact(by, (tx) =>
    registry.payees.of(tx, { month: august, on, people: asked }),
  )
  const askedMs = asking()
  const rows = asked.flatMap((one) => {
    const key = `${one.personId}:${one.programme}`
    const payee = found.get(key)
    return payee === undefined ? [] : [{ key, enrolmentId: one.personId, ...one, ...payee }]
  })
  const holding = stopwatch()
  const holds = await db.transact(by, (tx) => registry.payees.holds(tx, { on, rows }))
  say(
    `payees of ${String(found.size)}: ${askedMs.toFixed(0)} ms; holds: ${holding().toFixed(0)} ms (${String(holds.size)} held)`,
  )
} finally {
  await db.close()
  await engine.stop()
}
