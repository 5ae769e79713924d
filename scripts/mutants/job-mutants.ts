import { inFile, type Mutant } from './mutant.ts'

const CLAIMING = 'src/payouts/claiming.ts'
const BEFORE = 'src/payouts/before-sending.ts'
const SENDING_STORE = 'src/payouts/sending-store.ts'
const QUEUE = 'src/lib/queue.ts'

const before = inFile('test/integration/payouts-before-sending.test.ts')
const upkeep = inFile('test/integration/payouts-upkeep.test.ts')
const switched = inFile('test/integration/payouts-switch.test.ts')

/** Mistakes of what runs by the clock, and of the last look before sending. */
export const jobMutants: readonly Mutant[] = [
  {
    name: 'poisoned-row: one number that does not open keeps its whole order',
    edits: [
      {
        file: BEFORE,
        find: `if (error instanceof DomainError && error.code === 'sealed-value') return null`,
        replace: '',
      },
    ],
    test: before('its account number does not open'),
  },
  {
    name: 'unasked-before-sending: what was true at the release is true for ever',
    edits: [
      {
        file: BEFORE,
        find: 'const waiting = await holdsAt(tx, questions, deps.on)',
        replace: 'const waiting = await holdsAt(tx, questions.slice(questions.length), deps.on)',
      },
    ],
    test: before('the beneficiary has died'),
  },
  {
    name: 'unverified: whoever the account belongs to is paid',
    edits: [{ file: BEFORE, find: '!limits.verifiesFirst || row.paidBefore', replace: 'row' }],
    test: before('who is somebody else, unknown, closed or not answered for waits'),
  },
  {
    name: 'verified-closed: a closed account of the right name is paid into',
    edits: [
      {
        file: 'src/registry/accounts.ts',
        find: `if (answer.status === 'active') return named`,
        replace: 'if (answer.status) return named',
      },
    ],
    test: before('who is somebody else, unknown, closed or not answered for waits'),
  },
  {
    name: 'out-of-hours: a channel is called outside its hours',
    edits: [
      {
        file: 'src/payouts/sending.ts',
        find: 'return hours.from <= now && now < hours.until',
        replace: 'return hours.from <= now || now < hours.until',
      },
    ],
    test: before('outside the hours of its channel nothing is claimed'),
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
        file: 'prisma/migrations/0015_jobs/migration.sql',
        find: 'if not channel_may_send(new.channel) then',
        replace: 'if false then',
      },
    ],
    test: switched('TODO'),
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
        find: `if (answer.kind === 'rejected') outcomes.set(reference, answer)`,
        replace: `if (answer.kind === 'rejected') outcomes.set(reference, answer)
    if (answer.kind === 'not-found') outcomes.set(reference, { kind: 'rejected', reason: 'NARR' })`,
      },
    ],
    test: upkeep('"not found" and no answer decide nothing'),
  },
  {
    name: 'stalled-again: BullMQ may run a stalled sending job again',
    edits: [{ file: QUEUE, find: 'maxStalledCount: 0', replace: 'maxStalledCount: 1' }],
    test: inFile('test/integration/queue.test.ts')('TODO'),
  },
]
