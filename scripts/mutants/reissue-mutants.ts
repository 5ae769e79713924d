import { inFile, type Mutant } from './mutant.ts'

const MIGRATION = 'prisma/migrations/0044_reissued_to_receiver/migration.sql'
const REISSUING = 'src/payouts/reissuing.ts'
const receiver = inFile('test/integration/payouts-reissue-receiver.test.ts')

/** Mistakes about whose account a re-issue goes into, and by which rail. */
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
]
