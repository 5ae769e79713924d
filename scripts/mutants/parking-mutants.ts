import { inFile, type Mutant } from './mutant.ts'

const parking = inFile('test/integration/payouts-parking.test.ts')

/** Mistakes about payments that cannot be prepared, files that grew old, and accounts that changed. */
export const parkingMutants: readonly Mutant[] = [
  {
    name: 'poisoned-chunk: a row that cannot be prepared keeps its chunk waiting',
    edits: [
      {
        file: 'src/payouts/parking.ts',
        find: 'if (poisoned.size === 0) throw error',
        replace: 'if (poisoned.size >= 0) throw error',
      },
    ],
    test: parking('the rest is sent at once'),
  },
  {
    name: 'poisoned-for-ever: a row that cannot be prepared is tried without end',
    edits: [
      {
        file: 'src/payouts/parking.ts',
        find: 'const FAILURES_MAX = 3',
        replace: 'const FAILURES_MAX = 3_000',
      },
    ],
    test: parking('the rest is sent at once'),
  },
  {
    name: 'poisoned-all: a fault of the channel parks every row',
    edits: [
      {
        file: 'src/payouts/parking.ts',
        find: 'if (found.size <= POISONED_MAX) return found',
        replace: 'if (found.size >= 0) return found',
      },
    ],
    test: parking('what all rows have in common'),
  },
  {
    name: 'poisoned-many: more than eight such rows keep their order waiting',
    edits: [
      {
        file: 'src/payouts/parking.ts',
        find: 'if ((await errorOf([reference])) === null) return found',
        replace: 'if ((await errorOf([reference])) === null) return new Map()',
      },
    ],
    test: parking('ten such rows'),
  },
  {
    name: 'file-old: a file that is on its way to the bank is ended although its claim grew old',
    edits: [
      {
        file: 'src/payouts/channels/iso20022/https.ts',
        find: 'yield piece } requireFresh()',
        replace: 'yield piece }',
      },
    ],
    test: inFile('test/integration/bank-fresh.test.ts')('is asked for before each piece'),
  },
  {
    name: 'file-begun-old: the first byte of a file leaves although its claim grew old',
    edits: [
      {
        file: 'src/payouts/channels/iso20022/https.ts',
        find: 'requireFresh() sending.begun = true',
        replace: 'sending.begun = true',
      },
    ],
    test: inFile('test/integration/bank-fresh.test.ts')('is asked for before each piece'),
  },
  {
    name: 'redirect-of-old: a held payment is looked up by the month that it is for',
    edits: [
      {
        file: 'src/payouts/redirecting.ts',
        find: '{ month: monthOf(on), on, people: held }',
        replace: `{ month: monthOf('2023-08-01' as LocalDate), on, people: held }`,
      },
    ],
    test: inFile('test/integration/payouts-redirect.test.ts')('goes on into the new account'),
  },
  {
    name: 'stop-frees-twice: a row is stopped although it was claimed',
    edits: [
      {
        file: 'prisma/migrations/0010_lists/migration.sql',
        find: `state not in ('CANCELLED', 'REJECTED', 'RETURNED')),`,
        replace: `state in ('LISTED', 'APPROVED')),`,
      },
    ],
    test: inFile('test/integration/lists-races.test.ts')('300 stops of a row against the claim'),
  },
]
