import { inFile } from './mutant.ts'
import type { Mutant } from './mutant.ts'

const kernel = inFile('test/api/kernel.test.ts')
const matrix = inFile('test/api/matrix.test.ts')
const proposals = inFile('test/api/proposals.test.ts')
const duties = inFile('test/api/duties.test.ts')

/** Ways in which the API could let in, do twice, or let one person do both. */
export const apiMutants: readonly Mutant[] = [
  {
    name: 'api-any-scope',
    edits: [
      {
        file: 'src/api/permitting.ts',
        find: 'scope, origin: { ...origin, role',
        replace: "scope: 'province', origin: { ...origin, role",
      },
    ],
    test: kernel('an officer sees no list, commune or row of elsewhere'),
  },
  {
    name: 'api-any-role',
    edits: [
      {
        file: 'src/access/standing.ts',
        find: 'held.filter(({ actions }) => actions.has(action))',
        replace: 'held',
      },
    ],
    test: matrix('is for the roles of the matrix alone'),
  },
  {
    name: 'api-stale-release',
    edits: [
      { file: 'src/api/permitting.ts', find: 'if (permission.fresh &&', replace: 'if (false &&' },
    ],
    test: kernel('a release asks for a sign-in of the last minutes'),
  },
  {
    name: 'api-key-forgotten',
    edits: [
      {
        file: 'src/api/idempotency.ts',
        find: 'await keepAnswer(tx, of, { operation, contentHash, status: sent.status, answer })',
        replace: 'void keepAnswer; void answer',
      },
    ],
    test: kernel('a request with a key is carried out once for ever'),
  },
  {
    name: 'api-key-any-content',
    edits: [
      {
        file: 'src/api/idempotency.ts',
        find: 'before.operation !== operation || before.contentHash !== contentHash',
        replace: 'before.operation !== operation',
      },
    ],
    test: kernel('a request with a key is carried out once for ever'),
  },
  {
    name: 'api-answer-in-clear',
    edits: [
      {
        file: 'src/api/idempotency.ts',
        find: 'const answer = vault.seal(place, sent.text)',
        replace: 'const answer = sent.text',
      },
    ],
    test: kernel('a request with a key is carried out once for ever'),
  },
  {
    name: 'api-answer-whole',
    edits: [
      {
        file: 'src/api/answering.ts',
        find: 'JSON.stringify(schema.parse(toWire(value ?? {})))',
        replace: 'JSON.stringify((schema.parse(toWire(value ?? {})), toWire(value ?? {})))',
      },
    ],
    test: kernel('only what the contract names goes out'),
  },
  {
    name: 'api-other-proposal',
    edits: [
      {
        file: 'src/api/proposals.ts',
        find: 'if (row.contentHash !== seen.contentHash) {',
        replace: 'if (row.contentHash.length !== seen.contentHash.length) {',
      },
    ],
    test: proposals('a role is granted by two others'),
  },
  {
    name: 'api-anybody-confirms',
    edits: [
      {
        file: 'src/api/proposals.ts',
        find: 'const second = call.permit(route.twoPeople.confirm)',
        replace: "const second = call.permit('own.read')",
      },
    ],
    test: proposals('a role is granted by two others'),
  },
  {
    name: 'duties-by-account',
    edits: [
      {
        file: 'prisma/migrations/0020_access/migration.sql',
        find: 'array_remove(array[n.actor, n.deputy_for], null)',
        replace: 'array[n.actor]',
      },
    ],
    test: duties('no batch ever has one person in two acts'),
  },
  {
    name: 'duties-of-actor-alone',
    edits: [
      {
        file: 'prisma/migrations/0020_access/migration.sql',
        find: '(e.actor = any (persons) or e.deputy_for = any (persons))',
        replace: 'e.actor = any (persons)',
      },
    ],
    test: duties('no batch ever has one person in two acts'),
  },
]
