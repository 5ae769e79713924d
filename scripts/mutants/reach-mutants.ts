import { inFile } from './mutant.ts'
import type { Mutant } from './mutant.ts'

const approvals = inFile('test/api/approvals.test.ts')
const uploads = inFile('test/api/uploads.test.ts')
const every = inFile('test/api/every-route.test.ts')

const second = approvals('a rule of two people makes a list wait for a second approver')

/** Ways in which rules, waiting work, files and counters could be wrong at the interface. */
export const reachMutants: readonly Mutant[] = [
  {
    name: 'rule-by-code-alone',
    edits: [
      {
        file: 'prisma/migrations/0025_reachable/migration.sql',
        find: 'if exists (select 1 from rules_of(new.id)) and',
        replace: 'if false and',
      },
    ],
    test: second,
  },
  {
    name: 'second-approver-first',
    edits: [
      {
        file: 'prisma/migrations/0025_reachable/migration.sql',
        find: 'or exists (select 1 from list_decision where list_id = l.id and decided_by = new.approved_by)',
        replace: '',
      },
    ],
    test: second,
  },
  {
    name: 'rule-never-asks',
    edits: [
      {
        file: 'src/payouts/completing.ts',
        find: "if (await rules.waitsForSecond(tx, list.id)) return 'SUBMITTED'",
        replace: '',
      },
    ],
    test: second,
  },
  {
    name: 'waiting-decided-before',
    edits: [
      {
        file: 'src/api/waiting-store.ts',
        find: "and not exists (select from list_decision d where d.list_id = l.id and d.decided_by = ${actor}::uuid)`, 'list-release'",
        replace: "`, 'list-release'",
      },
      {
        file: 'src/api/waiting-store.ts',
        find: 'where not exists (select from duties_against(${[...persons]}::uuid[], ${act}, w.subject))',
        replace: 'where ${persons.length} > 0 and ${act} is not null',
      },
    ],
    test: second,
  },
  {
    name: 'waiting-anywhere',
    edits: [
      {
        file: 'src/api/confirmable.ts',
        find: 'await actAs(call.tx, may.by)',
        replace: "await actAs(call.tx, { ...may.by, scope: 'province' })",
      },
    ],
    test: approvals('what waits is what another may decide'),
  },
  {
    name: 'change-of-what-was-not-read',
    edits: [
      {
        file: 'src/api/answering.ts',
        find: 'if (etagOf(text) !== ifMatch)',
        replace: "if (etagOf(text) === '' && ifMatch !== '')",
      },
    ],
    test: approvals('what waits is what another may decide'),
  },
  {
    name: 'counter-without-paper',
    edits: [
      {
        file: 'src/api/contract.ts',
        find: "(authority === 'present') === (document === null)",
        replace: "authority !== 'present' || document === null",
      },
    ],
    test: approvals('acts for citizens are counted'),
  },
  {
    name: 'counter-paper-forgotten',
    edits: [
      { file: 'src/lib/audit.ts', find: '{ ...e.detail, ...said }', replace: '{ ...e.detail }' },
    ],
    test: approvals('acts for citizens are counted'),
  },
  {
    name: 'counter-counts-events',
    edits: [
      {
        file: 'src/api/counter-store.ts',
        find: '(10000 * count(authority) / count(*))',
        replace: '(10000 * count(*) / count(*))',
      },
    ],
    test: approvals('acts for citizens are counted'),
  },
  {
    name: 'file-of-anybody',
    edits: [
      {
        file: 'prisma/migrations/0025_reachable/migration.sql',
        find: "using (given_by = current_setting('app.actor')::uuid)",
        replace: 'using (true)',
      },
    ],
    test: uploads('a file is of whoever gave it alone'),
  },
  {
    name: 'file-first-of-several',
    edits: [{ file: 'src/api/files.ts', find: "tail !== '--' ||", replace: '' }],
    test: uploads('what is no spreadsheet, several, or none'),
  },
  {
    name: 'file-without-digest',
    edits: [
      {
        file: 'src/api/files.ts',
        find: "'Content-Digest': `sha-256=:${digest}:`",
        replace: "'Content-Digest': `sha-256=:${digest.slice(1)}:`",
      },
    ],
    test: uploads('a file goes from an officer'),
  },
  {
    name: 'key-not-for-counters',
    edits: [
      {
        file: 'src/api/answering.ts',
        find: 'if (key === null || route.asksOnly === true)',
        replace: 'if (key === null || route.asksOnly === true || route.forCitizen === true)',
      },
    ],
    test: every('answers a key once for ever'),
  },
  {
    name: 'hold-anywhere',
    edits: [
      {
        file: 'src/api/routes/holds.ts',
        find: 'await registry.communes.visible(tx, { id, month: monthOf(today()) })',
        replace: 'void id; void monthOf',
      },
    ],
    test: every('takes no commune of elsewhere'),
  },
  {
    name: 'wrong-type-is-422',
    edits: [
      { file: 'src/api/auth/csrf.ts', find: 'new Refusal(415,', replace: 'new Refusal(422,' },
    ],
    test: inFile('test/api/auth-edge.test.ts')('with a body of'),
  },
  {
    name: 'every-role-moves-money',
    edits: [
      {
        file: 'src/api/auth/sessions-store.ts',
        find: 'where r.moves_money and held.valid',
        replace: 'where held.valid',
      },
    ],
    test: inFile('test/api/auth-sessions.test.ts')('of a role that moves money'),
  },
  {
    name: 'close-begun-only',
    edits: [
      {
        file: 'src/operations/job-kinds.ts',
        find: 'await ledger.finishClose(db, by, monthOf(month))',
        replace: 'await Promise.resolve([db, by, month])',
      },
    ],
    test: inFile('test/api/treasury.test.ts')('a month is closed for ever'),
  },
]
