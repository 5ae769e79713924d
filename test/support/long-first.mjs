import { basename } from 'node:path'
import Sequencer from '@jest/test-sequencer'

/** The files that take longest, longest first: most are short to read, and jest would begin with the largest. */
const LONG = [
  'ledger-model',
  'bank-faults',
  'wallet-faults',
  'ledger-abuse-tables',
  'ledger-crash',
  'wallet-callbacks',
  'payouts-once',
  'lists-races',
  'communes-rehoming',
  'embedded-postgres',
  'imports-deaths',
  'ledger-walks',
  'imports-people',
  'oracle',
  'verify',
  'queue',
  'ledger-concurrency',
]

const placeOf = ({ path }) => {
  const place = LONG.indexOf(basename(path, '.test.ts'))
  return place < 0 ? LONG.length : place
}

/** Begins with what takes long, on a clone that has never run too, so that no core waits for another in the end. */
export default class LongFirst extends Sequencer {
  sort(tests) {
    const usual = [...super.sort(tests)]
    return usual.sort((one, other) => placeOf(one) - placeOf(other))
  }
}
