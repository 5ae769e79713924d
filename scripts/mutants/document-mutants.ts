import { inFile, type Mutant } from './mutant.ts'

const render = inFile('test/unit/documents-render.test.ts')
const words = inFile('test/unit/documents-words.test.ts')
const lists = inFile('test/integration/documents-list.test.ts')
const books = inFile('test/integration/documents-books.test.ts')

const routes = inFile('test/api/documents.test.ts')
const page = inFile('test/api/documents-verify.test.ts')
const jobs = inFile('test/api/documents-jobs.test.ts')
const recon = inFile('test/integration/documents-recon.test.ts')
const monthly = inFile('test/integration/documents-month.test.ts')

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
    test: render('with a line that was not counted is refused'),
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
        find: 'block: head === null ? null : String(head.block)',
        replace: 'block: null',
      },
    ],
    test: books('has every sealed posting'),
  },
  {
    name: 'paper-as-of: a book as of a block has what came after it',
    edits: [
      {
        file: 'src/ledger/books.ts',
        find: 'and (b.number is null or (e.xid, e.id) <= (b.last_xid, b.last_id))\n     order by p.posting_date, p.entry_id, p.seq limit ${limit}`\n}\n\n/** Count and sum',
        replace:
          'and (b.number is null or true)\n     order by p.posting_date, p.entry_id, p.seq limit ${limit}`\n}\n\n/** Count and sum',
      },
    ],
    test: books('as of a block stays byte for byte'),
  },
  {
    name: 'paper-any-file: whatever names a code of ours is genuine',
    edits: [
      {
        file: 'src/documents/verifying.ts',
        find: `'fileHash' in shown ? exact !== undefined :`,
        replace: `'fileHash' in shown ? true :`,
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
        find: `tally.written().rowsHash === rowsHash ? 'stand' : 'changed'`,
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
    name: 'paper-more-eyes: what was issued with more eyes is served to whoever has the commune',
    edits: [
      {
        file: 'prisma/migrations/0027_documents/migration.sql',
        find: 'using ((select scope_is_province()) or communes <@ (select scope_communes())::integer[]);',
        replace: 'using (true);',
      },
    ],
    test: routes('with more eyes than the reader'),
  },
  {
    name: 'paper-foreign-commune: a paper of a commune is seen with the eyes of the province',
    edits: [
      {
        file: 'src/api/routes/documents.ts',
        find: 'await actAs(tx, by)',
        replace: "await actAs(tx, { ...by, scope: 'province' })",
      },
    ],
    test: routes('of a list of another commune is not there'),
  },
  {
    name: 'paper-any-kind: who may ask for papers may ask for any',
    edits: [
      {
        file: 'src/api/routes/documents.ts',
        find: 'permit(documents.actions[kind])',
        replace: "permit('documents.read')",
      },
    ],
    test: routes('takes the permission of what it is made of'),
  },
  {
    name: 'paper-endless: a paper of any length is written while somebody waits',
    edits: [
      {
        file: 'src/documents/requests.ts',
        find: 'if (count <= linesMax) return',
        replace: 'if (count <= linesMax * 100) return',
      },
    ],
    test: routes('that would be too long says so'),
  },
  {
    name: 'paper-spool-kept: a broken download leaves its file open',
    edits: [
      {
        file: 'src/api/replying.ts',
        find: '    await file.close()\n',
        replace: '',
      },
    ],
    test: routes('leaves no spool open'),
  },
  {
    name: 'paper-page-any: the public page takes any file for genuine',
    edits: [
      {
        file: 'src/documents/verifying.ts',
        find: `'fileHash' in shown ? exact !== undefined :`,
        replace: `'fileHash' in shown ? true :`,
      },
    ],
    test: page('says genuine, altered or unknown of a file'),
  },
  {
    name: 'paper-job-any: a paper as long work asks only whether its reader may have papers',
    edits: [
      {
        file: 'src/operations/running-jobs.ts',
        find: 'const by = also === undefined ? first : await actOf(db, job, also, today())',
        replace:
          'const by = also === undefined ? first : await actOf(db, job, kind.action, today())',
      },
    ],
    test: jobs('must still be allowed when it runs'),
  },
  {
    name: 'paper-recon-no-breaks: a reconciliation leaves its breaks out',
    edits: [
      {
        file: 'src/documents/reconciliation-store.ts',
        find: `where l.statement_id = \${id} and l.state <> 'MATCHED'`,
        replace: `where l.statement_id = \${id} and l.state = 'OPEN'`,
      },
    ],
    test: recon('names what is not explained on either side'),
  },
  {
    name: 'paper-recon-returned: what came back counts as gone',
    edits: [
      {
        file: 'src/documents/reconciliation-store.ts',
        find: "case when i.state in ('SUBMITTING', 'SUBMITTED', 'ACCEPTED', 'UNKNOWN', 'PAID') then i.amount else 0 end as ours",
        replace:
          "case when i.state in ('SUBMITTING', 'SUBMITTED', 'ACCEPTED', 'UNKNOWN', 'PAID', 'RETURNED') then i.amount else 0 end as ours",
      },
    ],
    test: recon('has each payment beside what statements say'),
  },
  {
    name: 'paper-point-told: a statement of a person tells the point of Article 5',
    edits: [
      {
        file: 'src/documents/person-statement-store.ts',
        find: "(, *6[.]1[.][^ );,]*)*', 'Điều 6.1', 'g')",
        replace: "', 'Điều 6.1', 'g')",
      },
    ],
    test: monthly('has what was owed and why'),
  },
  {
    name: 'paper-sheet-marks: a workbook keeps marks of direction',
    edits: [
      {
        file: 'src/documents/render-sheets.ts',
        find: '? visible(value) : value',
        replace: '? value : value',
      },
    ],
    test: recon('has no formula in a workbook'),
  },
  {
    name: 'paper-settled-elsewhere: a settlement of a commune out of sight is written',
    edits: [
      {
        file: 'src/documents/settlement-store.ts',
        find: 'return row?.sees ?? false',
        replace: 'return row !== undefined',
      },
    ],
    test: monthly('of one commune is that of its officer'),
  },
  {
    name: 'paper-verify-blind: the record of a check does not say what was found',
    edits: [
      {
        file: 'src/documents/verification-report.ts',
        find: 'const result = ok\n',
        replace: 'const result = !truncated\n',
      },
    ],
    test: monthly('says what is not, after somebody changed an amount'),
  },
]
