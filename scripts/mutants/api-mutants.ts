import { inFile } from './mutant.ts'
import type { Mutant } from './mutant.ts'

const kernel = inFile('test/api/kernel.test.ts')
const matrix = inFile('test/api/matrix.test.ts')
const proposals = inFile('test/api/proposals.test.ts')
const ownCommune = inFile('test/api/own-commune.test.ts')
const duties = inFile('test/api/duties.test.ts')

/** Ways in which the API could let in, do twice, or let one person do both. */
export const apiMutants: readonly Mutant[] = [
  {
    name: 'api-import-any-kind',
    edits: [
      {
        file: 'src/api/proposals.ts',
        find: 'if (besides) call.permit(besides.ask)',
        replace: '',
      },
    ],
    test: ownCommune('a file of accounts takes who may enter accounts'),
  },
  {
    name: 'api-hold-elsewhere',
    edits: [
      {
        file: 'prisma/migrations/0032_own_holds/migration.sql',
        find: 'if home is distinct from new.commune_id and',
        replace: 'if home is null and',
      },
    ],
    test: ownCommune('a hold reaches no payment and no resident of another commune'),
  },
  {
    name: 'api-account-unseen',
    edits: [
      {
        file: 'src/api/routes/accounts.ts',
        find: 'from, before, after }',
        replace: 'from, before }',
      },
    ],
    test: ownCommune('whoever confirms sees the account'),
  },
  {
    name: 'api-trace-of-nowhere',
    edits: [
      {
        file: 'src/lib/audit.ts',
        find: "scope === 'province' ? undefined : scope.communes[0]",
        replace: "scope === 'province' ? undefined : scope.communes[9]",
      },
    ],
    test: ownCommune('files of people, and of deaths'),
  },
  {
    name: 'api-second-signs',
    edits: [
      {
        file: 'src/payouts/completing.ts',
        find: "'APPROVED', approver)",
        replace: "'APPROVED', by.actor)",
      },
    ],
    test: inFile('test/api/approvals.test.ts')('a rule of two people makes a list wait'),
  },
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
        find: 'JSON.stringify(schema.parse(toWire(answer)))',
        replace: 'JSON.stringify((schema.parse(toWire(answer)), toWire(answer)))',
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
