import { inFile, type Mutant } from './mutant.ts'

const NOTHING_TWICE = 'prisma/migrations/0024_nothing_twice/migration.sql'

const folder = inFile('test/integration/bank-folder-again.test.ts')
const inSql = (find: string, replace: string) => [{ file: NOTHING_TWICE, find, replace }]

/** Mistakes about which statements show that a payment was not executed. */
export const coveringMutants: readonly Mutant[] = [
  {
    name: 'cover-since-gone: the statement of the day on which a file was laid down may be missing',
    edits: inSql(
      'statements_are_in(i.channel, i.paying_unit, e.occurred_on, s.day)',
      'statements_are_in(i.channel, i.paying_unit, f.since, s.day)',
    ),
    test: folder('a statement covers only with that of the day'),
  },
  {
    name: 'cover-weekend: a bank is asked for statements of Saturdays and Sundays',
    edits: inSql('extract(isodow from d.day) <= 5', 'true'),
    test: folder('a statement covers only with that of the day'),
  },
  {
    name: 'cover-holiday: a bank is asked for statements of holidays',
    edits: inSql('and not exists (select from holiday h where h.day = d.day)', ''),
    test: folder('a holiday in between'),
  },
  {
    name: 'cover-no-working-day: a working day in between may be missing',
    edits: inSql('extract(isodow from d.day) <= 5', 'false'),
    test: folder('a working day in between'),
  },
  {
    name: 'cover-half-day: a statement that came before its day was over is evidence',
    edits: inSql(
      `and s.recorded_at > i.claimed_at and s.day < (s.recorded_at at time zone 'Asia/Ho_Chi_Minh')::date`,
      'and s.recorded_at > i.claimed_at',
    ),
    test: folder('so does one of a Saturday'),
  },
  {
    name: 'cover-half-day-between: so is one of a day in between',
    edits: inSql(
      `and s.day = d.day and s.day < (s.recorded_at at time zone 'Asia/Ho_Chi_Minh')::date)`,
      'and s.day = d.day)',
    ),
    test: folder('a statement that came before its day was over'),
  },
  {
    name: 'statement-too-early: a statement is taken while its day goes on',
    edits: [
      {
        file: 'src/reconciliation/reconciliation-store.ts',
        find: 'if (clock?.over === true) return',
        replace: 'if (clock?.over !== undefined) return',
      },
    ],
    test: inFile('test/integration/reconciliation-statements.test.ts')('of a day that is not over'),
  },
  {
    name: 'cover-other-file: a file of the order that does not name the payment keeps it unknown',
    edits: inSql(
      'where f.order_id = i.order_id and i.reference = any (f.refs)) f',
      'where f.order_id = i.order_id) f',
    ),
    test: folder('a file of the same order that does not name'),
  },
  {
    name: 'cover-old-files: files from before with open payments are taken for gone',
    edits: inSql(`where i.state in ('SUBMITTING', 'SUBMITTED', 'UNKNOWN'));`, 'where false);'),
    test: inFile('test/integration/migrations-upgrade.test.ts')('of order files from before'),
  },
  {
    name: 'gone-unseen: an outbox that is away counts as fetched',
    edits: [
      {
        file: 'src/payouts/channels/iso20022/folder.ts',
        find: `await stat(join(root, 'outbox')) await mkdir`,
        replace: 'await mkdir',
      },
    ],
    test: folder('an outbox that is away'),
  },
  {
    name: 'gone-today: a file that a bank was handed long ago is gone only when somebody looks',
    edits: [
      {
        file: 'src/payouts/resending.ts',
        find: 'channel.takeBack === undefined ? plannedOn : on',
        replace: 'channel.takeBack === undefined ? on : on',
      },
    ],
    test: folder('a file of a bank that was handed it'),
  },
  {
    name: 'laid-anywhere: an outbox that is away is made anew, beside the disk',
    edits: [
      {
        file: 'src/payouts/channels/iso20022/folder.ts',
        find: 'await stat(outbox) if',
        replace: 'await mkdir(outbox, { recursive: true })\n if',
      },
    ],
    test: inFile('test/integration/bank-folder-old.test.ts')('while the folder’s disk is away'),
  },
  {
    name: 'sent-under-an-old-day: a job sends under the day on which it was offered',
    edits: [
      {
        file: 'src/payouts/sweeping.ts',
        find: 'await enqueueOrders(queueOf, orders, null)',
        replace: 'await enqueueOrders(queueOf, orders, on)',
      },
    ],
    test: inFile('test/integration/payouts-rounds.test.ts')('on the day on which its job runs'),
  },
]
