import { inFile, type Mutant } from './mutant.ts'

// What the interface shows and reaches.

const reached = inFile('test/api/reached.test.ts')
const money = inFile('test/api/two-about-money.test.ts')
const underWay = inFile('test/api/under-way.test.ts')('a key is refused while its first')

/** Mistakes in what is shown to whom, and in what the interface books. */
export const interfaceMutants: readonly Mutant[] = [
  {
    name: 'proposals-of-whom-one-stands-in-for',
    edits: [
      {
        file: 'src/api/confirmable.ts',
        find: 'users: asker.persons,',
        replace: 'users: [asker.actor],',
      },
    ],
    test: {
      file: 'test/api/proposals.test.ts',
      name: 'whoever stands in for somebody is shown',
    },
  },
  {
    name: 'explained-either-way',
    edits: [
      {
        file: 'src/reconciliation/explaining.ts',
        find: "if ((kind === 'bank-fee') === (direction === 'debit')) return",
        replace: 'if (kind !== direction) return',
      },
    ],
    test: money('a line in suspense is explained'),
  },
  {
    name: 'explained-and-still-open',
    edits: [
      {
        file: 'src/reconciliation/explaining.ts',
        find: 'await explainLine(tx, { lineId, entryId, communeId })',
        replace: 'await Promise.resolve()',
      },
    ],
    test: money('a line in suspense is explained'),
  },
  {
    name: 'explained-of-a-payment',
    edits: [
      {
        file: 'src/reconciliation/explaining.ts',
        find: 'if (!line.ofPayment) return line',
        replace: "if (line.lineId !== '') return line",
      },
    ],
    test: money('a line in suspense is explained'),
  },
  {
    name: 'fee-of-any-programme',
    edits: [
      {
        file: 'src/reconciliation/explaining.ts',
        find: '(await ledger.hasProgramme(tx, what.programme))',
        replace: "what.programme !== ''",
      },
    ],
    test: money('a line in suspense is explained'),
  },
  {
    name: 'status-file-confirmed-blind',
    edits: [
      {
        file: 'src/payouts/status-by-hand.ts',
        find: 'rejected: rejected.slice(0, REJECTED_SHOWN)',
        replace: 'rejected: []',
      },
    ],
    test: money('a status file that came by hand'),
  },
  {
    name: 'status-file-second-untold',
    edits: [
      {
        file: 'src/payouts/status-files.ts',
        find: 'confirmedBy === undefined ? {} : { confirmedBy }',
        replace: '{}',
      },
    ],
    test: money('a status file that came by hand'),
  },
  {
    name: 'explained-without-paper',
    edits: [
      {
        file: 'src/ledger/by-hand.ts',
        find: '    await store.insertByHand(tx, { entryId, enteredBy: by.actor, ...paper })',
        replace: '    void [entryId, paper, store]',
      },
    ],
    test: money('a line in suspense is explained'),
  },
  {
    name: 'verification-of-the-trail-alone',
    edits: [
      {
        file: 'src/operations/job-kinds.ts',
        find: 'ok: journal.ok && trail.ok',
        replace: 'ok: trail.ok',
      },
    ],
    test: reached('ledger and trail are recomputed'),
  },
  {
    name: 'categories-of-all-times',
    edits: [
      {
        file: 'src/registry/reference-reads-store.ts',
        find: ' and (valid_to is null or valid_to >= ${month}::date)',
        replace: '',
      },
    ],
    test: reached('a category that ended before'),
  },
  {
    name: 'head-of-some-block',
    edits: [
      {
        file: 'src/ledger/verify-heads.ts',
        find: 'order by b.number desc limit 1',
        replace: 'order by b.number limit 1',
      },
    ],
    test: reached('the newest heads'),
  },
  {
    name: 'key-used-twice-at-once',
    edits: [
      {
        file: 'src/api/idempotency.ts',
        find: 'if (!(await lockKey(tx, of)))',
        replace: "if (!(await lockKey(tx, of)) && of.key === '')",
      },
    ],
    test: underWay,
  },
  {
    name: 'ended-in-the-middle',
    edits: [
      {
        file: 'src/compose-api.ts',
        find: 'const cut = setTimeout(() => server.closeAllConnections(), ENDING_MS)',
        replace: 'const cut = setTimeout(() => server.closeAllConnections(), ENDING_MS / 1e6)',
      },
    ],
    test: underWay,
  },
  {
    name: 'sort-unheard',
    edits: [
      {
        file: 'src/payouts/list-reads-store.ts',
        find: "when 'amount' then -e.amount else 0 end",
        replace: "when 'amount' then e.amount else 0 end",
      },
    ],
    test: inFile('test/api/list-reads.test.ts')('rows come by name, by amount'),
  },
  {
    name: 'head-second-folder-dropped',
    edits: [
      {
        file: 'src/compose-heads.ts',
        find: 'config.HEAD_SECOND_FOLDER ?? second',
        replace: 'second',
      },
    ],
    test: {
      file: 'test/integration/heads-kept.test.ts',
      name: 'a machine for development has a key',
    },
  },
]
