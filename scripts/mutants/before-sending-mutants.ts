import { inFile, type Mutant } from './mutant.ts'

const BEFORE = 'src/payouts/before-sending.ts'

const before = inFile('test/integration/payouts-before-sending.test.ts')

/** Mistakes of the last look before sending. */
export const beforeSendingMutants: readonly Mutant[] = [
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
        file: 'src/payouts/channels/hours.ts',
        find: 'return hours.from <= now && now < hours.until',
        replace: 'return hours.from <= now || now < hours.until',
      },
    ],
    test: before('outside the hours of its channel nothing is claimed'),
  },
  {
    name: 'unanswered-blocks: an account that nobody can say anything of keeps its order waiting',
    edits: [
      {
        file: 'src/payouts/verifying.ts',
        find: `return (await channel.enquire(PROBE)).kind !== 'no-answer'`,
        replace: 'return PROBE === null',
      },
    ],
    test: before('an account alone that it says nothing of'),
  },
]
