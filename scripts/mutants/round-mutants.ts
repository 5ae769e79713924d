import { inFile, type Mutant } from './mutant.ts'

const SENDING_STORE = 'src/payouts/sending-store.ts'
const rounds = inFile('test/integration/payouts-rounds.test.ts')

/** Mistakes of rounds, and of orders that are offered again. */
export const roundMutants: readonly Mutant[] = [
  {
    name: 'raised-while-stopped: an order of a stopped channel gets a new job with each sweep',
    edits: [
      {
        file: SENDING_STORE,
        find: 'o.channel = any (${channels}::text[])) and channel_may_send(o.channel)',
        replace: 'o.channel = any (${channels}::text[]))',
      },
    ],
    test: rounds('raises and offers nothing'),
  },
  {
    name: 'raised-while-closed: an order of a channel that is closed gets a new job with each sweep',
    edits: [
      {
        file: 'src/payouts/sweeping.ts',
        find: 'isOpen(its, clock) ? [channel] : []',
        replace: 'isOpen(its, clock) ? [channel] : [channel]',
      },
    ],
    test: rounds('raises and offers nothing'),
  },
  {
    name: 'empty-order: rows that fill their orders exactly get one more',
    edits: [
      {
        file: 'src/payouts/payouts-store.ts',
        find: 'left > 0; left -= size',
        replace: 'left >= 0; left -= size',
      },
    ],
    test: rounds('makes no empty order'),
  },
  {
    name: 'sweep-as-releaser: what a sweep ordered is sent in the name of a person',
    edits: [
      {
        file: 'src/payouts/handlers.ts',
        find: 'actor: of.plannedBy as PersonId',
        replace: 'actor: of.orderedBy as PersonId',
      },
    ],
    test: rounds('is sent by the machine'),
  },
  {
    name: 'closed-meanwhile: the hours are not asked again after the names',
    edits: [
      {
        file: 'src/payouts/sending.ts',
        find: 'if (!mayGoOn()) return true let age',
        replace: 'let age',
      },
    ],
    test: rounds('whose channel closes'),
  },
  {
    name: 'round-for-ever: a channel that hangs keeps its round',
    edits: [
      {
        file: 'src/payouts/handlers.ts',
        find: 'AbortSignal.timeout(roundMs)',
        replace: 'AbortSignal.timeout(roundMs * 1_000)',
      },
    ],
    test: rounds('ends although a channel hangs'),
  },
  {
    name: 'round-one-by-one: a channel that hangs keeps the others waiting, and the process',
    edits: [
      {
        file: 'src/payouts/handlers.ts',
        find: 'AbortSignal.any([ending, AbortSignal.timeout(roundMs)])',
        replace: 'AbortSignal.any([AbortSignal.timeout(roundMs * 100)])',
      },
    ],
    test: rounds('ends at once when the process is to end'),
  },
  {
    name: 'books-parted-unheard: a round that meets parted books stops nobody',
    edits: [
      {
        file: 'src/payouts/invariants.ts',
        find: 'await stopOnViolation(tx, of.by, channel, error)',
        replace: 'if (of.by.via === channel) await stopOnViolation(tx, of.by, channel, error)',
      },
    ],
    test: rounds('which only parted books explain'),
  },
]
