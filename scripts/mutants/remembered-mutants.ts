import { inFile } from './mutant.ts'
import type { Mutant } from './mutant.ts'

/** Ways in which what is remembered for many could be told to the wrong one, or not be remembered. */
export const rememberedMutants: readonly Mutant[] = [
  {
    name: 'coverage-of-all: a count that was made for one is told to who sees less',
    edits: [
      {
        file: 'src/api/routes/books.ts',
        find: 'const key = JSON.stringify([month, map, by.scope])',
        replace: 'const key = JSON.stringify([month, map])',
      },
    ],
    test: inFile('test/api/coverage-remembered.test.ts')('what was counted for one'),
  },
  {
    name: 'coverage-each: every one who asks has coverage counted anew',
    edits: [
      {
        file: 'src/lib/renewing.ts',
        find: 'if (one.made !== null && age < freshMs) return one.made.value',
        replace: '',
      },
    ],
    test: inFile('test/unit/renewing.test.ts')('many who ask at once'),
  },
]
