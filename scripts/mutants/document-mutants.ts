import { inFile, type Mutant } from './mutant.ts'

const render = inFile('test/unit/documents-render.test.ts')
const words = inFile('test/unit/documents-words.test.ts')
const lists = inFile('test/integration/documents-list.test.ts')
const books = inFile('test/integration/documents-books.test.ts')
const signing = inFile('test/unit/documents-signing.test.ts')
const page = inFile('test/api/documents-verify.test.ts')

const TALLY = 'src/documents/tally.ts'

/** Mistakes about papers: each would print something else than the database says, or say that it is genuine. */
export const documentMutants: readonly Mutant[] = [
  {
    name: 'paper-odd-words: an amount is read with the wrong word for thousands of millions',
    edits: [
      {
        file: 'src/documents/amount-words.ts',
        find: `[[], ['nghìn'], ['triệu'], ['tỷ']]`,
        replace: `[[], ['nghìn'], ['triệu'], ['triệu']]`,
      },
    ],
    test: words('read back to the amount'),
  },
  {
    name: 'paper-decomposed: letters are printed as they come',
    edits: [
      { file: 'src/documents/clean-text.ts', find: `text.normalize('NFC').`, replace: 'text.' },
    ],
    test: words('is in NFC and has nothing'),
  },
  {
    name: 'paper-invisible: direction marks are printed',
    edits: [{ file: 'src/documents/clean-text.ts', find: `.replace(INVISIBLE, '')`, replace: '' }],
    test: words('is in NFC and has nothing'),
  },
  {
    name: 'paper-short: a paper that lacks a row is written',
    edits: [
      {
        file: TALLY,
        find: 'if (lines === count && found.every((sum, at) => sum === sums[at])) return lines',
        replace: 'if (lines <= count) return lines',
      },
    ],
    test: render('with a line that is missing is refused'),
  },
  {
    name: 'paper-running: sums so far are those of the page',
    edits: [
      {
        file: 'src/documents/pdf-table.ts',
        find: 'sum === null ? null : sum + (page[at] ?? 0n)',
        replace: 'sum === null ? null : (page[at] ?? 0n)',
      },
    ],
    test: render('repeats its head, ends each page'),
  },
  {
    name: 'paper-head-once: a table’s head stands on the first page alone',
    edits: [
      {
        file: 'src/documents/pdf-table.ts',
        find: 'enter: () => drawHead(drawing, cells, null)',
        replace: 'enter: () => undefined',
      },
    ],
    test: render('repeats its head, ends each page'),
  },
  {
    name: 'paper-clock: a file has the time at which it was written',
    edits: [
      {
        file: 'src/documents/render-pdf.ts',
        find: 'createdAt: new Date(stamp.head?.sealedAt ?? NO_HEAD)',
        replace: 'createdAt: new Date(performance.timeOrigin + performance.now() * 1000)',
      },
    ],
    test: render('the same paper has the same bytes'),
  },
  {
    name: 'paper-hash-texts: the hash of rows does not see their cells',
    edits: [
      {
        file: TALLY,
        find: '[row.kind, ...row.cells.map(asText)]',
        replace: '[row.kind]',
      },
    ],
    test: render('another cell is another hash'),
  },
  {
    name: 'paper-unsealed: a book has what is not sealed yet',
    edits: [
      {
        file: 'src/documents/requests.ts',
        find: 'return { ...request, block: await lastBlock(tx, request.at) }',
        replace: 'return { ...request, block: null }',
      },
    ],
    test: books('has every sealed posting'),
  },
  {
    name: 'paper-as-of: a book as of a block has what came after it',
    edits: [
      {
        file: 'src/ledger/books.ts',
        find: 'and (${block}::bigint is null or (e.xid, e.id) <= (b.last_xid, b.last_id))\n     order by p.posting_date, p.entry_id, p.seq limit ${limit}`\n}\n\n/** Count and sum',
        replace:
          'and (${block}::bigint is null or true)\n     order by p.posting_date, p.entry_id, p.seq limit ${limit}`\n}\n\n/** Count and sum',
      },
    ],
    test: books('as of a block stays byte for byte'),
  },
  {
    name: 'paper-any-file: whatever names a code of ours is genuine',
    edits: [
      {
        file: 'src/documents/verifying.ts',
        find: 'if (shown.fileHash === fileHash)',
        replace: 'if (true)',
      },
    ],
    test: lists('is genuine, altered or unknown'),
  },
  {
    name: 'paper-short-code: a QR without a hash is genuine',
    edits: [
      {
        file: 'src/documents/verifying.ts',
        find: 'start.length === 32 && rowsHash.startsWith(start)',
        replace: 'rowsHash.startsWith(start)',
      },
    ],
    test: lists('is genuine, altered or unknown'),
  },
  {
    name: 'paper-rows-unread: rows are said to stand without being read',
    edits: [
      {
        file: 'src/documents/verifying.ts',
        find: `(await rowsHashOf(paper)) === rowsHash ? 'stand' : 'changed'`,
        replace: `'stand'`,
      },
    ],
    test: lists('says when rows no longer stand'),
  },
  {
    name: 'paper-other-eyes: rows are read again with more than their issuer could see',
    edits: [
      {
        file: 'src/documents/verifying.ts',
        find: `scope: communes === null ? 'province' : { communes }`,
        replace: `scope: 'province'`,
      },
    ],
    test: lists('says when rows no longer stand'),
  },
  {
    name: 'paper-half-signed: what stands after the signature is not signed',
    edits: [
      {
        file: 'src/documents/pdf-signing.ts',
        find: 'file.sha256With(signed, after)',
        replace: 'file.sha256With(signed)',
      },
    ],
    test: signing('is valid and whole'),
  },
  {
    name: 'paper-unsigned: an issued paper is kept without the signature of the service',
    edits: [
      {
        file: 'src/documents/issuing.ts',
        find: 'if (signing !== null) await',
        replace: 'if (signing === undefined) await',
      },
    ],
    test: page('signed by the service'),
  },
  {
    name: 'paper-added-genuine: whatever is added to a paper is genuine',
    edits: [
      {
        file: 'src/documents/verifying.ts',
        find: "? 'added' : 'altered'",
        replace: "? 'genuine' : 'altered'",
      },
    ],
    test: page('signed by the service'),
  },
]
