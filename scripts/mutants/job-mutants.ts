import { inFile, type Mutant } from './mutant.ts'

const CLAIMING = 'src/payouts/claiming.ts'
const SENDING_STORE = 'src/payouts/sending-store.ts'
const upkeep = inFile('test/integration/payouts-upkeep.test.ts')
const switched = inFile('test/integration/payouts-switch.test.ts')

/** Mistakes of what runs by the clock. */
export const jobMutants: readonly Mutant[] = [
  {
    name: 'one-claim: a job ends after the first claim of its order',
    edits: [
      {
        file: 'src/payouts/sending.ts',
        find: 'if (claim.isLast) return true',
        replace: 'return true',
      },
    ],
    test: inFile('test/integration/payouts-once.test.ts')('by a job that runs twice'),
  },
  {
    name: 'told-to-end: a sender that is told to end goes on claiming',
    edits: [
      {
        file: 'src/payouts/sending.ts',
        find: 'until?.aborted !== true && isOpen(',
        replace: 'until !== null && isOpen(',
      },
    ],
    test: inFile('test/integration/payouts-once.test.ts')(
      'a sender that is told to end claims nothing more',
    ),
  },
  {
    name: 'switch-ignored: a stopped channel is claimed for',
    edits: [
      {
        file: CLAIMING,
        find: 'if (!(await switches.maySend(tx, name))) return null',
        replace: '',
      },
      {
        file: 'prisma/migrations/0018_fast_moves/migration.sql',
        find: 'where not channel_may_send(c) limit 1',
        replace: 'where false limit 1',
      },
    ],
    test: switched('stops a channel at once'),
  },
  {
    name: 'silent-for-ever: what nobody recorded stays as it is',
    edits: [
      {
        file: 'src/payouts/sweeping.ts',
        find: 'counts.silent += await giveUpOnSilent(tx, callMs, channel)',
        replace: 'counts.silent += Number(callMs < 0 && channel === channel && 0)',
      },
    ],
    test: upkeep('turns what waits too long into UNKNOWN'),
  },
  {
    name: 'lost-job: an order whose job was lost keeps its job id',
    edits: [
      {
        file: SENDING_STORE,
        find: 'update payment_order o set attempt = attempt + 1, touched_at = clock_timestamp()',
        replace: 'update payment_order o set touched_at = clock_timestamp()',
      },
    ],
    test: upkeep('gives an order whose job was lost a new job id'),
  },
  {
    name: 'not-found-is-not-executed: an enquiry that finds nothing rejects',
    edits: [
      {
        file: 'src/payouts/enquiries.ts',
        find: `return answer.kind === 'rejected' ? [{ reference, attempt, outcome: answer }] : []`,
        replace: `if (answer.kind === 'not-found') return [{ reference, attempt, outcome: { kind: 'rejected', reason: 'NARR' } }]
    return answer.kind === 'rejected' ? [{ reference, attempt, outcome: answer }] : []`,
      },
    ],
    test: upkeep('"not found" and no answer decide nothing'),
  },
  {
    name: 'books-unwatched: money in transit that no payment explains stops nobody',
    edits: [
      {
        file: 'src/payouts/invariants-store.ts',
        find: 'where coalesce(a.balance, 0) <> w.amount',
        replace: 'where coalesce(a.balance, 0) > w.amount + 1000000000',
      },
    ],
    test: switched('one đồng too little'),
  },
  {
    name: 'started-by-one: one person turns a stopped channel on again',
    edits: [
      {
        file: 'src/payouts/switches.ts',
        find: 'if (confirmedBy === by.actor) {',
        replace: 'if (confirmedBy === undefined) {',
      },
      {
        file: 'prisma/migrations/0016_jobs/migration.sql',
        find: 'check (not sending or (confirmed_by is not null and confirmed_by <> actor))',
        replace: 'check (true)',
      },
    ],
    test: switched('is turned on again by two people only'),
  },
  {
    name: 'redis-evicts: a Redis that may drop jobs is taken',
    edits: [
      {
        file: 'src/lib/queue-redis.ts',
        find: `if (policy === 'noeviction') continue`,
        replace: `if (policy !== '') continue`,
      },
    ],
    test: inFile('test/integration/queue-redis.test.ts')('a Redis that may drop jobs'),
  },
  {
    name: 'calendar-twice: a task of a day is done by everybody who asks',
    edits: [
      {
        file: 'src/payouts/calendar-store.ts',
        find: 'return inserted === 1',
        replace: 'return inserted <= 1',
      },
    ],
    test: inFile('test/integration/payouts-calendar.test.ts')('makes up for the days'),
  },
  {
    name: 'paid-before-the-month: a list is sent as soon as it is released',
    edits: [
      {
        file: 'src/payouts/payouts-store.ts',
        find: `i.order_id is null and l.month <= \${until}::date group by 1, 2, 3) w`,
        replace: `i.order_id is null and \${until}::date is not null group by 1, 2, 3) w`,
      },
    ],
    test: upkeep('pays nobody before the month'),
  },
  {
    name: 'same-account-again: a payment is re-issued to the account that failed',
    edits: [
      {
        file: 'src/payouts/reissuing.ts',
        find: `!PASSES.has(retries.get(codes[at] ?? '') ?? 'no')`,
        replace: `PASSES.has(retries.get(codes[at] ?? '') ?? 'no')`,
      },
    ],
    test: inFile('test/integration/payouts-reissue.test.ts')('needs a corrected account'),
  },
  {
    name: 'cash-unclear-paid: a row of a report that says neither is taken as said',
    edits: [
      {
        file: 'src/payouts/cash-report.ts',
        find: 'if (result !== PAID && result !== UNPAID)',
        replace: `if (result === '?')`,
      },
    ],
    test: inFile('test/integration/payouts-cash-file.test.ts')('a row without a result'),
  },
  {
    name: 'papers-forgotten: nobody asks for a paper that ends',
    edits: [
      {
        file: 'src/payouts/calendar-runs.ts',
        find: 'await store.raiseRepresentationTasks(tx, of)',
        replace: '',
      },
    ],
    test: inFile('test/integration/payouts-calendar.test.ts')('asks for a new paper'),
  },
]
