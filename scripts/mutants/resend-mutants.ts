import { inFile, type Mutant } from './mutant.ts'

const NOTHING_TWICE = 'prisma/migrations/0024_nothing_twice/migration.sql'

const decided = inFile('test/integration/payouts-resending.test.ts')
const again = inFile('test/integration/payouts-resent.test.ts')

const inSql = (find: string, replace: string) => [{ file: NOTHING_TWICE, find, replace }]

/** Mistakes about what is sent a second time: each could pay somebody twice. */
export const resendMutants: readonly Mutant[] = [
  {
    name: 'resend-uncovered: a resend may name any evidence',
    edits: inSql('if bare is not null then', 'if false then'),
    test: decided('word is final and the statement named covers it'),
  },
  {
    name: 'resend-too-early: the statement of the day of sending is evidence enough',
    edits: inSql('s.day >= f.since + c.final_after_days', 's.day >= f.since'),
    test: decided('word is final and the statement named covers it'),
  },
  {
    name: 'resend-over-a-gap: a day between the sending and the statement may be missing',
    edits: inSql('and statements_are_in(i.channel, i.paying_unit, e.occurred_on, s.day)', ''),
    test: decided('a day in between is missing'),
  },
  {
    name: 'resend-by-old-statement: a statement from before the claim covers it',
    edits: inSql('and s.recorded_at > i.claimed_at', ''),
    test: decided('it came in before the payment was claimed'),
  },
  {
    name: 'resend-unheard: a callback that nobody asked about yet is passed over',
    edits: inSql(
      'and not exists (select from enquiry_due d where d.reference = i.reference and d.since > i.claimed_at)',
      '',
    ),
    test: decided('a callback waits to be asked about'),
  },
  {
    name: 'resend-in-anothers-name: who decides may name somebody else',
    edits: inSql(
      "where requested_by <> current_setting('app.actor')::uuid) then",
      'where requested_by = approved_by) then',
    ),
    test: inFile('test/integration/payouts-transitions.test.ts')(
      'is not decided in the name of another',
    ),
  },
  {
    name: 'resent-never: what waits to be asked after is left to wait',
    edits: [
      {
        file: 'src/payouts/sending.ts',
        find: '(hasAsked || (await askAgain(sender, by, id)) === 0)',
        replace: '(true)',
      },
    ],
    test: again('the channel is asked once more'),
  },
  {
    name: 'resent-unasked: nobody asks once more before the second call',
    edits: [
      {
        file: 'src/payouts/claiming.ts',
        find: 'askFirst: limits.enquires',
        replace: 'askFirst: false',
      },
    ],
    test: again('the channel is asked once more'),
  },
  {
    name: 'resent-known: what came to light since the decision is passed over',
    edits: [
      {
        file: 'src/payouts/claiming.ts',
        find: 'const known = await knownBefore(tx, before)',
        replace: 'const known = await knownBefore(tx, before.slice(before.length))',
      },
    ],
    test: again('the channel is asked once more'),
  },
  {
    name: 'resent-line: a statement that names what is sent again is passed over',
    edits: inSql(
      'when exists (select from statement_line x where x.reference = p.reference) then',
      'when false then',
    ),
    test: again('a statement that names it'),
  },
  {
    name: 'resent-call: a callback about what is sent again is passed over',
    edits: inSql('and c.accepted and c.received_at > p.since)', 'and not c.accepted)'),
    test: again('a callback has us ask'),
  },
  {
    name: 'resent-not-due: a callback about what is queued again has nobody ask',
    edits: [
      {
        file: 'src/payouts/callbacks-store.ts',
        find: "or i.state = 'QUEUED' and exists (select from resend_decision r where r.reference = i.reference)",
        replace: '',
      },
    ],
    test: again('a callback has us ask'),
  },
  {
    name: 'resent-stale-answer: an enquiry of long ago does before the second call',
    edits: inSql("and q.recorded_at > clock_timestamp() - interval '5 minutes') then", ') then'),
    test: again('an answer of long ago'),
  },
  {
    name: 'resent-cancelled: what may have been paid is cancelled and its money freed',
    edits: inSql('if may_be_found_paid(new.reference, old.attempt) then', 'if false then'),
    test: again('no list stops it'),
  },
  {
    name: 'resend-lying: a file that lies in the outbox counts as sent',
    edits: [
      {
        file: 'src/payouts/claiming.ts',
        find: 'const goneOn = channel.takeBack === undefined ? order.on : null',
        replace: 'const goneOn = order.on',
      },
    ],
    test: inFile('test/integration/bank-folder-again.test.ts')('what lies in the outbox'),
  },
  {
    name: 'resent-status-file: a status file about what is sent again is passed over',
    edits: [
      {
        file: 'src/payouts/status-files.ts',
        find: "if (again.length > 0) await markDue(tx, again, 'status-file')",
        replace: `if (again.length > 9_999) await markDue(tx, again, 'status-file')`,
      },
    ],
    test: inFile('test/integration/bank-folder-again.test.ts')('what the bank has fetched'),
  },
  {
    name: 'late-answer: an answer to the first attempt moves the second',
    edits: [
      {
        file: 'src/payouts/sending-store.ts',
        find: 'and i.attempt = v.attempt and i.state = any',
        replace: 'and v.attempt > 0 and i.state = any',
      },
    ],
    test: decided('a late answer to the first attempt'),
  },
]
