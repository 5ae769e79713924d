import { inFile, type Mutant } from './mutant.ts'

const STORE = 'src/payouts/carrying-store.ts'
const MIGRATION = 'prisma/migrations/0023_cash_carried/migration.sql'
const carried = inFile('test/integration/payouts-cash-carried.test.ts')
const abuse = inFile('test/integration/cash-carried-abuse.test.ts')

/** Mistakes about cash that is offered again: somebody would be paid twice, or a dead person's money be handed out. */
export const carryMutants: readonly Mutant[] = [
  {
    name: 'carry-twice: what is on a later offer is taken over again',
    edits: [{ file: STORE, find: 'and x.turn > o.turn)', replace: 'and x.turn > o.turn + 99)' }],
    test: carried('is offered once, however often'),
  },
  {
    name: 'carry-same-month: the list that offered it takes it over again',
    edits: [{ file: STORE, find: 'and l.month < n.month', replace: 'and l.month <= n.month' }],
    test: carried('is not taken over by its own month'),
  },
  {
    name: 'carry-dead: nobody asks again whether they live',
    edits: [
      {
        file: 'src/payouts/carrying.ts',
        find: 'left.filter(({ entitlement }) => !held.has(entitlement))',
        replace: 'left',
      },
    ],
    test: carried('a dead person is not taken over'),
  },
  {
    name: 'carried-paid-twice: two offers of one entitlement may both be paid',
    edits: [
      {
        file: MIGRATION,
        find: 'create unique index cash_result_paid_once',
        replace: 'create index cash_result_paid_once',
      },
    ],
    test: abuse('adds a second paid result to no offer'),
  },
  {
    name: 'carried-paid-offered: what was paid may be offered again',
    edits: [
      {
        file: 'prisma/migrations/0045_carried_and_window/migration.sql',
        find: 'and not r.paid and o.turn',
        replace: 'and o.turn',
      },
    ],
    test: abuse('offers again only what was reported unpaid'),
  },
  {
    name: 'carried-and-account: what is offered in cash may be paid through an account too',
    edits: [
      {
        file: 'prisma/migrations/0044_reissued_to_receiver/migration.sql',
        find: 'if offered then',
        replace: 'if false then',
      },
    ],
    test: abuse('pays nothing through an account'),
  },
  {
    name: 'carried-alone: who prepared the list takes over for it',
    edits: [
      {
        file: MIGRATION,
        find: 'if prepared_list_of(l.commune_id, l.month, new.carried_by) or decided_list_of',
        replace: 'if decided_list_of',
      },
    ],
    test: carried('not by who prepared'),
  },
  {
    name: 'carried-forgotten: what was fetched a month later counts as not received',
    edits: [
      {
        file: 'src/payouts/unpaid-store.ts',
        find: 'r.entitlement_number = e.number and r.paid)',
        replace: 'r.entitlement_number = e.number and r.paid and false)',
      },
    ],
    test: abuse('fetched later is received'),
  },
  {
    name: 'carried-coverage: fetched cash counts for the month of the cash list',
    edits: [
      {
        file: 'src/reconciliation/coverage-store.ts',
        find: 'join payout_list l on l.id = e.list_id\n       where r.paid',
        replace:
          'join cash_list c on c.id = r.cash_list_id join payout_list l on l.id = c.list_id where r.paid',
      },
    ],
    test: abuse('adds up at every step'),
  },
  {
    name: 'dead-still-listed: who died since the release is handed over as if they lived',
    edits: [
      {
        file: 'src/payouts/cash-file.ts',
        find: 'return holdsAt(tx, await store.questionsOf(tx, of.cashListId), of.on)',
        replace:
          'return holdsAt(tx, (await store.questionsOf(tx, of.cashListId)).slice(0, 0), of.on)',
      },
    ],
    test: inFile('test/integration/payouts-cash-file.test.ts')('who died since the release'),
  },
]
