import { inFile } from './mutant.ts'
import type { Mutant } from './mutant.ts'

const checks = inFile('test/integration/operations-check.test.ts')
const jobs = inFile('test/api/jobs.test.ts')
const runs = inFile('test/api/jobs-runs.test.ts')
const watch = inFile('test/api/watch.test.ts')
const security = inFile('test/api/security.test.ts')
const migration29 = 'prisma/migrations/0029_operations/migration.sql'

/** Ways in which broken books could go on paying, or a process lie about itself. */
const watchMutants: readonly Mutant[] = [
  {
    name: 'check-goes-on-sending',
    edits: [
      {
        file: 'src/operations/checking.ts',
        find: 'if (!stops) return',
        replace: 'if (stops) return',
      },
    ],
    test: checks('a balance of one person'),
  },
  {
    name: 'check-shared-unseen',
    edits: [
      {
        file: 'src/operations/checking-store.ts',
        find: 'where balance <> told order',
        replace: 'where balance <> told and not shared order',
      },
    ],
    test: checks('a balance that all share'),
  },
  {
    name: 'check-never-runs',
    edits: [
      {
        file: 'src/operations/schedule.ts',
        find: '[check, { everyMs: 2 * everyMs }],',
        replace: "[check, { pattern: '0 0 1 1 *' }],",
      },
    ],
    test: checks('a worker looks by the clock'),
  },
  {
    name: 'ready-without-migrations',
    edits: [
      {
        file: 'src/operations/health.ts',
        find: 'if (missing.length > 0)',
        replace: 'if (missing.length < 0)',
      },
    ],
    test: watch('a process without a migration'),
  },
]

/** Ways in which long work could go to others, or be lost. */
const jobMutants: readonly Mutant[] = [
  {
    name: 'long-job-of-anybody',
    edits: [
      {
        file: migration29,
        find: "or (select current_setting('app.via')) = 'worker:jobs'",
        replace: "or (select current_setting('app.via')) <> ''",
      },
    ],
    test: jobs('and fetched by them alone'),
  },
  {
    name: 'long-job-in-clear',
    edits: [
      {
        file: 'src/operations/long-jobs.ts',
        find: 'const sealed = vault.seal(requestPlace(id), JSON.stringify(request))',
        replace: 'const sealed = JSON.stringify(request)',
      },
      {
        file: 'src/operations/running-jobs.ts',
        find: 'JSON.parse(vault.open(requestPlace(job.id), job.request))',
        replace: 'JSON.parse((requestPlace(job.id), job.request))',
      },
    ],
    test: jobs('and fetched by them alone'),
  },
  {
    name: 'long-job-role-once',
    edits: [
      {
        file: 'src/operations/running-jobs.ts',
        find: 'if (permission === null) {',
        replace: 'if (permission === null && held.length > 99) {',
      },
      {
        file: 'src/operations/running-jobs.ts',
        find: 'const { role, deputyFor, scope } = permission',
        replace:
          "const { role, deputyFor, scope } = permission ?? { role: '', deputyFor: null, scope: 'province' as const }",
      },
    ],
    test: jobs('is carried out only while whoever asked is still allowed to'),
  },
  {
    name: 'long-job-scope-once',
    edits: [
      {
        file: 'src/operations/long-jobs.ts',
        find: 'if (!reaches) {',
        replace: 'if (reaches === null) {',
      },
    ],
    test: jobs('made for more communes than its reader has today'),
  },
  {
    name: 'long-job-in-clear-for-anybody',
    edits: [
      {
        file: 'src/operations/job-kinds.ts',
        find: "(purpose === null ? ['exports.use'] : ['exports.use', 'people.reveal']),",
        replace: "(purpose === '' ? ['people.reveal'] : ['exports.use']),",
      },
    ],
    test: jobs('with numbers in clear'),
  },
  {
    name: 'long-job-fetched-unseen',
    edits: [
      {
        file: 'src/operations/long-jobs.ts',
        find: 'await recordFetch(tx, reader, job, communes)',
        replace: 'void recordFetch',
      },
    ],
    test: jobs('is made and fetched while its reader may see them'),
  },
  {
    name: 'long-job-half-kept',
    edits: [
      {
        file: 'src/operations/long-jobs-store.ts',
        find: 'if (row !== undefined) await tx.$executeRaw`delete from job_part where job_id = ${row.id}::uuid`',
        replace: '',
      },
    ],
    test: runs('a run that died is begun anew'),
  },
  {
    name: 'long-job-kept-for-ever',
    edits: [
      {
        file: 'src/operations/running-jobs.ts',
        find: 'await db.transact(WORKER, store.expireJobs)',
        replace: '',
      },
    ],
    test: jobs('is kept for 30 days'),
  },
]

/** Ways in which a storm, a log or a browser could carry away what nobody may have. */
const securityMutants: readonly Mutant[] = [
  {
    name: 'look-ups-uncounted',
    edits: [
      {
        file: 'src/api/auth/rate-limits.ts',
        find: "'/people/reveal', '/accounts/reveal'",
        replace: "'/people/reveal'",
      },
    ],
    test: security('whoever looks people up all day'),
  },
  {
    name: 'log-third-level',
    edits: [{ file: 'src/lib/log.ts', find: ', `*.*.${field}`]', replace: ']' }],
    test: security('the log has ids and no values'),
  },
  {
    name: 'trusted-types-off',
    edits: [
      {
        file: 'src/api/headers.ts',
        find: "'require-trusted-types-for': [\"'script'\"],",
        replace: '',
      },
    ],
    test: security('every answer forbids what nobody needs'),
  },
]

/** Ways in which operations could fail quietly. */
export const operationsMutants: readonly Mutant[] = [
  ...watchMutants,
  ...jobMutants,
  ...securityMutants,
]
