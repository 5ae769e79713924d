import { inFile, type Mutant } from './mutant.ts'

const routes = inFile('test/api/documents.test.ts')
const page = inFile('test/api/documents-verify.test.ts')
const jobs = inFile('test/api/documents-jobs.test.ts')
const recon = inFile('test/integration/documents-recon.test.ts')
const monthly = inFile('test/integration/documents-month.test.ts')

/** Mistakes about who is given a paper, and about the papers of a month. */
export const paperMutants: readonly Mutant[] = [
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
        find: 'if (shown.fileHash === fileHash)',
        replace: 'if (true)',
      },
    ],
    test: page('says genuine, altered or unknown of a file'),
  },
  {
    name: 'paper-job-any: a paper as long work asks only whether its reader may have papers',
    edits: [
      {
        file: 'src/operations/paper-job.ts',
        find: "(['documents.read', documents.actions[document.kind]] as const)",
        replace: "(['documents.read', 'documents.read'] as const)",
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
