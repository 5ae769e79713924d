import { inFile, type Mutant } from './mutant.ts'

const SENDING = 'src/payouts/sending.ts'
const SENDING_STORE = 'src/payouts/sending-store.ts'
const WORKER = 'src/compose-payouts.ts'

/** The same test runs on both backends of the queue; one of them is enough for a mutant. */
const processes = (name: string) =>
  inFile('test/fault/worker-processes.test.ts')(`queue on PostgreSQL ${name}`)
const database = inFile('test/fault/worker-database.test.ts')
const parking = inFile('test/integration/payouts-parking.test.ts')
const engines = inFile('test/fault/worker-engines.test.ts')

/** Mistakes that only show when a process, an engine or a line dies in the middle: for the tests in test/fault. */
export const faultMutants: readonly Mutant[] = [
  {
    name: 'fault-unread: nobody reads the status files of a bank',
    edits: [
      {
        file: 'src/payouts/handlers.ts',
        find: 'const files = await payouts.takeStatusFiles(db, by, channel, on)',
        replace: 'const files: readonly unknown[] = []',
      },
    ],
    test: processes('sends what is released'),
  },
  {
    name: 'fault-idle: an order whose worker died keeps the job that died with it',
    edits: [
      {
        file: 'src/payouts/sweeping.ts',
        find: 'raised: await raiseIdleOrders(tx, idleMs)',
        replace: 'raised: await Promise.resolve(idleMs * 0)',
      },
    ],
    test: processes('killed with -9 before-claim:1'),
  },
  {
    name: 'fault-silent-is-unsent: what was claimed and never recorded is sent again',
    edits: [
      {
        file: SENDING_STORE,
        find: `update instruction set state = 'UNKNOWN', reason = 'no answer recorded'`,
        replace: `update instruction set state = 'QUEUED', reason = 'no answer recorded'`,
      },
    ],
    test: processes('killed with -9 (after-claim|after-send|during-record):1'),
  },
  {
    name: 'fault-claim-late: the claim is committed only after the call',
    edits: [
      {
        file: SENDING,
        find: `import { claimOrPark } from './parking.ts'`,
        replace: `import { claimNext } from './claiming.ts'`,
      },
      {
        file: SENDING,
        find: 'const claim = await claimOrPark(sender, by, order)',
        replace: `let said: ReadonlyMap<string, PaymentOutcome> = new Map()
    const claim = await db.transact(by, async (tx) => {
      const got = await claimNext(tx, by, order, sender)
      if (got === null) return null
      said = await sendClaim(channel, got, { on: order.on, isFresh: () => true })
      await barrier('after-answer')
      return got
    })`,
      },
      {
        file: SENDING,
        find: `const sending = isFresh()
      ? sendClaim(channel, claim, { on: order.on, isFresh })
      : notSent(claim)`,
        replace: 'const sending = isFresh() ? said : notSent(claim)',
      },
    ],
    test: processes('killed with -9 after-answer:1'),
  },
  {
    name: 'fault-claims-on: a worker that is told to end claims until nothing is left',
    edits: [{ file: WORKER, find: 'ending = true', replace: 'ending = false' }],
    test: processes('told to end in the middle'),
  },
  {
    name: 'fault-drops: a worker that is told to end drops what is under way',
    edits: [{ file: 'src/main.ts', find: 'await stop() return 0', replace: 'process.exit(0)' }],
    test: processes('told to end in the middle'),
  },
  {
    name: 'fault-once-enqueued: a sweep offers orders to the queue only when it made them',
    edits: [
      {
        file: 'src/payouts/sweeping.ts',
        find: 'await enqueueOrders(queueOf, orders, on)',
        replace: 'if (planned > 0) await enqueueOrders(queueOf, orders, on)',
      },
    ],
    test: processes('robbed of its queue'),
  },
  {
    name: 'fault-stale: a claim is sent however old it is',
    edits: [
      {
        file: SENDING,
        find: 'const isFresh = () => age() <= sendWithinMs',
        replace: 'const isFresh = () => age() >= 0 || sendWithinMs < 0',
      },
    ],
    test: processes('frozen after its claim and thawed'),
  },
  {
    name: 'fault-both-claim: every offer is a job of its own, and claims do not wait for each other',
    edits: [
      {
        file: 'src/payouts/jobs.ts',
        find: 'key: ({ orderId, attempt }) => `send-${orderId}-${attempt}`',
        replace: 'key: ({ orderId, attempt }) => `send-${orderId}-${attempt}-${Math.random()}`',
      },
      {
        file: 'src/payouts/jobs.ts',
        find: 'add(sendOrderJob, jobs)',
        replace: 'add(sendOrderJob, [...jobs, ...jobs, ...jobs])',
      },
      {
        file: SENDING_STORE,
        find: 'await tx.$executeRaw`update payment_order set touched_at = clock_timestamp() where id = ${order.id}`',
        replace: '',
      },
      { file: SENDING_STORE, find: 'for no key update of i skip locked', replace: '' },
      {
        file: SENDING_STORE,
        find: `where reference = any (\${references}::text[]) and state = 'QUEUED'`,
        replace: 'where reference = any (${references}::text[])',
      },
    ],
    test: processes('two of them, and two sweeps at once'),
  },
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
    test: engines(
      'PostgreSQL (ends every connection|is killed with -9|ends the connection that listens)',
    ),
  },
  {
    name: 'fault-taken-back: a claim whose COMMIT was not answered counts as not made',
    edits: [
      {
        file: SENDING,
        find: 'const claim = await claimOrPark(sender, by, order)',
        replace: `const claim = await claimOrPark(sender, by, order).catch(async (error: unknown) => {
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
        find: 'const POISONED_MAX = 8',
        replace: 'const POISONED_MAX = 8_000',
      },
    ],
    test: parking('what all rows have in common'),
  },
  {
    name: 'fault-frozen: a file goes to the bank however old its claim is',
    edits: [
      {
        file: SENDING,
        find: 'const isFresh = () => age() <= sendWithinMs',
        replace: 'const isFresh = () => age() >= 0 || sendWithinMs < 0',
      },
    ],
    test: inFile('test/fault/worker-frozen.test.ts')('frozen before its file to the bank'),
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
]
