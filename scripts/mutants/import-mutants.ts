import { inFile, type Mutant } from './mutant.ts'

const CELLS = 'src/registry/imports-cells.ts'
const IMPORTS = 'src/registry/imports.ts'
const GUARD = 'src/lib/spreadsheet-guard.ts'

const cells = inFile('test/unit/imports-cells.test.ts')
const guard = inFile('test/unit/spreadsheet-guard.test.ts')
const again = inFile('test/integration/imports-again.test.ts')
const enrolments = inFile('test/integration/imports-enrolments.test.ts')
const accounts = inFile('test/integration/imports-accounts.test.ts')
const trip = inFile('test/unit/spreadsheet-round-trip.test.ts')

/** Mistakes of whoever reads an officer's file: each would take a damaged or hostile one, or one file twice. */
export const importMutants: readonly Mutant[] = [
  {
    name: 'import-number-as-id: an identity number typed as a number is taken',
    edits: [
      {
        file: CELLS,
        find: `if (cell.kind === 'number' || cell.kind === 'date')`,
        replace: `if (cell.kind === 'date')`,
      },
    ],
    test: cells('an identity number typed as a number'),
  },
  {
    name: 'import-decimal-money: 500 is five hundred đồng',
    edits: [{ file: CELLS, find: 'const AMOUNT_MIN = 1_000n', replace: 'const AMOUNT_MIN = 1n' }],
    test: cells('a 500 was a 500.000'),
  },
  {
    name: 'import-doctype: document types reach the parser',
    edits: [{ file: GUARD, find: 'if (piece.includes(DOCTYPE)) throw broken()', replace: '' }],
    test: guard('a document type'),
  },
  {
    name: 'import-twice-at-once: neither the lock nor the log answers who comes second',
    edits: [
      { file: IMPORTS, find: 'await store.lockBytes(tx, file.sha256)', replace: '' },
      {
        file: 'src/registry/imports-store.ts',
        find: 'on conflict on constraint import_file_once do nothing',
        replace: '',
      },
    ],
    test: again('begun before the first has committed'),
  },
  {
    name: 'import-injection: a formula leaves in a CSV file',
    edits: [
      {
        file: 'src/lib/spreadsheet-injection.ts',
        find: "return RUNS.test(text) ? `'${text}` : text",
        replace: 'return text',
      },
    ],
    test: trip('its delimiter stays, cells are protected once'),
  },
  {
    name: 'import-start: a file says from when it is owed, whatever the law says',
    edits: [
      {
        file: 'src/registry/imports-enrolments.ts',
        find: 'if (start !== from)',
        replace: 'if (start < from)',
      },
    ],
    test: enrolments('keeps the decision, and the month that the law gives'),
  },
  {
    name: 'import-preview: the change is what the benefit is worth alone',
    edits: [
      {
        file: 'src/registry/imports-enrolments.ts',
        find: 'monthlySum(person, [...own, granted], month, law) - monthlySum(person, own, month, law)',
        replace: 'alone',
      },
    ],
    test: enrolments('shows what the law adds'),
  },
  {
    name: 'import-payee: an account takes over from whoever receives already',
    edits: [
      {
        file: 'src/registry/imports-store.ts',
        find: 'and not exists (select 1 from payee y where y.person_id = e.person_id and y.programme = e.programme)',
        replace: '',
      },
    ],
    test: accounts('an account is received through where nobody was assigned'),
  },
]
