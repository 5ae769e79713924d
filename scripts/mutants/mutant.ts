/** A replacement in one file. Runs of blanks in `find` match any run of blanks, so that formatting does not matter. */
interface Edit {
  readonly file: string
  readonly find: string
  readonly replace: string
}

/** A way in which the code could be wrong, and the one test that must notice. */
export interface Mutant {
  readonly name: string
  readonly edits: readonly Edit[]
  readonly test: { readonly file: string; readonly name: string }
}

/** The tests of a file, by a part of their name. */
export const inFile = (file: string) => (name: string) => ({ file, name })

/** One edit in one file. */
export const edit = (file: string, find: string, replace: string): Mutant['edits'] => [
  { file, find, replace },
]
