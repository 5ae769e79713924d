import { inFile, type Mutant } from './mutant.ts'

const LISTS = 'prisma/migrations/0010_lists/migration.sql'
const TABLES = 'prisma/migrations/0005_payouts/migration.sql'

const decisions = inFile('test/integration/lists-decisions.test.ts')
const abuse = inFile('test/integration/lists-abuse-decisions.test.ts')
const rows = inFile('test/integration/lists-rows.test.ts')
const stops = inFile('test/integration/lists-stops.test.ts')
const changes = inFile('test/integration/lists-changes.test.ts')
const holds = inFile('test/integration/lists-holds.test.ts')
const together = inFile('test/integration/lists-together.test.ts')
const races = inFile('test/integration/lists-races.test.ts')

/** Mistakes about a commune's list: each would pay what nobody approved, or show the approver something else. */
export const listMutants: readonly Mutant[] = [
  {
    name: 'buried-at-home: a funeral goes onto the list of where the person was paid',
    edits: [
      {
        file: 'src/registry/due-case.ts',
        find: 'const cases = funerals.filter((one) => buriedIn(one) === communeId)',
        replace: 'const cases = communeId === home ? funerals : []',
      },
    ],
    test: together('row for row'),
  },
  {
    name: 'last-month-of-all: a row is compared with last month on any list drawn up together',
    edits: [
      {
        file: 'src/payouts/list-rows-store.ts',
        find: 'left join last l on l.commune = r.commune and l.person_id = r.person',
        replace: 'left join last l on l.person_id = r.person',
      },
    ],
    test: together('on the lists that its own commune follows'),
  },
  {
    name: 'changed-is-unchanged: a row with another amount counts as unchanged',
    edits: [
      {
        file: LISTS,
        find: `when number is null then 'gone' when of_amount then 'amount'`,
        replace: `when number is null then 'gone' when false then 'amount'`,
      },
    ],
    test: changes('puts each row in one group'),
  },
  {
    name: 'gone-forgotten: rows that are gone are left out of the comparison',
    edits: [
      {
        file: LISTS,
        find: 'from now n full join before b',
        replace: 'from now n left join before b',
      },
    ],
    test: changes('never compares arrears'),
  },
  {
    name: 'hash-of-less: the hash leaves the payment account out',
    edits: [
      {
        file: LISTS,
        find: 'e.representation_id, e.payment_account_id, e.hold',
        replace: 'e.representation_id, null, e.hold',
      },
    ],
    test: inFile('test/integration/lists-hash.test.ts')('covers every field'),
  },
  {
    name: 'array-unescaped: a quote in a text ends it for the database',
    edits: [{ file: 'src/lib/sql-array.ts', find: 'PLAIN.test(value) ?', replace: 'true ?' }],
    test: inFile('test/unit/sql-array.test.ts')('every text comes back'),
  },
  {
    name: 'into-no-account: an instruction pays into an account that is not there',
    edits: [
      {
        file: 'prisma/migrations/0028_fewer_looks/migration.sql',
        find: 'if nowhere then',
        replace: 'if false then',
      },
    ],
    test: abuse('an instruction pays what stands'),
  },
  {
    name: 'unopened: a row that must be opened is approved unseen',
    edits: [{ file: LISTS, find: `if unopened <> '{}' then`, replace: 'if false then' }],
    test: abuse('rows that were not opened'),
  },
  {
    name: 'opened-by-another: it is enough that somebody opened the row',
    edits: [
      {
        file: LISTS,
        find: 'and o.row = e.row and o.opened_by = p_person',
        replace: 'and o.row = e.row',
      },
    ],
    test: rows('must be opened by who approves'),
  },
  {
    name: 'refused-still-blocks: a refused version keeps its entitlements',
    edits: [
      {
        file: LISTS,
        find: 'update entitlement set live = false where list_id = new.id and live;',
        replace: '',
      },
    ],
    test: decisions('is followed by a new version'),
  },
  {
    name: 'once-for-ever: an entitlement that stands no more blocks the next',
    edits: [
      {
        file: TABLES,
        find: '(person_id, programme, month, component) where live;',
        replace: '(person_id, programme, month, component);',
      },
    ],
    test: decisions('is followed by a new version'),
  },
  {
    name: 'forgetful-versions: who prepared the first version approves the second',
    edits: [
      {
        file: LISTS,
        find: 'and month = p_month and prepared_by = p_person)',
        replace: 'and month = p_month and prepared_by = p_person and version > 1)',
      },
    ],
    test: decisions('keep their sides'),
  },
  {
    name: 'withdrawn-but-owed: a withdrawal leaves what approval booked',
    edits: [
      {
        file: 'src/payouts/deciding.ts',
        find: `list.state === 'APPROVED' ?`,
        replace: `list.state === 'RELEASED' ?`,
      },
    ],
    test: decisions('every balance back'),
  },
  {
    name: 'struck-but-held: money is held for refused rows, too',
    edits: [
      {
        file: 'src/payouts/decision-store.ts',
        find: 'where list_id = ${listId}::uuid and live and',
        replace: 'where list_id = ${listId}::uuid and',
      },
    ],
    test: rows('without those that were refused'),
  },
  {
    name: 'hold-not-asked: a release does not ask whether a row must wait',
    edits: [
      {
        file: 'src/payouts/releasing.ts',
        find: 'const held = await holdsAt(tx, questions(rows), release.on)',
        replace: 'const held = new Map<string, string>()',
      },
    ],
    test: holds('waits at release'),
  },
  {
    name: 'hold-unlocked: a hold does not wait for the release of its list',
    edits: [
      {
        file: 'src/payouts/releasing.ts',
        find: 'const { subject, communeId, from, on, reasonCode, reason } = order await holds.lockListsOf(tx, subject)',
        replace: 'const { subject, communeId, from, on, reasonCode, reason } = order',
      },
    ],
    test: races('none slips through'),
  },
  {
    name: 'stop-what-is-sent: a stop passes over what is on its way',
    edits: [{ file: LISTS, find: 'if gone is not null then', replace: 'if false then' }],
    test: stops('nor for what is on its way'),
  },
]
