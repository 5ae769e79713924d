import { readFileSync } from 'node:fs'
import { openApp } from './compose.ts'
import { signerOf } from './compose-documents.ts'
import { headKeeperOf } from './compose-heads.ts'
import { queueBackend } from './compose-queue.ts'
import type { Config } from './config.ts'
import { verifyAudit } from './ledger/verify-audit.ts'
import { verifyLedger } from './ledger/verify.ts'
import type { Act, PersonId } from './lib/act.ts'
import type { Database } from './lib/db.ts'
import type { Listener } from './lib/listener.ts'
import type { Logger } from './lib/log.ts'
import type { Metrics } from './lib/metrics.ts'
import { migrationNames } from './lib/migrations.ts'
import { openPrivateListener } from './lib/private-listener.ts'
import type { PrivateAnswer } from './lib/private-listener.ts'
import type { DatabaseUrls } from './lib/provision.ts'
import { openQueue, startWorker } from './lib/queue.ts'
import type { JobQueue } from './lib/queue.ts'
import type { SyslogCollector } from './lib/syslog.ts'
import { stopwatch, today, unixMs } from './lib/time.ts'
import type { Vault } from './lib/vault.ts'
import { within } from './lib/within.ts'
import { operations } from './operations/operations.ts'
import type { HealthDeps, Readiness } from './operations/health.ts'
import { outgoingTargetsOf } from './operations/outgoing-targets.ts'
import type { OutgoingTarget } from './operations/outgoing-targets.ts'
import {
  OPERATIONS_QUEUE,
  operationsHandlers,
  operationsRhythms,
  wakeJob,
} from './operations/schedule.ts'

/** Who asks for figures, and who says whom the settings name. */
const byProcess = (via: string): Act => ({
  actor: '00000000-0000-7000-8000-000000000000' as PersonId,
  via,
  scope: 'province',
})

/** Long work holds a connection, its progress another; checks, deliveries and seals have one each. */
const POOL_SIZE = 5
const AT_ONCE = 4
const CLOSING_MS = 1_000

/**
 * Starts what a worker does besides payments: seals, checks, hands over, delivers, and works long work off, by the clock
 * and when woken. The returned function ends it. Throws DomainError `config` when WEBHOOK_TARGETS is wrong, `head-key` when what
 * signs heads is, `paper-signer`, `port-taken` when its private port cannot be had.
 */
export async function startOperations(
  config: Config,
  deps: {
    readonly urls: DatabaseUrls
    readonly vault: Vault
    readonly log: Logger
    /** What the process counts; its private port tells them. */
    readonly metrics: Metrics
    readonly onFailed: (job: string, error: Error) => void
    /** Says that the process is to end. */
    readonly until: AbortSignal
  },
): Promise<() => Promise<void>> {
  const { urls, vault, log, metrics, onFailed, until } = deps
  const targets = outgoingTargetsOf(config.WEBHOOK_TARGETS)
  const collector = collectorOf(config)
  const keeper = headKeeperOf(config)
  const signer = signerOf(config)
  const backend = queueBackend(config, urls)
  const db = openApp(urls, 'batch', POOL_SIZE)
  const queue = openQueue(OPERATIONS_QUEUE, backend)
  const watch = await openWatch(config, { db, queue, log, metrics }).catch(
    async (error: unknown) => {
      await queue.close()
      await db.close()
      throw error
    },
  )
  await setTargets(db, 'worker', targets)
  const everyMs = config.UPKEEP_EVERY_MS
  const keepTime = async () => {
    for (const [job, rhythm] of operationsRhythms(everyMs)) await queue.schedule(job, {}, rhythm)
  }
  await keepTime()
  const timer = setInterval(() => {
    keepTime().catch((error: unknown) => onFailed('rhythms', asError(error)))
  }, everyMs)
  const verify = { ledger: verifyLedger, audit: verifyAudit }
  const papers = { signer, checkUrl: config.PUBLIC_URL ?? null, nowMs: unixMs }
  const common = { db, vault, log, today, nowMs: unixMs, papers }
  const keepHead = () => keeper(db, byProcess('keep-head'), today())
  const parts = { ...common, targets, collector, keepHead, verify, until }
  const handlers = operationsHandlers(parts)
  const stop = startWorker(OPERATIONS_QUEUE, backend, { handlers, concurrency: AT_ONCE, onFailed })
  return async () => {
    clearInterval(timer)
    await watch.close()
    await stop()
    await queue.close()
    // A connection that long work still holds is closed by the end of the process.
    await within(CLOSING_MS, db.close()).catch(() => undefined)
  }
}

/** Says whom the settings name: what happens from now on is kept for them. */
const setTargets = (db: Database, via: string, targets: readonly OutgoingTarget[]): Promise<void> =>
  db.transact(byProcess(via), (tx) => operations.outgoing.setTargets(tx, targets))

/** The same from the api, whose acts are told of before any worker has started. Throws DomainError `config`. */
export const readTargets = (config: Config, db: Database): Promise<void> =>
  setTargets(db, 'api', outgoingTargetsOf(config.WEBHOOK_TARGETS))

function collectorOf(config: Config): SyslogCollector | null {
  const { AUDIT_SYSLOG_HOST: host, AUDIT_SYSLOG_PORT: port, AUDIT_SYSLOG_CA: ca } = config
  if (host === undefined) return null
  return { host, port, ...(ca !== undefined && { ca: readFileSync(ca, 'utf8') }) }
}

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(String(error))

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
  const readiness = remembered(() => operations.readiness(health))
  const listener = await privatePort(config, {
    log,
    paths: {
      '/livez': () => Promise.resolve(json(200, { alive: true })),
      '/readyz': async () => {
        const found = await readiness()
        return json(found.ready ? 200 : 503, found)
      },
      '/metrics': () => scraped(db, queue, metrics),
    },
  })
  return {
    readiness,
    port: listener?.port ?? null,
    close: () => listener?.close() ?? Promise.resolve(),
  }
}

/** Who asks again within a second gets the same answer: health is asked by anybody. */
function remembered<T>(ask: () => Promise<T>): () => Promise<T> {
  let last: { readonly answer: Promise<T>; readonly age: () => number } | undefined
  return () => {
    if (last === undefined || last.age() > 1_000) last = { answer: ask(), age: stopwatch() }
    return last.answer
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
    onError: (error) => log.error({ event: 'watch.failed', error: asError(error).message }),
  })
}

async function scraped(db: Database, queue: JobQueue, metrics: Metrics): Promise<PrivateAnswer> {
  const figures = await db.transact(byProcess('metrics'), operations.figures)
  const depths = Object.entries(await queue.counts()).map(([state, value]) => ({
    ...{ name: 'job_queue_depth', labels: { queue: OPERATIONS_QUEUE, state }, value },
  }))
  const text = await metrics.text([...figures, ...depths])
  return { status: 200, type: metrics.contentType, text }
}

const json = (status: number, value: unknown): PrivateAnswer => ({
  ...{ status, type: 'application/json', text: JSON.stringify(value) },
})

/** Tells a worker that there is long work; a queue that is away is no fault, for the rows are swept. */
export function wakerOf(queue: JobQueue, log: Logger): (jobId: string) => Promise<void> {
  return async (jobId) => {
    try {
      await queue.add(wakeJob, [{ jobId }])
    } catch (error) {
      log.warn({ event: 'job.not-woken', job: jobId, error: asError(error).message })
    }
  }
}
