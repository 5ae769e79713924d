import { access } from '../access/access.ts'
import type { Action } from '../access/access.ts'
import type { Act, PersonId } from '../lib/act.ts'
import { afterEnd, beforeEnd } from '../lib/before-end.ts'
import type { Database } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { Logger } from '../lib/log.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Vault } from '../lib/vault.ts'
import { piecesTo } from './job-file.ts'
import type { JobOutcome, PaperMeans } from './job-kind.ts'
import { actionsOf, JOB_KINDS, permitAll } from './job-kinds.ts'
import type { JobKindName } from './job-kinds.ts'
import { partPlace, requestPlace } from './long-jobs.ts'
import * as store from './long-jobs-store.ts'
import type { ClaimedJob } from './long-jobs-store.ts'

/** What runs long work needs. */
export interface JobDeps {
  readonly db: Database
  readonly vault: Vault
  readonly today: () => LocalDate
  readonly papers: PaperMeans
  readonly log: Logger
  /** Says that the process is to end: nothing more is begun, and what runs has `endingMs` to finish. */
  readonly until?: AbortSignal | undefined
  readonly endingMs?: number
  /** Told of work whose run died and is begun anew. */
  readonly onStalled?: ((queue: string) => void) | undefined
}

/** The worker sees every job by this name (the policy own_jobs); what a job does it does as whoever asked. */
const WORKER: Act = {
  actor: '00000000-0000-7000-8000-000000000000' as PersonId,
  via: 'worker:jobs',
  scope: 'province',
}

const BEAT_MS = 1_000
/** As long as requests under way have when the interface ends. */
const ENDING_MS = 10_000
const ATTEMPTS_MAX = 3

/**
 * Works off what waits, one after the other, until nothing does; removes what was kept for its time. A run that died is
 * begun anew by whoever looks next, at most three times; one that the end of the process cuts short is given back. Returns
 * how many runs there were.
 */
export async function runJobs(deps: JobDeps): Promise<number> {
  const { db, until } = deps
  await db.transact(WORKER, store.expireJobs)
  for (let count = 0; ; count += 1) {
    if (until?.aborted === true) return count
    const job = await db.transact(WORKER, store.claimJob)
    if (job === undefined) return count
    if (job.died) deps.onStalled?.('long-work')
    await runOne(deps, job)
  }
}

async function runOne(deps: JobDeps, job: ClaimedJob): Promise<void> {
  const { db, log } = deps
  const end = (how: Parameters<typeof store.endJob>[2]) =>
    db.transact(WORKER, (tx) => store.endJob(tx, job, how))
  if (job.attempt > ATTEMPTS_MAX) {
    await end({ state: 'FAILED', problem: 'gave-up' })
    return
  }
  const late = afterEnd(deps.until, deps.endingMs ?? ENDING_MS)
  try {
    const run = await beforeEnd(carryOut(deps, job), late.signal)
    if (run === undefined) {
      // What it still does in its open transaction ends with the process; the fence keeps it from writing here.
      await db.transact(WORKER, (tx) => store.giveBack(tx, job))
      log.warn({ event: 'job.given-back', job: job.id, kind: job.kind })
      return
    }
    const { outcome, by, file } = run
    const result = { rows: outcome.rows, ...outcome.file, ...file, ...outcome.detail }
    const communes = by.scope === 'province' ? null : by.scope.communes
    await end({ state: 'DONE', result, communes, rows: outcome.rows })
  } catch (error) {
    const refused = error instanceof DomainError
    log.error({
      ...{ event: 'job.run-failed', job: job.id, kind: job.kind, attempt: job.attempt },
      error: refused ? error.code : error instanceof Error ? error.message : 'unknown',
    })
    if (refused) await end({ state: 'FAILED', problem: error.code })
    else if (job.attempt < ATTEMPTS_MAX) await end({ state: 'QUEUED' })
    else await end({ state: 'FAILED', problem: 'internal' })
  } finally {
    late.cancel()
  }
}

async function carryOut({ db, vault, today, papers }: JobDeps, job: ClaimedJob) {
  const kind = JOB_KINDS[job.kind as JobKindName]
  const request: unknown = JSON.parse(vault.open(requestPlace(job.id), job.request))
  const by = await actOf(db, job, actionsOf(job.kind as JobKindName, request), today())
  const { out, summary } = piecesTo((seq, bytes) => {
    const sealed = vault.seal(partPlace(job.id, seq), bytes.toString('base64'))
    return db.transact(WORKER, (tx) => store.addPart(tx, job, { seq, sealed }))
  })
  let rows: { readonly done: number; readonly total: number | null } = { done: 0, total: null }
  const beating = setInterval(() => {
    db.transact(WORKER, (tx) => store.beat(tx, job, rows)).catch(() => undefined)
  }, BEAT_MS)
  try {
    const progress = (now: typeof rows) => void (rows = now)
    const run = { id: job.id, db, vault, by, out, today, papers, progress }
    // Each kind reads its own request again: the union of kinds does not know which one it is.
    const start = kind.run as (of: typeof run, asked: unknown) => Promise<JobOutcome>
    const outcome = await start(run, kind.request.parse(request))
    return { outcome, by, file: outcome.file === null ? {} : summary() }
  } finally {
    clearInterval(beating)
  }
}

/** Whoever asked must still be allowed to, and sees no more than today. Throws DomainError `not-permitted`. */
async function actOf(
  db: Database,
  { askedBy, requestId, source }: ClaimedJob,
  actions: readonly [...Action[], Action],
  on: LocalDate,
): Promise<Act> {
  const held = await db.transact(WORKER, (tx) => access.heldOn(tx, askedBy, on))
  const from = { ...(requestId !== null && { requestId }), ...(source !== null && { source }) }
  return permitAll(actions, (action) => {
    const permission = access.permissionFor(held, action)
    if (permission === null) {
      throw new DomainError('forbidden', 'not-permitted', 'Vai trò không còn cho phép việc này')
    }
    const { role, deputyFor, scope } = permission
    const origin = { ...from, role, ...(deputyFor !== null && { deputyFor }) }
    return { actor: askedBy, via: 'job', scope, origin }
  })
}
