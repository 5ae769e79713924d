import { inFile } from './mutant.ts'
import type { Mutant } from './mutant.ts'

const byHand = inFile('test/api/by-hand.test.ts')
const registryActs = inFile('test/api/registry-acts.test.ts')
const runs = inFile('test/api/jobs-runs.test.ts')
const freshRoles = inFile('test/api/fresh-roles.test.ts')

const cutShort = runs('a run that the end of its process cuts short is given back')
const firstHour = freshRoles('what is done with a role in its first hour is flagged')

/** Ways in which what officers book, enter and are watched by could be wrong. */
export const byHandMutants: readonly Mutant[] = [
  {
    name: 'by-hand-any-entry',
    edits: [
      {
        file: 'src/ledger/by-hand.ts',
        find: 'if (!isFunding(entry.template)) {',
        replace: "if (!isFunding(entry.template) && entry.template === 'nothing') {",
      },
    ],
    test: byHand('what was booked by hand is taken back once'),
  },
  {
    name: 'by-hand-twice',
    edits: [
      {
        file: 'src/ledger/by-hand.ts',
        find: 'if (posted.replayed) {',
        replace: 'if (by === null) {',
      },
    ],
    test: byHand('a voucher is booked once'),
  },
  {
    name: 'by-hand-moved-money',
    edits: [
      {
        file: 'src/reconciliation/reconciliation.ts',
        find: 'if (!(await explaining(tx, [entryId])).has(entryId)) return',
        replace: 'if ((await explaining(tx, [entryId])).size < 9) return',
      },
    ],
    test: byHand('a transfer that the bank shows is not taken back'),
  },
  {
    name: 'by-hand-reversed-explains',
    edits: [
      {
        file: 'src/ledger/reports.ts',
        find: 'and not exists (select from journal_entry r where r.reverses = e.id)',
        replace: '',
      },
    ],
    test: byHand('a transfer that the bank shows is not taken back'),
  },
  {
    name: 'by-hand-nobodys-unit',
    edits: [
      {
        file: 'src/registry/communes.ts',
        find: 'if (unit !== undefined) return unit',
        replace: "return unit ?? { id, code: '', name: id, validFrom: '2021-07-01' as LocalDate }",
      },
    ],
    test: byHand('money stands with no unit that is none'),
  },
  {
    name: 'by-hand-alone',
    edits: [
      {
        file: 'prisma/migrations/0038_by_hand/migration.sql',
        find: 'check (entered_by <> confirmed_by)',
        replace: 'check (entered_by is not null)',
      },
    ],
    test: byHand('the database has two people say so'),
  },
  {
    name: 'first-account-second',
    edits: [
      {
        file: 'src/registry/first-accounts.ts',
        find: '(await currentAccounts(tx, [personId])).length > 0',
        replace: '(await currentAccounts(tx, [personId])).length > 9',
      },
    ],
    test: registryActs('a person is entered, corrected, granted a benefit'),
  },
  {
    name: 'rehome-ahead',
    edits: [
      {
        file: 'src/api/routes/rehomings.ts',
        find: 'if (body.on <= today())',
        replace: "if (body.on <= today() || tag !== '')",
      },
    ],
    test: inFile('test/api/rehomings.test.ts')('residents go over on the word of two'),
  },
  {
    name: 'cut-short-counts',
    edits: [
      {
        file: 'src/operations/long-jobs-store.ts',
        find: "state = 'QUEUED', attempt = attempt - 1, fence = null",
        replace: "state = 'QUEUED', fence = null",
      },
    ],
    test: cutShort,
  },
  {
    name: 'cut-short-begins-more',
    edits: [
      {
        file: 'src/operations/running-jobs.ts',
        find: 'if (until?.aborted === true) return count',
        replace: '',
      },
    ],
    test: cutShort,
  },
  {
    name: 'fresh-role-renewed',
    edits: [
      {
        file: 'src/api/fresh-roles-store.ts',
        find: "o.confirmed_at <= e.recorded_at - interval '1 hour'",
        replace: "o.confirmed_at <= e.recorded_at - interval '9 hours'",
      },
    ],
    test: firstHour,
  },
  {
    name: 'fresh-role-on-leave',
    edits: [
      {
        file: 'src/api/fresh-roles-store.ts',
        find: "e.recorded_at < d.confirmed_at + interval '1 hour'",
        replace: 'e.recorded_at < d.confirmed_at',
      },
    ],
    test: firstHour,
  },
  {
    name: 'bank-calls-uncounted',
    edits: [
      {
        file: 'src/lib/metrics.ts',
        find: "if (op === 'send') sent.inc({ bank, outcome }, count)",
        replace: "if (op === 'send') sent.inc({ bank, outcome })",
      },
    ],
    test: inFile('test/unit/watched-channels.test.ts')('calls of a channel are counted'),
  },
  {
    name: 'happy-path-unasked',
    edits: [
      {
        file: 'test/support/happy-notes.ts',
        find: 'if (missing.length > 0) {',
        replace: 'if (missing.length > 999) {',
      },
    ],
    test: inFile('test/unit/happy-paths.test.ts')('a run of all tests that leaves one route out'),
  },
  {
    name: 'reversal-without-paper',
    edits: [
      {
        file: 'prisma/migrations/0049_reversed_on_paper/migration.sql',
        find: 'where h.entry_id = new.id) then',
        replace: 'where h.entry_id = new.id) and new.id < 0 then',
      },
    ],
    test: inFile('test/integration/ledger-abuse-calls.test.ts')('refused: without a paper'),
  },
  {
    name: 'reversal-paper-of-another',
    edits: [
      {
        file: 'prisma/migrations/0049_reversed_on_paper/migration.sql',
        find: 'if entry.actor <> new.entered_by then',
        replace: 'if entry.actor is null then',
      },
    ],
    test: inFile('test/integration/ledger-abuse-calls.test.ts')('no paper of a reversal'),
  },
  {
    name: 'reversal-paper-afterwards',
    edits: [
      {
        file: 'prisma/migrations/0049_reversed_on_paper/migration.sql',
        find: 'if entry.xid is distinct from pg_current_xact_id() then',
        replace: 'if entry.xid is null then',
      },
    ],
    test: inFile('test/integration/ledger-abuse-calls.test.ts')('no paper of a reversal'),
  },
]
