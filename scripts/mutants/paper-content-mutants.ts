import { inFile, type Mutant } from './mutant.ts'

const books = inFile('test/integration/documents-books.test.ts')
const recon = inFile('test/integration/documents-recon.test.ts')
const monthly = inFile('test/integration/documents-month.test.ts')
const hostile = inFile('test/integration/documents-hostile.test.ts')

/** Mistakes about what stands on papers: as of when, whose it is, of which months, and how it looks. */
export const paperContentMutants: readonly Mutant[] = [
  {
    name: 'paper-at-now: a book as of a time has what was sealed after it',
    edits: [
      {
        file: 'src/ledger/books.ts',
        find: 'or sealed_at <= ${at}::timestamptz',
        replace: 'or true',
      },
    ],
    test: books('is given as of any time'),
  },
  {
    name: 'paper-before-seal: before the first seal a book has what was not sealed',
    edits: [
      {
        file: 'src/documents/requests.ts',
        find: 'block: BigInt(block ?? 0)',
        replace: 'block: block === null ? (null as never) : BigInt(block)',
      },
    ],
    test: books('is given as of any time'),
  },
  {
    name: 'paper-ownerless: a break on paper has no owner',
    edits: [
      {
        file: 'src/documents/reconciliation-store.ts',
        find: "and a.act = 'break.open'",
        replace: "and a.act = 'break.close'",
      },
    ],
    test: recon('names what is not explained on either side'),
  },
  {
    name: 'paper-lost-payment: what was sent and is on no statement is not named',
    edits: [
      {
        file: 'src/documents/reconciliation-store.ts',
        find: "(i.claimed_at at time zone 'Asia/Ho_Chi_Minh')::date <= ${day}::date",
        replace: "(i.claimed_at at time zone 'Asia/Ho_Chi_Minh')::date < ${day}::date - 7",
      },
    ],
    test: recon('names what was sent by its day'),
  },
  {
    name: 'paper-year-short: the sum of a year is that of its last month',
    edits: [
      {
        file: 'src/documents/settlement-tables.ts',
        find: 'from: monthNamed(`${month.slice(0, 4)}-01`), to: month',
        replace: 'from: month, to: month',
      },
    ],
    test: monthly('adds the months of the year up'),
  },
  {
    name: 'paper-fees-hidden: a settlement leaves fees out',
    edits: [
      {
        file: 'src/documents/settlement-tables.ts',
        find: "'611-FEE', '611-BANK'",
        replace: "'611-BANK'",
      },
    ],
    test: monthly('has the funds and fees of the month'),
  },
  {
    name: 'paper-agency-raw: the name of an office is printed as it came',
    edits: [
      {
        file: 'src/documents/pdf-frame.ts',
        find: "paragraph(pages, parent, printed(line), { font: 'bold', size: 12",
        replace: "paragraph(pages, parent, line, { font: 'bold', size: 12",
      },
    ],
    test: hostile('show hostile texts as they are read'),
  },
  {
    name: 'paper-info-raw: the sheet “Thông tin” has texts as they came',
    edits: [
      {
        file: 'src/documents/render-sheets.ts',
        find: '[what, clean(value)]',
        replace: '[what, value]',
      },
    ],
    test: hostile('settlement-report shows hostile texts'),
  },
  {
    name: 'paper-margin: the margin for binding is that of the other side',
    edits: [{ file: 'src/documents/pdf-page.ts', find: 'left: 30 * MM', replace: 'left: 15 * MM' }],
    test: books('has every sealed posting'),
  },
]
