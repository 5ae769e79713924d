import { readFileSync } from 'node:fs'
import { openApp } from './compose.ts'
import { signerOf } from './compose-documents.ts'
import { headKeeperOf } from './compose-heads.ts'
import { queueBackend } from './compose-queue.ts'
import { openWatch } from './compose-watch.ts'
import type { Config } from './config.ts'
import { verifyAudit } from './ledger/verify-audit.ts'
import { verifyLedger } from './ledger/verify.ts'
import type { Act, PersonId } from './lib/act.ts'
import type { Database } from './lib/db.ts'
import type { Logger } from './lib/log.ts'
import type { Metrics } from './lib/metrics.ts'
import type { DatabaseUrls } from './lib/provision.ts'
import { openQueue, startWorker } from './lib/queue.ts'
import type { JobQueue } from './lib/queue.ts'
import type { SyslogCollector } from './lib/syslog.ts'
import { today, unixMs } from './lib/time.ts'
import type { Vault } from './lib/vault.ts'
import { within } from './lib/within.ts'
import { operations } from './operations/operations.ts'
import { outgoingTargetsOf } from './operations/outgoing-targets.ts'
import type { OutgoingTarget } from './operations/outgoing-targets.ts'
import {
  OPERATIONS_QUEUE,
  operationsHandlers,
  operationsRhythms,
  wakeJob,
} from './operations/schedule.ts'

/** Who keeps heads, and who says whom the settings name. */
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
  const common = { db, vault, log, today, nowMs: unixMs, papers, onStalled: metrics.jobStalled }
  const keepHead = () => keeper(db, byProcess('keep-head'), today())
  const parts = { ...common, targets, collector, keepHead, verify, until }
  const handlers = operationsHandlers(parts)
  const { jobStalled: onStalled } = metrics
  const working = { handlers, concurrency: AT_ONCE, onFailed, onStalled }
  const stop = startWorker(OPERATIONS_QUEUE, backend, working)
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
