import type { Mutant } from './mutant.ts'

// What the interface shows and reaches.

/** Mistakes in what is shown to whom, and in what the interface books. */
export const interfaceMutants: readonly Mutant[] = [
  {
    name: 'proposals-of-whom-one-stands-in-for',
    edits: [
      {
        file: 'src/api/confirmable.ts',
        find: 'users: asker.persons,',
        replace: 'users: [asker.actor],',
      },
    ],
    test: {
      file: 'test/api/proposals.test.ts',
      name: 'whoever stands in for somebody is shown',
    },
  },
]
