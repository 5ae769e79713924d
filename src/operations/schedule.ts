import { z } from 'zod'
import type { Act, PersonId } from '../lib/act.ts'
import { defineJob, handle } from '../lib/queue.ts'
import type { JobHandler, Rhythm } from '../lib/queue.ts'
import { ledger } from '../ledger/ledger.ts'
import { exportAudit } from './audit-export.ts'
import type { SyslogCollector } from '../lib/syslog.ts'
import { checkFast, checkFull } from './checking.ts'
import type { Verify } from './checking.ts'
import { outgoing } from './outgoing.ts'
import type { OutgoingDeps } from './outgoing.ts'
import { runJobs } from './running-jobs.ts'
import type { JobDeps } from './running-jobs.ts'

/** The queue of everything that is not about sending: its jobs wait for no bank, and no sending for them. */
export const OPERATIONS_QUEUE = 'operations'

const byTheClock = (name: string) =>
  defineJob({
    name: `operations.${name}`,
    payload: z.strictObject({}),
    key: () => `operations-${name}`,
    onFailure: 'retry',
  })

const seal = byTheClock('seal')
const check = byTheClock('check')
const fullCheck = byTheClock('full-check')
const exporting = byTheClock('export-audit')
const keepHead = byTheClock('keep-head')
const deliver = byTheClock('deliver')
const sweepJobs = byTheClock('sweep-jobs')

/** Wakes a worker for long work that was asked for; lost, the next sweep finds the row. */
export const wakeJob = defineJob({
  name: 'operations.wake',
  payload: z.strictObject({ jobId: z.uuid() }),
  key: ({ jobId }) => `job-${jobId}`,
})

/** What is done in which rhythm; `everyMs` is that of upkeep. The full check comes by night. */
export const operationsRhythms = (everyMs: number) =>
  [
    [seal, { everyMs: 2 * everyMs }],
    [check, { everyMs: 2 * everyMs }],
    [fullCheck, { pattern: '0 2 * * *' }],
    [exporting, { everyMs }],
    [keepHead, { everyMs: 10 * everyMs }],
    [deliver, { everyMs: Math.max(1_000, Math.round(everyMs / 6)) }],
    [sweepJobs, { everyMs }],
  ] as const satisfies readonly (readonly [ReturnType<typeof byTheClock>, Rhythm])[]

/** What is done by the clock has no person behind it: the act names the machine's own id. */
const byClock = (via: string): Act => ({
  actor: '00000000-0000-7000-8000-000000000000' as PersonId,
  via: `worker:${via}`,
  scope: 'province',
})

/** The handlers of the queue. Each may run at any time, and twice. */
export function operationsHandlers(
  deps: OutgoingDeps &
    JobDeps & {
      readonly collector: SyslogCollector | null
      /** Keeps the head of the day outside the database, once. */
      readonly keepHead: () => Promise<void>
      readonly verify: { readonly ledger: Verify; readonly audit: Verify }
    },
): readonly JobHandler[] {
  const { db, log, collector, verify } = deps
  const runLong = onlyOnce(async () => {
    await runJobs(deps)
  })
  const tell = (found: readonly { readonly invariant: string; readonly subject: string }[]) => {
    for (const { invariant, subject } of found)
      log.error({ event: 'invariant.violated', invariant, subject })
  }
  return [
    handle(seal, async () => {
      await ledger.seal(db, byClock('seal'))
    }),
    handle(check, async () => tell(await checkFast(db, byClock('check')))),
    handle(fullCheck, async () => tell(await checkFull(db, byClock('check'), verify))),
    handle(exporting, async () => {
      if (collector !== null) await exportAudit(db, byClock('export-audit'), collector)
    }),
    handle(keepHead, deps.keepHead),
    handle(deliver, async () => {
      await outgoing.deliverDue(deps, byClock('deliver'))
    }),
    handle(sweepJobs, runLong),
    handle(wakeJob, runLong),
  ]
}

/** One run of long work a process: whoever is woken meanwhile leaves it to the one that runs, or to the next sweep. */
function onlyOnce(work: () => Promise<void>): () => Promise<void> {
  let running = false
  return async () => {
    if (running) return
    running = true
    try {
      await work()
    } finally {
      running = false
    }
  }
}
