import type { Config } from './config.ts'
import type { Act, PersonId } from './lib/act.ts'
import type { Database } from './lib/db.ts'
import type { Listener } from './lib/listener.ts'
import type { Logger } from './lib/log.ts'
import type { Metrics } from './lib/metrics.ts'
import { migrationNames } from './lib/migrations.ts'
import { openPrivateListener } from './lib/private-listener.ts'
import type { PrivateAnswer } from './lib/private-listener.ts'
import type { JobQueue } from './lib/queue.ts'
import { renewing } from './lib/renewing.ts'
import { stopwatch, unixMs } from './lib/time.ts'
import type { HealthDeps, Readiness } from './operations/health.ts'
import { operations } from './operations/operations.ts'
import { OPERATIONS_QUEUE } from './operations/schedule.ts'

/** Who asks for figures. */
const SCRAPER: Act = {
  actor: '00000000-0000-7000-8000-000000000000' as PersonId,
  via: 'metrics',
  scope: 'province',
}

/** What lets a process be watched: readiness, and the private port when the settings name one. */
export interface Watch {
  readonly readiness: () => Promise<Readiness>
  /** The private port's number; null without one. */
  readonly port: number | null
  close(): Promise<void>
}

/** Opens what watches a process of ours. */
export async function openWatch(
  config: Config,
  deps: {
    readonly db: Database
    readonly queue: JobQueue
    readonly log: Logger
    readonly metrics: Metrics
  },
): Promise<Watch> {
  const { db, queue, log, metrics } = deps
  const migrations = await migrationNames()
  const health: HealthDeps = { db, migrations, queue: () => queue.counts(), nowMs: unixMs, log }
  // Health is asked by anybody: who asks again within a second gets the same answer.
  const remembered = renewing<Readiness>(1_000, stopwatch())
  const readiness = () => remembered('readiness', () => operations.readiness(health))
  const listener = await privatePort(config, {
    log,
    paths: {
      '/livez': () => Promise.resolve(json(200, { alive: true })),
      '/readyz': async () => {
        const found = await readiness()
        return json(found.ready ? 200 : 503, found)
      },
      '/metrics': scraping(db, queue, metrics),
    },
  })
  return {
    readiness,
    port: listener?.port ?? null,
    close: () => listener?.close() ?? Promise.resolve(),
  }
}

async function privatePort(
  { OPS_HOST: host, OPS_PORT: port }: Config,
  {
    log,
    paths,
  }: {
    readonly log: Logger
    readonly paths: Readonly<Record<string, () => Promise<PrivateAnswer>>>
  },
): Promise<Listener | null> {
  if (port === undefined) return null
  return openPrivateListener({
    ...{ host, port, paths },
    onError: (error) =>
      log.error({
        event: 'watch.failed',
        error: error instanceof Error ? error.message : String(error),
      }),
  })
}

/** Reads the numbers; what moved is counted from the first reading on, and in one reading at a time. */
function scraping(db: Database, queue: JobQueue, metrics: Metrics): () => Promise<PrivateAnswer> {
  let since: Date | null = null
  let last: Promise<unknown> = Promise.resolve()
  const count = async () => {
    const of = since
    const { until, moved } = await db.transact(SCRAPER, (tx) => operations.transitionsSince(tx, of))
    since = until
    for (const one of moved) metrics.moved(one)
  }
  return async () => {
    last = last.catch(() => undefined).then(count)
    await last
    return scraped(db, queue, metrics)
  }
}

async function scraped(db: Database, queue: JobQueue, metrics: Metrics): Promise<PrivateAnswer> {
  const [figures, pool] = await db.transact(
    SCRAPER,
    async (tx) => [await operations.figures(tx), db.pool()] as const,
  )
  const { used, waiting } = pool
  const pools = Object.entries({ used, waiting }).map(([state, value]) => ({
    ...{ name: 'db_pool', labels: { state }, value },
  }))
  const depths = Object.entries(await queue.counts()).map(([state, value]) => ({
    ...{ name: 'job_queue_depth', labels: { queue: OPERATIONS_QUEUE, state }, value },
  }))
  const text = await metrics.text([...figures, ...pools, ...depths])
  return { status: 200, type: metrics.contentType, text }
}

const json = (status: number, value: unknown): PrivateAnswer => ({
  ...{ status, type: 'application/json', text: JSON.stringify(value) },
})
