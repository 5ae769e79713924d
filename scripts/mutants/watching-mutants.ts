import { inFile } from './mutant.ts'
import type { Mutant } from './mutant.ts'

const threePeople = inFile('test/api/three-people.test.ts')
const processes = inFile('test/integration/processes-end.test.ts')
const start = inFile('test/fault/start.test.ts')
const checks = inFile('test/integration/operations-check.test.ts')

/** A replacement in one file. */
const edit = (file: string, find: string, replace: string) => [{ file, find, replace }]
const MORE = 'src/operations/checking-more-store.ts'

/** Ways in which two could do what takes three. */
const threeMutants: readonly Mutant[] = [
  {
    name: 'api-third-forgotten',
    edits: edit(
      'src/api/route.ts',
      'return call.endorsedBy === null ? last',
      'return call.endorsedBy !== undefined ? last',
    ),
    test: threePeople('is approved by one person'),
  },
  {
    name: 'api-endorsed-alone',
    edits: edit(
      'prisma/migrations/0035_endorsed/migration.sql',
      "and (state <> 'CONFIRMED' or endorsed_by is distinct from decided_by)",
      '',
    ),
    test: threePeople('is approved by one person'),
  },
]

/** Ways in which a process could stay, or begin, where it must not. */
const processMutants: readonly Mutant[] = [
  {
    name: 'worker-unwatched-stays',
    edits: edit('src/compose-payouts.ts', 'await stop() throw error', 'throw error'),
    test: processes('worker whose OPS_PORT is taken'),
  },
  {
    name: 'api-unwatched-stays',
    edits: edit('src/compose-api.ts', 'await close() throw error', 'throw error'),
    test: processes('api whose OPS_PORT is taken'),
  },
  {
    name: 'told-worker-asks-all',
    edits: edit(
      'src/operations/outgoing.ts',
      'const isEnding = () => until?.aborted === true',
      'const isEnding = () => until?.aborted === undefined',
    ),
    test: processes('ends after one call'),
  },
  {
    name: 'start-half-a-month',
    edits: edit('scripts/demo/run-folder.ts', '))?.done === true', ')) !== undefined'),
    test: start('a newcomer gets a month'),
  },
]

/** Ways in which broken books could go on paying. */
const checkMutants: readonly Mutant[] = [
  {
    name: 'check-cancelled-unseen',
    edits: edit(MORE, "'SUBMITTING', 'SUBMITTED', 'ACCEPTED'", "'SUBMITTING', 'ACCEPTED'"),
    test: checks('a payment that was cancelled while it was out'),
  },
  {
    name: 'check-unasked-unseen',
    edits: edit(MORE, "where state = 'UNKNOWN' and enquire_at is null", 'where false'),
    test: checks('an unknown payment that nobody will ask about'),
  },
  {
    name: 'check-policy-unseen',
    edits: edit('src/operations/checking.ts', '{ ...by, scope: { communes: [] } }', 'by'),
    test: checks('books in order'),
  },
  {
    name: 'check-open-table-unseen',
    edits: edit(MORE, 'and not c.relrowsecurity', 'and c.relrowsecurity is null'),
    test: checks('a table that shows everybody all'),
  },
  {
    name: 'check-statement-chain-unseen',
    edits: edit(MORE, 'or before <> opening', ''),
    test: checks('a day that begins otherwise'),
  },
]

/** Mistakes of three people, of processes and of the checker. */
export const watchingMutants: readonly Mutant[] = [
  ...threeMutants,
  ...processMutants,
  ...checkMutants,
]
