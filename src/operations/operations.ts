import { checkFast, checkFull } from './checking.ts'
import { lastRuns } from './checking-store.ts'
import { exportAudit } from './audit-export.ts'
import { figuresOf } from './figures-store.ts'
import { readiness } from './health.ts'
import { longJobs } from './long-jobs.ts'
import { outgoing } from './outgoing.ts'
import { runJobs } from './running-jobs.ts'
import { timelines } from './timelines.ts'
import { transitionsSince } from './transitions-store.ts'

/** The face of operations: long work, outgoing events, the audit trail's way out, what watches the books. */
export const operations = {
  jobs: longJobs,
  runJobs,
  outgoing,
  timelines,
  exportAudit,
  checkFast,
  checkFull,
  lastRuns,
  figures: figuresOf,
  transitionsSince,
  readiness,
}
