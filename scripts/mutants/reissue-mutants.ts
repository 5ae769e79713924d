import { inFile, type Mutant } from './mutant.ts'

const MIGRATION = 'prisma/migrations/0044_reissued_to_receiver/migration.sql'
const REISSUING = 'src/payouts/reissuing.ts'
const receiver = inFile('test/integration/payouts-reissue-receiver.test.ts')

const SUCCESSOR = 'prisma/migrations/0045_carried_and_window/migration.sql'
const successor = inFile('test/integration/payouts-cash-successor.test.ts')

/** Mistakes about where money goes that did not arrive: whose account a re-issue goes into, who offers carried cash again. */
export const reissueMutants: readonly Mutant[] = [
  {
    name: 'reissue-to-anybody: a re-issue goes into any account that exists',
    edits: [
      {
        file: MIGRATION,
        find: 'and not receiver_has_account(a.entitlement_number, a.payment_account_id, a.replaces, a.channel)',
        replace: 'and false',
      },
    ],
    test: receiver('goes into no account but one of its receiver'),
  },
  {
    name: 'reissue-old-rail: a re-issue goes by the rail that failed, whatever its account',
    edits: [
      {
        file: REISSUING,
        find: 'channel: railOf(channels, newAccountId)',
        replace: 'channel: channels.size < 0 ? railOf(channels, newAccountId) : failed.channel',
      },
    ],
    test: receiver('goes by the rail of its account'),
  },
  {
    name: 'reissue-any-rail: the number of a bank account is paid at the wallet',
    edits: [
      { file: MIGRATION, find: `and (p.kind = 'wallet') = (p_channel = 'hue-s')`, replace: '' },
    ],
    test: receiver('by another rail is refused by the database'),
  },
  {
    name: 'reissue-dead: another account is enough where the receiver is dead',
    edits: [
      {
        file: REISSUING,
        find: 'if (dead !== undefined)',
        replace: `if (dead?.newAccountId === '')`,
      },
    ],
    test: receiver('whom the channel calls dead'),
  },
  {
    name: 'carry-ended: what a commune that is no more left unpaid is nobody’s',
    edits: [
      {
        file: SUCCESSOR,
        find: 'or p_offered_in = any (communes_made_of(array[p_commune])) and exists',
        replace: 'or p_offered_in = any (array[p_commune]) and exists',
      },
    ],
    test: successor('is taken over by the successor’s list'),
  },
  {
    name: 'carry-moved: the successor offers what is owed to who lives elsewhere',
    edits: [
      {
        file: SUCCESSOR,
        find: 'where p.id = p_person and p.commune_id = p_commune',
        replace: 'where p.id = p_person',
      },
    ],
    test: successor('what moved elsewhere is not the successor’s'),
  },
  {
    name: 'window-forgotten: nobody asks after payments that were not sent when the window closes',
    edits: [
      {
        file: 'src/payouts/calendar-runs.ts',
        find: 'await store.raiseWindowTasks(tx, of)',
        replace: '',
      },
    ],
    test: inFile('test/integration/payouts-calendar.test.ts')('when the payment window closes'),
  },
  {
    name: 'reason-bare: a code that nobody knows is shown as it is',
    edits: [
      {
        file: 'src/payouts/trouble.ts',
        find: `return { ...(AFTER_FAILURE[code ?? ''] ?? ASK), reason: noText(reason), code }`,
        replace: `return { ...(AFTER_FAILURE[code ?? ''] ?? ASK), reason: reason ?? '', code }`,
      },
    ],
    test: inFile('test/unit/trouble.test.ts')('for a reason that nobody knows'),
  },
]
