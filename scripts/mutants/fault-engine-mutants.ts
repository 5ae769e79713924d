import { inFile, type Mutant } from './mutant.ts'

const SENDING = 'src/payouts/sending.ts'
const WORKER = 'src/compose-payouts.ts'

const database = inFile('test/fault/worker-database.test.ts')
const engines = inFile('test/fault/worker-engines.test.ts')

/** Mistakes that only show when the database, the queue's engine or the line to them dies under a worker. */
export const faultEngineMutants: readonly Mutant[] = [
  {
    name: 'fault-rhythm-lost: nobody puts back the rhythms of a queue that was emptied',
    edits: [{ file: WORKER, find: 'keepTime().catch(', replace: 'Promise.resolve().catch(' }],
    test: engines('Redis without persistence killed'),
  },
  {
    name: 'fault-redis-given-up: a Redis that went away is not connected to again',
    edits: [
      {
        file: 'src/lib/queue-redis.ts',
        find: 'const common = { maxRetriesPerRequest: null }',
        replace: 'const common = { maxRetriesPerRequest: null, retryStrategy: () => null }',
      },
    ],
    test: engines('Redis with an append-only file killed'),
  },
  {
    name: 'fault-gives-up: a worker ends when its queue reports an error',
    edits: [
      {
        file: 'src/lib/queue.ts',
        find: `options.onFailed('queue', error)`,
        replace: 'process.exit(error.message.length > 0 ? 1 : 2)',
      },
    ],
    test: engines('PostgreSQL is killed with -9'),
  },
  {
    name: 'fault-deaf: a worker ends when nobody listens for it any more',
    edits: [
      {
        file: 'src/lib/queue.ts',
        find: `options.onFailed('queue', error)`,
        replace: 'process.exit(error.message.length > 0 ? 1 : 2)',
      },
    ],
    test: engines('PostgreSQL ends the connection that listens'),
  },
  {
    name: 'fault-taken-back: a claim whose COMMIT was not answered counts as not made',
    edits: [
      {
        file: SENDING,
        find: 'const claim = await claimOrPark(sender, by, order, begin)',
        replace: `const claim = await claimOrPark(sender, by, order, begin).catch(async (error: unknown) => {
        await db.transact(
          by,
          (tx) =>
            tx.$executeRaw\`update instruction set state = 'QUEUED' where order_id = \${order.id} and state = 'SUBMITTING'\`,
        )
        throw error
      },
    )`,
      },
    ],
    test: database('the reply to the COMMIT of a claim'),
  },
  {
    name: 'fault-run-again: what failed at its COMMIT is run once more',
    edits: [
      {
        file: 'src/lib/db.ts',
        find: `if (tries >= ATTEMPTS_MAX || !RUN_AGAIN.has(sqlState(error) ?? ''))`,
        replace: `if (tries >= ATTEMPTS_MAX || RUN_AGAIN.has('') || sqlState(error) === '')`,
      },
    ],
    test: database('the reply to the COMMIT of'),
  },
  {
    name: 'fault-hangs: nobody gives up on a server that does not answer',
    edits: [
      {
        file: 'src/lib/db.ts',
        find: `query_timeout: query,
      // A frozen server takes the connection and says nothing.
      connectionTimeoutMillis: query,`,
        replace: '...(query > 0 ? {} : { query_timeout: query }),',
      },
    ],
    test: database('a frozen server'),
  },
]
