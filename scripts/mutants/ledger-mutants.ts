import { inFile, type Mutant } from './mutant.ts'

const LEDGER = 'prisma/migrations/0002_ledger/migration.sql'
const DOORS = 'prisma/migrations/0003_ledger_doors/migration.sql'

const abuse = inFile('test/integration/ledger-abuse.test.ts')

/** Mistakes of the ledger. */
export const ledgerMutants: readonly Mutant[] = [
  {
    name: 'floor-check-off: an account may fall below its floor',
    edits: [
      {
        file: DOORS,
        find: 'a.floor is not null and a.balance + q.low < a.floor',
        replace: 'false',
      },
      { file: DOORS, find: '(floor is null or balance + change >= floor)', replace: '(true)' },
      { file: LEDGER, find: 'check (balance >= floor)', replace: 'check (true)' },
    ],
    test: inFile('test/integration/payouts-lists.test.ts')(
      'without the funds, naming what is missing',
    ),
  },
  {
    name: 'content-hash-ignored: a reference replays whatever its content',
    edits: [
      {
        file: DOORS,
        find: 'if stored <> hash then perform ledger_refuse_conflict(e_reference,',
        replace: 'if false then perform ledger_refuse_conflict(e_reference,',
      },
      { file: DOORS, find: 'if other.stored <> other.offered then', replace: 'if false then' },
    ],
    test: abuse('refused by the door: reference that is taken$'),
  },
  {
    name: 'period-check-off: a closed month takes entries',
    edits: [
      {
        file: DOORS,
        find: 'if not ledger_enter_month(m) and exists (',
        replace: 'if false and exists (',
      },
    ],
    test: abuse('refused by the door: closed month$'),
  },
  {
    name: 'named-twice: an entry that comes twice in one call takes its money twice from a new account',
    edits: [
      {
        file: 'prisma/migrations/0030_ledger_named_twice/migration.sql',
        find: 'if n > (select count(distinct reference)',
        replace: 'if false and n > (select count(distinct reference)',
      },
    ],
    test: inFile('test/integration/ledger-paths.test.ts')('comes twice in one call counts once'),
  },
  {
    name: 'xid-trigger-off: a posting is added to an older entry',
    edits: [
      {
        file: LEDGER,
        find: 'create trigger posting_in_own_transaction after insert on posting\n  referencing new table as fresh for each statement execute function posting_in_own_transaction();',
        replace: '',
      },
    ],
    test: inFile('test/integration/ledger-abuse-tables.test.ts')(
      'adds no posting to an entry of before$',
    ),
  },
  {
    name: 'seal-horizon-off: a block takes entries beside a running transaction',
    edits: [
      {
        file: DOORS,
        find: '(last.last_xid, last.last_id)) and xid < horizon',
        replace: '(last.last_xid, last.last_id))',
      },
    ],
    test: inFile('test/integration/ledger-closing.test.ts')(
      'a late committer is neither missed nor sealed too early',
    ),
  },
]
