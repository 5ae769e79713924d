import { inFile, type Mutant } from './mutant.ts'

const issue = inFile('test/api/documents-issue.test.ts')
const jobs = inFile('test/api/documents-jobs.test.ts')
const reveal = inFile('test/api/documents-reveal.test.ts')
const lists = inFile('test/integration/documents-list.test.ts')

const ISSUING = 'src/documents/issuing.ts'
const REQUESTS = 'src/documents/requests.ts'

/** Mistakes about papers that are too long to wait for, and numbers in clear. */
export const longPaperMutants: readonly Mutant[] = [
  {
    name: 'paper-issued-again: a run that is begun anew issues a second paper',
    edits: [
      {
        file: ISSUING,
        find: 'if (there !== undefined) return there',
        replace: 'if (there === null) return there',
      },
    ],
    test: issue('is issued once, also when the run died after it'),
  },
  {
    name: 'paper-holds-numbers: whoever issues a long paper keeps all others of the agency waiting',
    edits: [
      {
        file: ISSUING,
        find: '? (await store.lastNumber(tx, counter)) + 1',
        replace: '? await store.nextNumber(tx, counter)',
      },
      {
        file: ISSUING,
        find: "if (of.numbered === 'last') await",
        replace: 'if (of.numbered === undefined) await',
      },
    ],
    test: issue('is taken when it is written'),
  },
  {
    name: 'paper-number-twice: the number of a long paper is not taken at all',
    edits: [
      {
        file: ISSUING,
        find: "if (of.numbered === 'last') await requireNumber",
        replace: 'if (of.numbered === undefined) await requireNumber',
      },
    ],
    test: issue('is not given twice, and none is left out'),
  },
  {
    name: 'paper-fits-all: long work is asked for whatever its length',
    edits: [
      {
        file: REQUESTS,
        find: 'requireWhole(paper, by)\n  requireShort(paper, linesMax)\n}',
        replace: 'requireWhole(paper, by)\n}',
      },
    ],
    test: issue('says so before work starts'),
  },
  {
    name: 'paper-never-differs: a new paper says that no line differs from the one before',
    edits: [
      {
        file: 'src/documents/replacing.ts',
        find: 'if (rowsHash === before.rowsHash) return',
        replace: 'if (rowsHash !== "") return',
      },
    ],
    test: lists('says when rows no longer stand'),
  },
  {
    name: 'paper-lost-piece: a file of which a piece was lost is given',
    edits: [
      {
        file: 'src/operations/long-jobs.ts',
        find: "invariant(sha256 === made, 'the pieces of a file are the file')",
        replace: "invariant(made !== null, 'the pieces of a file are the file')",
      },
    ],
    test: jobs('a file that lost a piece'),
  },
  {
    name: 'paper-lists-twice: a list stands twice in the file of a month',
    edits: [
      {
        file: 'src/operations/list-papers-job.ts',
        find: 'zip.addReadStream(read, name,',
        replace: "zip.addReadStream(read, name + '.pdf',",
      },
    ],
    test: jobs('the lists of a month leave together'),
  },
  {
    name: 'paper-reveal-any: numbers stand in clear for whoever says what for',
    edits: [
      {
        file: 'src/api/routes/documents.ts',
        find: "reveals ? permit('people.reveal') : reads",
        replace: "reveals ? reads : permit('documents.read')",
      },
    ],
    test: reveal('whose role may not see them is refused'),
  },
  {
    name: 'paper-reveal-kept: a file with numbers in clear is fetched without the permission to see them',
    edits: [
      {
        file: 'src/operations/paper-job.ts',
        find: "documents.actions[document.kind], 'people.reveal'] as const",
        replace: 'documents.actions[document.kind]] as const',
      },
    ],
    test: reveal('long work has them too'),
  },
  {
    name: 'paper-reveal-silent: the trail does not say what numbers were shown for',
    edits: [
      {
        file: 'src/documents/documents.ts',
        find: 'purpose: reveal?.purpose ?? null,',
        replace: 'purpose: null,',
      },
    ],
    test: reveal('numbers are masked unless a purpose is said'),
  },
]
