/**
 * How long the lists of a month of all communes take as one piece of long work (npm run bench:papers-lists [cases] [format]
 * [issue]): asked for, written as PDF into one ZIP, sealed and kept, as a worker does it; with `issue` each numbered, signed by a
 * test authority and kept as well. Prints wall and CPU time of this process and how much
 * memory it had at the most.
 */
import { access } from '../../src/access/access.ts'
import { documents } from '../../src/documents/documents.ts'
import type { Act, PersonId } from '../../src/lib/act.ts'
import { createLog } from '../../src/lib/log.ts'
import { addMonths, localDate, month, stopwatch, unixMs } from '../../src/lib/time.ts'
import { operations } from '../../src/operations/operations.ts'
import { by, makeWorld } from './lists-world.ts'
import type { ListWorld } from './lists-world.ts'

const [casesText = '59991', format = 'pdf', how] = process.argv.slice(2)
const issue = how === 'issue'
/** The bar of issue 6. */
const SECONDS_MAX = 60

const asker = '0198c0de-0000-7000-8000-00000000be7e' as PersonId
const since = localDate('2020-01-01')

/** An officer of the province, who may read and issue all lists. */
async function enterOfficer({ db }: ListWorld): Promise<void> {
  const grant = { userId: asker, role: 'welfare-department', communes: null, since, until: null }
  await db.transact(by, async (tx) => {
    const user = { id: asker, kind: 'officer', fullName: 'Lê Văn Mẫu', idIndex: asker } as const
    await access.enterUser(tx, by, user, null)
    const confirmedBy = '0198c0de-0000-7000-8000-00000000be7f' as PersonId
    await access.grant(tx, by, { ...grant, document: 'QĐ 1', confirmedBy })
  })
}

function testSigner() {
  const text = documents.makeTestSigner(unixMs())
  return documents.openSigner({ key: text, certificates: text })
}

async function measure(world: ListWorld): Promise<void> {
  const { db, vault } = world
  const act: Act = { actor: asker, via: 'bench', scope: 'province' }
  const request = { month: addMonths(world.month, -1), format, issue }
  const asked = await db.transact(act, (tx) =>
    operations.jobs.ask(tx, vault, () => act, { kind: 'list-papers', request }),
  )
  let most = 0
  const looking = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 100)
  const [elapsedMs, before] = [stopwatch(), await world.cpuMs()]
  const papers = { signer: issue ? testSigner() : null, checkUrl: null, nowMs: unixMs }
  const log = createLog('error')
  await operations.runJobs({ db, vault, today: () => localDate('2023-08-03'), log, papers })
  const [seconds, after] = [elapsedMs() / 1000, await world.cpuMs()]
  clearInterval(looking)
  const job = await db.transact(act, (tx) => operations.jobs.get(tx, asked.id))
  const cpu = (of: 'node' | 'database') => ((after[of] - before[of]) / 1000).toFixed(1)
  process.stdout.write(
    `${job.state}: ${String(job.rowsDone)} lines as ${format}${issue ? ', issued,' : ''} in ${seconds.toFixed(1)} s (bar ${String(SECONDS_MAX)} s), CPU ${cpu('node')} s here and ${cpu('database')} s in the database, ${String(Math.round(most / 2 ** 20))} MB, file ${JSON.stringify(job.result)}\n`,
  )
  process.exitCode = job.state === 'DONE' && seconds < SECONDS_MAX ? 0 : 1
}

const world = await makeWorld(Number(casesText), month('2023-08'))
try {
  await enterOfficer(world)
  await measure(world)
} finally {
  await world.stop()
}
