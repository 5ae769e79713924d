import { inFile, type Mutant } from './mutant.ts'

const counted = inFile('test/api/watch.test.ts')('what waits, fails, moves')

/** Mistakes in what machines that watch us are told of what happens. */
export const countingMutants: readonly Mutant[] = [
  {
    name: 'login-failed-uncounted',
    edits: [
      {
        file: 'src/api/auth/sign-in-routes.ts',
        find: 'loginFailed(fault)',
        replace: 'void loginFailed',
      },
    ],
    test: inFile('test/api/auth-sign-in.test.ts')('of somebody who is no user is refused'),
  },
  {
    name: 'reveal-uncounted',
    edits: [
      {
        file: 'src/lib/metrics.ts',
        find: "else if (route.startsWith('reveal') && status < 300) reveals.inc()",
        replace: "else if (route.startsWith('reveal') && status < 100) reveals.inc()",
      },
    ],
    test: counted,
  },
  {
    name: 'moved-counted-under-way',
    edits: [
      {
        file: 'src/operations/transitions-store.ts',
        find: 'least(clock_timestamp(), min(xact_start))',
        replace: 'greatest(clock_timestamp(), min(xact_start))',
      },
    ],
    test: counted,
  },
  {
    name: 'moved-counted-again',
    edits: [
      {
        file: 'src/compose-watch.ts',
        find: 'since = until',
        replace: 'since ??= until',
      },
    ],
    test: counted,
  },
  {
    name: 'wait-of-what-was-decided',
    edits: [
      {
        file: 'src/operations/figures-store.ts',
        find: "from proposal where state = 'OPEN'",
        replace: "from proposal where state = 'CONFIRMED'",
      },
    ],
    test: counted,
  },
  {
    name: 'gap-of-statements-unseen',
    edits: [
      {
        file: 'src/operations/figures-store.ts',
        find: '::date - 1 - max(day), 0)',
        replace: '::date - 1 - current_date, 0)',
      },
    ],
    test: counted,
  },
  {
    name: 'fresh-role-unwatched',
    edits: [
      {
        file: 'src/operations/figures-store.ts',
        find: "e.recorded_at < g.confirmed_at + interval '1 hour'",
        replace: 'e.recorded_at < g.confirmed_at',
      },
    ],
    test: counted,
  },
  {
    name: 'pool-unwatched',
    edits: [
      {
        file: 'src/lib/db.ts',
        find: 'used: pool.totalCount - pool.idleCount',
        replace: 'used: pool.idleCount',
      },
    ],
    test: counted,
  },
  {
    name: 'stalled-uncounted',
    edits: [
      {
        file: 'src/operations/running-jobs.ts',
        find: "if (job.died) deps.onStalled?.('long-work')",
        replace: "if (job.died) deps.log.warn({ event: 'job.died' })",
      },
    ],
    test: inFile('test/api/jobs-runs.test.ts')('a run that died is begun anew'),
  },
  {
    name: 'sender-unwatched',
    edits: [
      {
        file: 'src/compose-payouts.ts',
        find: '      stops.push(await watchSender(config, { urls, db, log, metrics }))',
        replace: '      log.debug({ event: typeof watchSender })',
      },
    ],
    test: inFile('test/integration/processes-end.test.ts')('a worker that only sends says'),
  },
]
