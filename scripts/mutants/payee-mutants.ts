import { inFile, type Mutant } from './mutant.ts'

const REGISTRY = 'prisma/migrations/0004_registry/migration.sql'
const PAYEES = 'prisma/migrations/0008_payees/migration.sql'
const RULES = 'src/registry/payee-rules.ts'
const CHANGES = 'src/registry/account-changes.ts'

const abuse = inFile('test/integration/payee-abuse.test.ts')
const timelines = inFile('test/integration/guardian-timelines.test.ts')
const changes = inFile('test/integration/account-changes.test.ts')
const doors = inFile('test/integration/account-doors.test.ts')
const rules = inFile('test/unit/payee-rules.test.ts')

/** Mistakes about who receives: each would pay the wrong person, or let one officer decide alone who does. */
export const payeeMutants: readonly Mutant[] = [
  {
    name: 'pension-in-cash: the payee of a benefit is forgotten when the pension takes it over',
    edits: [
      {
        file: 'src/registry/due.ts',
        find: 'payeeProgramme: own?.programme ?? line.programme,',
        replace: 'payeeProgramme: line.programme,',
      },
    ],
    test: inFile('test/integration/pension-payees.test.ts')('into the same account'),
  },
  {
    name: 'pension-uncooled: an account changed under the old programme is released for at once',
    edits: [
      {
        file: 'src/registry/payees-store.ts',
        find: 'coalesce((select n.programme from enrolment n where n.id = q.enrolment), q.programme)',
        replace: 'q.programme',
      },
    ],
    test: inFile('test/integration/pension-payees.test.ts')('cools off for the pension too'),
  },
  {
    name: 'taken-over-begins: what was taken over counts as begun with our first list',
    edits: [
      {
        file: 'src/registry/due-owed.ts',
        find: 'missingOf(entitlement(person, rows, period, law)',
        replace:
          'missingOf(entitlement(person, rows.map((row) => ({ ...row, start: owedFrom(row, first) })), period, law)',
      },
    ],
    test: inFile('test/integration/pension-payees.test.ts')('into the same account'),
  },
  {
    name: 'payee-overlap: two payees of one person and programme at once',
    edits: [
      {
        file: PAYEES,
        find: 'constraint payee_one exclude using gist ((person_id::text::uuid) with =, programme with =, period with &&)',
        replace: 'constraint payee_one check (true)',
      },
    ],
    test: abuse('two at the same time are refused, one after the other are not'),
  },
  {
    name: 'payee-second-guardian: a ward has two guardians who are no couple',
    edits: [
      { file: REGISTRY, find: 'couple with <>, validity', replace: 'couple with =, validity' },
    ],
    test: abuse('one guardian two at the same time are refused'),
  },
  {
    name: 'payee-expired: a representation holds on after its last day',
    edits: [
      {
        file: RULES,
        find: "if (past(termEnd(term, facts.bornOn), day)) return 'representation-expired'",
        replace: '',
      },
    ],
    test: timelines('authorised three months'),
  },
  {
    name: 'payee-death-month: the month of death is still credited to the representative',
    edits: [
      {
        file: RULES,
        find: 'at !== null && at <= day',
        replace: 'at !== null && at.slice(0, 7) < day.slice(0, 7)',
      },
    ],
    test: timelines('the ward dies'),
  },
  {
    name: 'payee-majority: a guardian of a minor goes on after the 18th birthday',
    edits: [{ file: RULES, find: 'const FULL_AGE = 18', replace: 'const FULL_AGE = 81' }],
    test: rules('ends on 2024-08-10'),
  },
  {
    name: 'payee-no-cooling-off: a change holds from the next list on',
    edits: [
      { file: CHANGES, find: 'addMonths(nextList, 1)', replace: 'nextList' },
      {
        file: PAYEES,
        find: "and effective_month = next_list + interval '1 month'",
        replace: '',
      },
    ],
    test: changes('the next list is paid into the old account'),
  },
  {
    name: 'payee-any-account: an assignment changes the account without a request',
    edits: [{ file: PAYEES, find: 'and c.id is null;', replace: 'and false;' }],
    test: abuse('another account of the same receiver is refused without its change'),
  },
  {
    name: 'payee-relative: an officer enters his relative’s account with one other',
    edits: [{ file: PAYEES, find: 'else true end', replace: 'else true end or true' }],
    test: inFile('test/integration/account-abuse.test.ts')('a relative'),
  },
  {
    name: 'payee-clear-number: an account number is stored as it is',
    edits: [
      {
        file: 'src/registry/account-number.ts',
        find: 'sealed: vault.seal(placeOf(id), number)',
        replace: 'sealed: number',
      },
      {
        file: 'src/registry/account-number.ts',
        find: 'return vault.open(placeOf(id), sealed)',
        replace: 'return placeOf(id) && vault ? sealed : sealed',
      },
    ],
    test: inFile('test/integration/canary-accounts.test.ts')('no account number stands'),
  },
  {
    name: 'payee-relative-receives: an officer lets a relative receive on the word of two',
    edits: [
      {
        file: 'prisma/migrations/0013_rehoming/migration.sql',
        find: 'or f.payee_id in (select person from close))',
        replace: ')',
      },
    ],
    test: doors("a representative's own account"),
  },
  {
    name: 'payee-relative-owed: an officer assigns the payee of a relative on the word of two',
    edits: [
      {
        file: 'prisma/migrations/0013_rehoming/migration.sql',
        find: '(f.person_id in (select person from close) or',
        replace: '(false or',
      },
    ],
    test: doors('a ward whose representative is assigned of a relative of who enters'),
  },
  {
    name: 'payee-relative-correction: the second approver of a correction is not written down',
    edits: [
      {
        file: 'src/registry/account-changes-store.ts',
        find: '${by.confirmedBy}::uuid, ${by.secondConfirmedBy ?? null}::uuid',
        replace: '${by.confirmedBy}::uuid, null::uuid',
      },
    ],
    test: doors('an account that is corrected of a relative of who enters'),
  },
]
