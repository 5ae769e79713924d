import { inFile, type Mutant } from './mutant.ts'

const VERIFIER = 'src/documents/evidence-verifier.mjs'
const LIST = 'src/documents/evidence-list.mjs'
const evidence = inFile('test/integration/evidence.test.ts')
const kept = inFile('test/integration/heads-kept.test.ts')

/** Mistakes that would let somebody prove what the books do not say. */
export const evidenceMutants: readonly Mutant[] = [
  {
    name: 'proof-altered: an entry that was changed after sealing is proven all the same',
    edits: [
      {
        file: 'src/ledger/proofs.ts',
        find: 'const place = inclusionOf(text, leaves, row.root)',
        replace:
          'const place = inclusionOf(text, leaves, row.root) ?? { index: 0, size: 1, path: [] }',
      },
    ],
    test: evidence('changed after sealing is not proven'),
  },
  {
    name: 'proof-path-unread: the verifier believes that an entry is in its block',
    edits: [
      {
        file: 'src/documents/evidence-chains.mjs',
        find: 'rootOf(leafOf(proven.text), proven) === row.root',
        replace: 'row.root !== null',
      },
    ],
    test: evidence('another person who posted'),
  },
  {
    name: 'proof-head-unread: the verifier believes the head that the pack names',
    edits: [{ file: VERIFIER, find: 'last.head === head &&', replace: '' }],
    test: evidence('another last head'),
  },
  {
    name: 'proof-one-person: the verifier does not ask who prepared, approved and released',
    edits: [{ file: LIST, find: '.size === 3', replace: '.size > 0' }],
    test: evidence('one person for two'),
  },
  {
    name: 'head-unsigned: a head is trusted whoever signed it',
    edits: [
      {
        file: 'src/lib/signed-text.ts',
        find: '!verify(null,',
        replace: 'false && !verify(null,',
      },
    ],
    test: evidence('a signed head is an anchor'),
  },
  {
    name: 'head-second-lost: what the second place did not take counts as taken',
    edits: [
      {
        file: 'src/compose-heads.ts',
        find: 'result.status >= 200 && result.status < 300',
        replace: 'result.status >= 200',
      },
    ],
    test: kept('one head a day, in both places'),
  },
  {
    name: 'head-overwritten: a later head of the day takes the place of the one that is kept',
    edits: [
      {
        file: 'src/lib/file-once.ts',
        find: 'if (before !== undefined) return before',
        replace: 'if (before !== undefined) rmSync(path)',
      },
    ],
    test: kept('one head a day, in both places'),
  },
]
