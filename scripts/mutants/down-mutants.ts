import { inFile, type Mutant } from './mutant.ts'

const down = (name: string) => inFile('test/integration/channels-down.test.ts')(`the ${name}:`)
const races = inFile('test/integration/lists-races.test.ts')
const LISTS = 'prisma/migrations/0010_lists/migration.sql'

/** Mistakes that show when a channel stays away for an hour, or when two decide on one row at once. */
export const downMutants: readonly Mutant[] = [
  {
    name: 'down-is-unknown: what a channel that is down refuses counts as perhaps sent',
    edits: [
      {
        file: 'src/payouts/outcomes.ts',
        find: `return { reference, state: 'QUEUED', reason: 'connection refused' }`,
        replace: `return { reference, state: 'UNKNOWN', reason: 'connection refused' }`,
      },
    ],
    test: down('bank'),
  },
  {
    name: 'down-is-rejected: a channel that does not answer has not executed',
    edits: [
      {
        file: 'src/payouts/enquiries.ts',
        find: `return answer.kind === 'rejected' ? [{ reference, attempt, outcome: answer }] : []`,
        replace: `return answer.kind === 'rejected' || answer.kind === 'no-answer'
      ? [{ reference, attempt, outcome: { kind: 'rejected', reason: 'NARR' } }]
      : []`,
      },
    ],
    test: down('hue-s'),
  },
  {
    name: 'down-claimed-on: an order is claimed in each sweep although its channel is down',
    edits: [
      {
        file: 'src/payouts/channels/guarded.ts',
        find: 'breaker.note([...outcomes.values()].some(answered))',
        replace: 'breaker.note(true)',
      },
    ],
    test: down('bank'),
  },
  {
    name: 'race-held-and-claimed: a claim takes rows as it read them, whoever has held them since',
    edits: [
      {
        file: 'src/payouts/sending-store.ts',
        find: 'order by reference limit ${order.size} for no key update skip locked)',
        replace: 'order by reference limit ${order.size})',
      },
      {
        file: 'src/payouts/sending-store.ts',
        find: `where reference = any (\${references}::text[]) and state = 'QUEUED'`,
        replace: 'where reference = any (${references}::text[])',
      },
    ],
    test: races('300 holds against the claim'),
  },
  {
    name: 'race-approved-withdrawn: what was withdrawn a moment ago is approved',
    edits: [
      {
        file: LISTS,
        find: `('APPROVED', 'RELEASED'), ('APPROVED', 'REFUSED')`,
        replace: `('WITHDRAWN', 'APPROVED'), ('APPROVED', 'RELEASED'), ('APPROVED', 'REFUSED')`,
      },
      {
        file: LISTS,
        find: `else l.state = 'SUBMITTED' end`,
        replace: `else l.state in ('SUBMITTED', 'WITHDRAWN') end`,
      },
    ],
    test: races('approval against withdrawal'),
  },
  {
    name: 'turns-of-one: each process counts the calls a second of its own alone',
    edits: [
      {
        file: 'prisma/migrations/0045_carried_and_window/migration.sql',
        find: 'set free_at = greatest(t.free_at, clock_timestamp()) +',
        replace: 'set free_at = clock_timestamp() +',
      },
    ],
    test: inFile('test/integration/channel-turns.test.ts')('three processes together'),
  },
]
