import { inFile, type Mutant } from './mutant.ts'

const CELLS = 'src/registry/imports-cells.ts'
const LOG = 'src/registry/import-log.ts'
const GUARD = 'src/lib/spreadsheet-guard.ts'

const cells = inFile('test/unit/imports-cells.test.ts')
const guard = inFile('test/unit/spreadsheet-guard.test.ts')
const again = inFile('test/integration/imports-again.test.ts')
const enrolments = inFile('test/integration/imports-enrolments.test.ts')
const accounts = inFile('test/integration/imports-accounts.test.ts')
const deaths = inFile('test/integration/imports-deaths.test.ts')
const people = inFile('test/integration/imports-people.test.ts')
const canary = inFile('test/integration/canary-imports.test.ts')
const templates = inFile('test/integration/imports-templates.test.ts')
const back = inFile('test/unit/spreadsheet-given-back.test.ts')

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
    name: 'import-twice-at-once: nobody waits for who takes the same bytes',
    edits: [{ file: LOG, find: 'await store.lockBytes(tx, sha256)', replace: '' }],
    test: again('begun before the first has committed'),
  },
  {
    name: 'import-two-logs: the civil-status feed does not ask whether its bytes were taken',
    edits: [
      {
        file: 'src/registry/death-feed-intake.ts',
        find: 'return takeOnce(tx, file.sha256, () => receiveNew(tx, vault, by, file))',
        replace: 'return receiveNew(tx, vault, by, file)',
      },
    ],
    test: again('have one effect, whichever door comes first'),
  },
  {
    name: 'import-taken-hidden: only who may see a file is told that it was taken',
    edits: [
      {
        file: 'prisma/migrations/0012_imports_one_log/migration.sql',
        find: 'returns table (at timestamptz, applied integer) language sql stable security definer',
        replace: 'returns table (at timestamptz, applied integer) language sql stable',
      },
    ],
    test: again('are known also to who does not see the communes of the first'),
  },
  {
    name: 'import-death-at-once: a proposed death stops the money before anybody confirms',
    edits: [
      {
        file: 'src/registry/deaths-store.ts',
        find: '${rows.map((r) => r.problem)}::text[]) as r`',
        replace:
          '${rows.map((r) => r.problem)}::text[]) as r`\n  await tx.$executeRaw`update person p set died_on = d.died_on from death_report d where d.person_id = p.id`',
      },
    ],
    test: deaths('proposes, stops nothing'),
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
    test: back('its delimiter stays, cells are protected once'),
  },
  {
    name: 'import-given-back: the cells of a file given back are written anew',
    edits: [
      {
        file: 'src/lib/spreadsheet-annotate-csv.ts',
        find: "protect(cell) === (cells[index] ?? '') ? own : csvCell(cell, delimiter)",
        replace: 'own === undefined ? own : csvCell(cell, delimiter)',
      },
    ],
    test: back('its delimiter stays, cells are protected once'),
  },
  {
    name: 'import-note-row: what is wrong stands beside the row below',
    edits: [
      {
        file: 'src/lib/spreadsheet-notes.ts',
        find: 'byRow.get(row)',
        replace: 'byRow.get(row - 1)',
      },
    ],
    test: templates('the template of deaths'),
  },
  {
    name: 'import-rounded: an account number that Excel rounded is taken',
    edits: [{ file: CELLS, find: '/^[0-9]{16,}$/.test(digits) &&', replace: 'digits === "" &&' }],
    test: templates('the template of accounts'),
  },
  {
    name: 'import-good-of-bad: a file with bad rows is applied without them, and nobody chose so',
    edits: [
      {
        file: 'src/registry/imports.ts',
        find: "if (rows === 'all' && checked.faults.length > 0)",
        replace: "if (rows === 'all' && checked.good.length === 0)",
      },
    ],
    test: templates('the template of people'),
  },
  {
    name: 'import-canary-message: a fault repeats the number that is wrong',
    edits: [
      {
        file: 'src/registry/imports-people.ts',
        find: 'throw badCell(`Số định danh phải có đúng 12 chữ số.${nine}`)',
        replace: 'throw badCell(`Số định danh ${text} phải có đúng 12 chữ số.${nine}`)',
      },
    ],
    test: canary('no number comes out in clear'),
  },
  {
    name: 'import-canary-header: a number in place of a header is repeated',
    edits: [
      {
        file: 'src/registry/imports-columns.ts',
        find: 'unknown.push(maskNumbersIn(text))',
        replace: 'unknown.push(text)',
      },
    ],
    test: canary('no number comes out in clear'),
  },
  {
    name: 'import-canary-name: the log keeps a number that stands in the name of a file',
    edits: [{ file: LOG, find: 'maskNumbersIn(file.fileName)', replace: 'file.fileName' }],
    test: canary('no number is in a file of the database'),
  },
  {
    name: 'import-taken-elsewhere: a dry run does not see that another commune has the number',
    edits: [
      {
        file: 'src/registry/imports-people.ts',
        find: "const isTaken = taken.has(index.toString('hex'))",
        replace: 'const isTaken = taken.has(String(index))',
      },
    ],
    test: people('a number that is somebody else’s is refused'),
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
