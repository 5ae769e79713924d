import { inFile, type Mutant } from './mutant.ts'

const SENDING = 'src/payouts/sending.ts'
const SENDING_STORE = 'src/payouts/sending-store.ts'
const WORKER = 'src/compose-payouts.ts'

/** The same test runs on both backends of the queue; one of them is enough for most mutants. */
const processes = (name: string, backend = 'PostgreSQL') =>
  inFile('test/fault/worker-processes.test.ts')(`queue on ${backend} ${name}`)

const ONCE_ENQUEUED = {
  file: 'src/payouts/sweeping.ts',
  find: 'await enqueueOrders(queueOf, orders, null)',
  replace: 'if (planned > 0) await enqueueOrders(queueOf, orders, null)',
}

/** What was claimed and never recorded is sent again, by the place at which its worker was killed. */
const unsent = (name: string, barrier: string): Mutant => ({
  name: `${name}: what was claimed and never recorded is sent again, killed ${barrier}`,
  edits: [
    {
      file: SENDING_STORE,
      find: `update instruction set state = 'UNKNOWN', reason = 'no answer recorded'`,
      replace: `update instruction set state = 'QUEUED', reason = 'no answer recorded'`,
    },
  ],
  test: processes(`killed with -9 ${barrier}:1`),
})

/** Mistakes that only show when a process, an engine or a line dies in the middle: for the tests in test/fault. */
export const faultMutants: readonly Mutant[] = [
  {
    name: 'fault-unread: nobody reads the status files of a bank',
    edits: [
      {
        file: 'src/payouts/handlers.ts',
        find: 'const files = await payouts.takeStatusFiles(db, by, channel, on, bounded())',
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
        find: 'raised: await raiseIdleOrders(tx, idleMs, open)',
        replace: 'raised: await Promise.resolve(idleMs * 0)',
      },
    ],
    test: processes('killed with -9 before-claim:1'),
  },
  unsent('fault-claimed-is-unsent', 'after-claim'),
  unsent('fault-silent-is-unsent', 'after-send'),
  unsent('fault-recorded-is-unsent', 'during-record'),
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
        find: 'const claim = await claimOrPark(sender, by, order, begin)',
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
    name: 'fault-claims-on: a worker that is told to end goes on taking jobs',
    edits: [
      {
        file: WORKER,
        find: 'ending.abort()',
        replace: 'await new Promise((go) => setTimeout(go, 25_000))',
      },
    ],
    test: processes('told to end in the middle'),
  },
  {
    name: 'fault-drops: a worker that is told to end drops what is under way',
    edits: [
      { file: 'src/main.ts', find: 'await stop() // Long', replace: 'process.exit(0) // Long' },
    ],
    test: processes('told to end in the middle'),
  },
  {
    name: 'fault-once-enqueued: a sweep offers orders to the queue only when it made them',
    edits: [ONCE_ENQUEUED],
    test: processes('robbed of its queue'),
  },
  {
    name: 'fault-flushed: the same, its queue on a Redis that was flushed',
    edits: [ONCE_ENQUEUED],
    test: processes('robbed of its queue', 'Redis'),
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
      { file: SENDING_STORE, find: 'for no key update skip locked', replace: '' },
      {
        file: SENDING_STORE,
        find: `where reference = any (\${references}::text[]) and state = 'QUEUED'`,
        replace: 'where reference = any (${references}::text[])',
      },
    ],
    test: processes('two of them, and two sweeps at once'),
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
]
