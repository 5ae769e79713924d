import { inFile } from './mutant.ts'
import type { Mutant } from './mutant.ts'

const seal = inFile('test/integration/audit-seal.test.ts')
const leaving = inFile('test/integration/audit-export.test.ts')
const outgoing = inFile('test/integration/outgoing.test.ts')
const checks = inFile('test/integration/operations-check.test.ts')
const jobs = inFile('test/api/jobs.test.ts')
const watch = inFile('test/api/watch.test.ts')
const migration26 = 'prisma/migrations/0026_audit_seal/migration.sql'
const migration29 = 'prisma/migrations/0029_operations/migration.sql'

/** Ways in which the audit trail could be changed unseen, or leave with holes. */
const auditMutants: readonly Mutant[] = [
  {
    name: 'audit-detail-unsealed',
    edits: [
      { file: migration26, find: 'audit_field(e.detail::text)), ', replace: "audit_field('')), " },
      {
        file: 'src/ledger/verify-audit-bytes.ts',
        find: 'field(e.detail),',
        replace: "field(''),",
      },
    ],
    test: seal('a purpose edited'),
  },
  {
    name: 'audit-fields-run-together',
    edits: [
      {
        file: migration26,
        find: "octet_length(convert_to(value, 'UTF8'))::text || ':' || value, '-')",
        replace: "value, '')",
      },
      {
        file: 'src/ledger/verify-audit-bytes.ts',
        find: "text === null ? '-' : `${String(Buffer.byteLength(text))}:${text}`",
        replace: "text ?? ''",
      },
    ],
    test: seal('an address emptied into the next field'),
  },
  {
    name: 'audit-ledger-uncovered',
    edits: [
      {
        file: migration26,
        find: "coalesce(ledger.number::text || ':' || encode(ledger.head, 'hex'), '-')",
        replace: "'-'",
      },
      {
        file: 'src/ledger/verify-audit-bytes.ts',
        find: "ledgerBlock === null ? '-' : `${ledgerBlock}:${ledgerHead ?? ''}`",
        replace: "ledgerBlock === ledgerHead ? '-' : '-'",
      },
    ],
    test: seal('the ledger rewritten beside it'),
  },
  {
    name: 'audit-tail-unseen',
    edits: [
      {
        file: 'src/ledger/verify-audit.ts',
        find: 'await checkAnchors(ask, anchors, report)',
        replace: 'void checkAnchors; void anchors',
      },
    ],
    test: seal('only a head kept outside shows'),
  },
  {
    name: 'audit-export-before-arrival',
    edits: [
      {
        file: 'src/operations/audit-export.ts',
        find: `await sendSyslog(collector, lines, HANDOVER_MS_MAX)
    await db.transact(by, (tx) => moveTo(tx, name, last))`,
        replace: `await db.transact(by, (tx) => moveTo(tx, name, last))
    await sendSyslog(collector, lines, HANDOVER_MS_MAX)`,
      },
    ],
    test: leaving('nothing is lost while the collector is away'),
  },
  {
    name: 'audit-export-any-certificate',
    edits: [
      {
        file: 'src/lib/syslog.ts',
        find: 'rejectUnauthorized: true',
        replace: 'rejectUnauthorized: false',
      },
    ],
    test: leaving('a collector with another certificate gets nothing'),
  },
  {
    name: 'audit-export-late-passed-over',
    edits: [
      {
        file: 'src/operations/audit-export-store.ts',
        find: 'and e.xid < pg_snapshot_xmin(pg_current_snapshot())',
        replace: '',
      },
    ],
    test: leaving('an event that commits late is not passed over'),
  },
]

/** Ways in which somebody could be told wrongly, or told what they must not be. */
const outgoingMutants: readonly Mutant[] = [
  {
    name: 'outgoing-time-unsigned',
    edits: [
      {
        file: 'src/operations/outgoing-client.ts',
        find: '${id}.${String(sentAt)}.${body}',
        replace: '${id}.${body}',
      },
    ],
    test: outgoing('is written with its act'),
  },
  {
    name: 'outgoing-to-this-machine',
    edits: [
      {
        file: 'src/operations/outgoing-client.ts',
        find: 'addresses.some(({ address }) => refusedAddress(address))',
        replace: 'addresses.some(({ address }) => refusedAddress(address) && false)',
      },
    ],
    test: outgoing('a name that leads to this machine'),
  },
  {
    name: 'outgoing-redirect-delivers',
    edits: [
      {
        file: 'src/operations/outgoing-client.ts',
        find: 'status < 300',
        replace: 'status < 400',
      },
    ],
    test: outgoing('a redirect is no delivery'),
  },
  {
    name: 'outgoing-for-ever',
    edits: [
      {
        file: 'src/operations/outgoing.ts',
        find: 'WAITS[delivery.attempts - 1] ?? null',
        replace: 'WAITS[delivery.attempts - 1] ?? 10',
      },
    ],
    test: outgoing('is tried again, later each time'),
  },
  {
    name: 'outgoing-to-nobody',
    edits: [
      {
        file: migration29,
        find: 'select exists (select from outgoing_target where active and kinds && wanted)',
        replace: 'select true or wanted is null',
      },
    ],
    test: outgoing('is written for nobody while nobody listens'),
  },
]

/** Ways in which broken books could go on paying, or a process lie about itself. */
const watchMutants: readonly Mutant[] = [
  {
    name: 'check-goes-on-sending',
    edits: [
      { file: 'src/operations/checking.ts', find: 'if (!stops) return', replace: 'if (stops) return' },
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
      { file: 'src/operations/health.ts', find: 'if (missing.length > 0)', replace: 'if (missing.length < 0)' },
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
      { file: 'src/operations/long-jobs.ts', find: 'if (!reaches) {', replace: 'if (reaches === null) {' },
    ],
    test: jobs('made for more communes than its reader has today'),
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
    test: jobs('a run that died is begun anew'),
  },
  {
    name: 'long-job-kept-for-ever',
    edits: [
      { file: 'src/operations/running-jobs.ts', find: 'await db.transact(WORKER, store.expireJobs)', replace: '' },
    ],
    test: jobs('is kept for 30 days'),
  },
]

/** Ways in which operations could fail quietly. */
export const operationsMutants: readonly Mutant[] = [
  ...auditMutants,
  ...outgoingMutants,
  ...watchMutants,
  ...jobMutants,
]
