import { inFile, type Mutant } from './mutant.ts'

const NOTHING_TWICE = 'prisma/migrations/0024_nothing_twice/migration.sql'

const held = inFile('test/integration/payouts-resent-held.test.ts')
const inSql = (find: string, replace: string) => [{ file: NOTHING_TWICE, find, replace }]

/** Mistakes about what is to be sent again and must not be paid after all. */
export const resentHeldMutants: readonly Mutant[] = [
  {
    name: 'stop-request-forgotten: what was asked to be stopped is sent again',
    edits: [
      {
        file: 'src/payouts/sending-store.ts',
        find: 'exists (select 1 from stop_request s where s.reference = i.reference) or exists',
        replace: 'exists',
      },
    ],
    test: held('what was asked to be stopped'),
  },
  {
    name: 'withdrawn-sent: what two people took back is sent again',
    edits: [
      {
        file: 'src/payouts/sending-store.ts',
        find: 'and w.attempt = i.attempt + 1) as "stopAsked"',
        replace: 'and w.attempt = i.attempt + 9) as "stopAsked"',
      },
    ],
    test: held('is not sent any more once that is taken back'),
  },
  {
    name: 'withdrawn-by-old: what covered the resend is evidence enough to take it back',
    edits: inSql('and s.recorded_at > i.moved_at and s.day', 'and s.day'),
    test: held('is stopped once two people have seen a new statement'),
  },
  {
    name: 'withdrawn-over-a-gap: a statement may be missing before the new one',
    edits: inSql('and statements_are_in(v.channel, v.paying_unit, v.day, s.day));', ');'),
    test: held('stays while a statement in between is missing'),
  },
  {
    name: 'withdrawn-for-another: a resend is taken back in the name of another',
    edits: inSql(
      `if exists (select from decided d where d.requested_by <> current_setting('app.actor')::uuid) then`,
      `if false then`,
    ),
    test: held('is taken back by nobody in the name of another'),
  },
  {
    name: 'withdrawn-unheard: what speaks of the payment is passed over',
    edits: inSql(
      `or (select w.word from word_before_sending(d.reference) w) not in ('not-found', 'unasked')`,
      '',
    ),
    test: held('stays while a statement in between is missing'),
  },
  {
    name: 'stopped-unheard: so is what comes to light after',
    edits: inSql(
      `and (select b.word from word_before_sending(p_reference) b) in ('not-found', 'unasked')`,
      '',
    ),
    test: held('is not stopped when something comes to light'),
  },
  {
    name: 'known-held: what a statement names waits for a hold to be lifted',
    edits: [
      {
        file: 'src/payouts/releasing.ts',
        find: '!held.has(one) || known.has(one)',
        replace: '!held.has(one) || (known.has(one) && held.has(one) && false)',
      },
    ],
    test: held('is let go as what is known of it'),
  },
  {
    name: 'parked-unasked: rows that wait to be asked about hide a poisoned one',
    edits: [
      {
        file: 'src/payouts/parking.ts',
        find: 'store.nextOf(tx, { id: order.id, size, askFirst })',
        replace: 'store.nextOf(tx, { id: order.id, size, askFirst: askFirst && size < 1 })',
      },
    ],
    test: inFile('test/integration/payouts-parking.test.ts')('do not hide such a row'),
  },
  {
    name: 'late-crosswise: a sweep locks late payments in any order',
    edits: [
      {
        file: 'src/payouts/sweeping-store.ts',
        find: 'order by reference for no key update',
        replace: 'for no key update',
      },
    ],
    test: inFile('test/integration/bank-late-reports.test.ts')('waits for a status file'),
  },
]
