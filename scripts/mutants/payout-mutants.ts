import { inFile, type Mutant } from './mutant.ts'

const PAYOUTS = 'prisma/migrations/0005_payouts/migration.sql'
const MOVES = 'prisma/migrations/0018_fast_moves/migration.sql'
const NOTHING_TWICE = 'prisma/migrations/0024_nothing_twice/migration.sql'
const STATEMENTS = 'prisma/migrations/0006_reconciliation/migration.sql'
const SENDING = 'src/payouts/sending.ts'
const SENDING_STORE = 'src/payouts/sending-store.ts'

const oracle = inFile('test/fault/oracle.test.ts')
const once = inFile('test/integration/payouts-once.test.ts')

/** Mistakes of whoever pays out: each would pay somebody twice, or pay what nobody decided. */
export const payoutMutants: readonly Mutant[] = [
  {
    name: 'resend-on-timeout: a call without an answer is queued again',
    edits: [
      {
        file: 'src/payouts/outcomes.ts',
        find: `state: 'UNKNOWN', reason: outcome.reason`,
        replace: `state: 'QUEUED', reason: outcome.reason`,
      },
    ],
    test: {
      file: 'test/integration/payouts-refused.test.ts',
      name: 'that answers something else than was asked for: unknown',
    },
  },
  {
    name: 'no-fence: a sender records what another has claimed since',
    edits: [
      {
        file: SENDING_STORE,
        find: 'and i.fence = ${fence}::uuid',
        replace: 'and ${fence}::uuid is not null',
      },
    ],
    test: once('records nothing of what another sender has taken since'),
  },
  {
    name: 'old-claim: a sender that was frozen sends what it claimed long ago',
    edits: [{ file: SENDING, find: 'age() <= sendWithinMs', replace: 'age() >= 0' }],
    test: once('sends nothing that was decided on without it'),
  },
  {
    name: 'old-halfway: a sender that was frozen between two calls of a claim goes on with it',
    edits: [
      {
        file: 'src/payouts/channels/hue-s.ts',
        find: 'isFresh()\n          ?',
        replace: 'isFresh() || true\n          ?',
      },
    ],
    test: inFile('test/integration/wallet-faults.test.ts')('a claim that grows old half-way'),
  },
  {
    name: 'old-file: a file whose claim grew old while it was written is sent',
    edits: [
      {
        file: 'src/payouts/channels/iso20022/folder.ts',
        find: `if (!isFresh()) throw new Error('the claim grew old')`,
        replace: '',
      },
    ],
    test: inFile('test/integration/bank-folder-old.test.ts')(
      'whose claim grows old while it is written',
    ),
  },
  {
    name: 'no-state: a sender records what was given up on',
    edits: [
      {
        file: SENDING_STORE,
        find: `and i.state = 'SUBMITTING' and i.fence`,
        replace: 'and i.fence',
      },
    ],
    test: once('records nothing: what is unknown stays unknown'),
  },
  {
    name: 'claim-again: a job takes what is being sent already',
    edits: [
      {
        file: SENDING_STORE,
        find: `where order_id = \${order.id} and state = 'QUEUED' and (attempt = 0`,
        replace: `where order_id = \${order.id} and state in ('QUEUED', 'SUBMITTING') and (attempt >= 0`,
      },
      {
        file: SENDING_STORE,
        find: `where reference = any (\${references}::text[]) and state = 'QUEUED'`,
        replace: `where reference = any (\${references}::text[])`,
      },
    ],
    test: once('while it waits for the answer'),
  },
  {
    name: 're-issue-while-open: a second live instruction of one entitlement',
    edits: [
      {
        file: PAYOUTS,
        find: 'create unique index instruction_one_live on instruction (entitlement_number)',
        replace: 'create index instruction_one_live on instruction (entitlement_number)',
      },
    ],
    test: oracle('nobody is paid twice'),
  },
  {
    name: 'resend-by-one: a resend needs no decision of two people',
    edits: [
      {
        file: PAYOUTS,
        find: 'constraint resend_two_people check (requested_by <> approved_by)',
        replace: 'constraint resend_two_people check (true)',
      },
    ],
    test: inFile('test/integration/payouts-transitions.test.ts')(
      'is not decided by one person as two',
    ),
  },
  {
    name: 'same-person-approves: who approved a list also releases it',
    edits: [
      {
        file: PAYOUTS,
        find: 'approved_by <> prepared_by and released_by <> prepared_by and released_by <> approved_by',
        replace: 'true',
      },
    ],
    test: inFile('test/integration/payouts-laws.test.ts')('the approver does not release'),
  },
  {
    name: 'any-transition: a state may follow any other',
    edits: [
      {
        file: MOVES,
        find: 'filter (where o.state <> n.state and t.from_state is null)',
        replace: 'filter (where false)',
      },
    ],
    test: inFile('test/integration/payouts-transitions.test.ts')(
      'from PAID goes where the table says',
    ),
  },
]

/** Mistakes about what the bank says. */
export const statementMutants: readonly Mutant[] = [
  {
    name: 'match-ignores-amount: a line settles a payment of another amount',
    edits: [
      {
        file: 'src/payouts/settling-store.ts',
        find: 'on i.reference = l.reference and i.amount = l.amount and',
        replace: 'on i.reference = l.reference and',
      },
    ],
    test: inFile('test/integration/reconciliation-matching.test.ts')(
      'of another amount does not match, however',
    ),
  },
  {
    name: 'statement-gap: a statement need not begin where the last one ended',
    edits: [
      {
        file: STATEMENTS,
        find: 'if new.opening <> coalesce(closing_before, 0) then',
        replace: 'if false then',
      },
    ],
    test: inFile('test/integration/reconciliation-statements.test.ts')('a day is missing'),
  },
  {
    name: 'match-ignores-channel: a line of the bank settles a payment of the wallet',
    edits: [
      {
        file: 'src/payouts/settling-store.ts',
        find: 'and i.channel = l.channel',
        replace: '',
      },
    ],
    test: inFile('test/integration/reconciliation-matching.test.ts')(
      'of the bank does not settle a payment of the wallet',
    ),
  },
  {
    name: 'resend-what-is-named: a statement names the payment, and it is resent',
    edits: [
      {
        file: NOTHING_TWICE,
        find: 'and not exists (select from statement_line x where x.reference = i.reference)',
        replace: '',
      },
    ],
    test: inFile('test/integration/reconciliation-statements.test.ts')(
      'and not when a line names it that is not matched yet',
    ),
  },
]
