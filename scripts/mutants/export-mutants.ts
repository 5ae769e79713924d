import { inFile, type Mutant } from './mutant.ts'

const CELLS = 'src/registry/exports-cells.ts'
const STORE = 'src/registry/exports-store.ts'
const LIST = 'src/payouts/list-export.ts'
const MACHINERY = 'src/lib/spreadsheet-export.ts'

const registry = inFile('test/integration/exports-registry.test.ts')
const contents = inFile('test/integration/exports-contents.test.ts')
const lists = inFile('test/integration/exports-lists.test.ts')
const machinery = inFile('test/unit/spreadsheet-export.test.ts')

/** Mistakes about what leaves as a file: each would show what nobody may see, or less than it says. */
export const exportMutants: readonly Mutant[] = [
  {
    name: 'export-mask-off: numbers leave in clear without a purpose',
    edits: [
      {
        file: CELLS,
        find: 'shown(openIdentifier(vault, { id, sealed }), maskDigits)',
        replace: 'openIdentifier(vault, { id, sealed })',
      },
    ],
    test: registry('people as csv mask every number'),
  },
  {
    name: 'export-list-mask-off: a list shows its account numbers',
    edits: [
      {
        file: CELLS,
        find: 'shown(openNumber(vault, id, sealed), maskNumber)',
        replace: 'openNumber(vault, id, sealed)',
      },
    ],
    test: lists('csv masks every number'),
  },
  {
    name: 'export-any-purpose: blanks are a purpose',
    edits: [
      {
        file: 'src/registry/purpose.ts',
        find: `if (purpose.trim() === '') {`,
        replace: `if (purpose === '') {`,
      },
    ],
    test: registry('for a purpose alone'),
  },
  {
    name: 'export-purpose-forgotten: the audit trail does not say what for',
    edits: [
      {
        file: LIST,
        find: 'purpose: reveal?.purpose ?? null',
        replace: 'purpose: null',
      },
    ],
    test: lists('for a purpose alone'),
  },
  {
    name: 'export-injection: a formula leaves in a CSV file',
    edits: [
      {
        file: 'src/lib/spreadsheet-injection.ts',
        find: "return RUNS.test(text) ? `'${text}` : text",
        replace: 'return text',
      },
    ],
    test: contents('would run as a formula'),
  },
  {
    name: 'export-full-width: full-width signs are not formulas',
    edits: [
      {
        file: 'src/lib/spreadsheet-injection.ts',
        find: String.raw`const RUNS = /^'*\s*[=+\-@\t\r＝＋－＠]/u`,
        replace: String.raw`const RUNS = /^'*\s*[=+\-@\t\r]/u`,
      },
    ],
    test: contents('would run as a formula'),
  },
  {
    name: 'export-numbers-typed: the cells of a workbook are not texts',
    edits: [
      {
        file: 'src/lib/spreadsheet-write-xlsx.ts',
        find: 'return textCell(address, asText(value), textStyle)',
        replace:
          'return /^[0-9]+$/.test(asText(value)) ? `<c r="${address}"><v>${asText(value)}</v></c>` : textCell(address, asText(value), textStyle)',
      },
    ],
    test: registry('for a purpose alone'),
  },
  {
    name: 'export-first-page: the sum is of the first page',
    edits: [
      {
        file: MACHINERY,
        find: 'sum += amount?.(line) ?? 0n',
        replace: 'sum += count < PAGE_LINES ? (amount?.(line) ?? 0n) : 0n',
      },
    ],
    test: contents('over every page'),
  },
  {
    name: 'export-cut-short: a file that lacks rows looks whole',
    edits: [
      {
        file: MACHINERY,
        find: 'if (written.count === total.count && written.sum === total.sum) return',
        replace: 'if (written.count <= total.count) return',
      },
    ],
    test: machinery('csv of fewer lines'),
  },
  {
    name: 'export-unheard: a workbook whose rows fail waits for ever',
    edits: [
      {
        file: 'src/lib/spreadsheet-write-xlsx.ts',
        find: `.on('error', fail))`,
        replace: `.on('error', () => undefined))`,
      },
    ],
    test: machinery('xlsx of fewer lines'),
  },
  {
    name: 'export-list-short: a list leaves without the rows that may not be read',
    edits: [{ file: LIST, find: 'requireWhole(list, total)\n', replace: '' }],
    test: lists('refused, not cut short'),
  },
  {
    name: 'export-unseen-set: a list leaves that is not the one on the screen',
    edits: [{ file: LIST, find: 'requireSameSet(seen, list)', replace: '' }],
    test: lists('for a purpose alone'),
  },
  {
    name: 'export-neutral-off: enrolments leave with the real category',
    edits: [
      {
        file: STORE,
        find: 'coalesce(n.neutral_code, e.category_code) as "categoryCode"',
        replace: 'e.category_code as "categoryCode"',
      },
    ],
    test: contents('in csv as a neutral code'),
  },
  {
    name: 'export-neutral-alone: only those that must have the neutral code',
    edits: [
      {
        file: STORE,
        find: 'coalesce(n.neutral_code, e.category_code) as "categoryCode"',
        replace: `case when e.category_code like 'HIV%' then n.neutral_code else e.category_code end as "categoryCode"`,
      },
    ],
    test: contents('in csv as a neutral code'),
  },
  {
    name: 'export-neutral-in-force: before the decree the real category leaves',
    edits: [
      {
        file: STORE,
        find: 'where c.code = e.category_code order by',
        replace: 'where c.code = e.category_code and c.valid_from <= ${page.on}::date order by',
      },
    ],
    test: contents('as of a day before the decree'),
  },
  {
    name: 'export-list-neutral: a list shows the category that its rows have',
    edits: [
      {
        file: 'src/payouts/list-reads-store.ts',
        find: 'order by c.valid_from desc limit 1), e.category_code) as "categoryCode"',
        replace: 'and false limit 1), e.category_code) as "categoryCode"',
      },
    ],
    test: lists('csv has confidential categories as a neutral code'),
  },
  {
    name: 'export-foreign: a commune of others may be asked for',
    edits: [
      {
        file: 'src/registry/exports.ts',
        find: 'if (scope.communes.includes(asked)) return [asked]',
        replace: 'if (scope.communes.length > 0) return [asked]',
      },
    ],
    test: registry('people as csv never have a row'),
  },
  {
    name: 'export-by-number: the rows of a list are in the order of their numbers',
    edits: [
      {
        file: 'src/payouts/list-reads-store.ts',
        find: 'order by k.first, k.given, k.whole, k.row`',
        replace: 'order by k.row`',
      },
    ],
    test: lists('by given name in Vietnamese order'),
  },
]
