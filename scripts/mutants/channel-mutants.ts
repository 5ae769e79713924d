import { inFile, type Mutant } from './mutant.ts'

const REPORT = 'src/payouts/status-report.ts'
const FILES = 'src/payouts/status-files.ts'
const FOLDER = 'src/payouts/channels/iso20022/folder.ts'
const PAIN001 = 'src/payouts/channels/iso20022/pain001.ts'
const XML = 'src/lib/xml.ts'

const report = inFile('test/unit/status-report.test.ts')
const read = inFile('test/unit/pain002.test.ts')
const written = inFile('test/unit/pain001.test.ts')
const faults = inFile('test/integration/bank-faults.test.ts')
const folder = inFile('test/integration/bank-folder.test.ts')

const edit = (file: string, find: string, replace: string) => [{ file, find, replace }]

/** Mistakes about files to and from a bank: each would pay twice, lose a payment, or believe what nobody said. */
export const channelMutants: readonly Mutant[] = [
  {
    name: 'duplicate-believed: "duplicate" is taken for not executed, and the money is free again',
    edits: [
      {
        file: 'src/payouts/outcomes.ts',
        find: 'return outcome.reason === DUPLICATE',
        replace: "return outcome.reason === 'no duplicate'",
      },
    ],
    test: inFile('test/integration/payouts-duplicate.test.ts')('a duplicate at the call'),
  },
  {
    name: 'group-reject-accepted: a refusal of the group counts as accepted',
    edits: edit(REPORT, "RJCT: 'rejected'", "RJCT: 'accepted'"),
    test: report('that refuses fails every row'),
  },
  {
    name: 'group-reject-unspoken: a refusal of the group says nothing of its rows',
    edits: edit(
      REPORT,
      'if (!found.has(reference)) put(found, reference, sent, group)',
      'if (false) put(found, reference, sent, group)',
    ),
    test: faults('of the group fails every row'),
  },
  {
    name: 'part-at-row: PART at a row is taken as accepted',
    edits: edit(
      REPORT,
      "status === null || status.meaning === 'part')\n    throw",
      'status === null)\n    throw',
    ),
    test: report('with PART at a row'),
  },
  {
    name: 'unknown-status: a status that nobody knows is passed over',
    edits: edit(
      REPORT,
      'if (meaning === undefined) throw refusal',
      "if (meaning === undefined) return null\n  if (status.code === '') throw refusal",
    ),
    test: report('with an unknown status of the group'),
  },
  {
    name: 'foreign-row: a row that was not sent is believed',
    edits: edit(
      REPORT,
      'if (known?.part !== at.part) throw refusal',
      "if (known === undefined) return 'ACSC'\n  if (at.part === '') throw refusal",
    ),
    test: report('with a row that was not sent'),
  },
  {
    name: 'control-totals: the totals of the order file are not compared',
    edits: edit(REPORT, 'if (stated.total !== null && stated.total !== total)', 'if (false)'),
    test: faults('with a wrong control total'),
  },
  {
    name: 'amount-echo: another amount is believed',
    edits: edit(REPORT, 'if (row.amount !== null && row.amount !== known.amount)', 'if (false)'),
    test: faults('with a wrong amount'),
  },
  {
    name: 'tallies: a report that has lost rows is believed',
    edits: edit(REPORT, 'if (count !== BigInt(named))', 'if (false)'),
    test: faults('without rows that it counts'),
  },
  {
    name: 'reject-after-settled: a later refusal takes back what was settled',
    edits: edit(
      REPORT,
      "now.state === 'ACCEPTED' && MEANING[now.reason ?? ''] === 'accepted'",
      "now.state === 'ACCEPTED'",
    ),
    test: report('rejected after it was settled'),
  },
  {
    name: 'old-attempt: a word about an attempt that was resent counts for the new one',
    edits: edit(REPORT, 'const older = now.attempt !== row.attempt', 'const older = false'),
    test: report('settled by an attempt that was resent since'),
  },
  {
    name: 'cut-file: what was read of a cut file counts',
    edits: edit(XML, 'parser.close()', 'if (bytes.length === 0) parser.close()'),
    test: read('that is cut anywhere is refused'),
  },
  {
    name: 'doctype: a document type is allowed',
    edits: [
      ...edit(XML, 'refuseDocumentType(bytes)\n', '\n'),
      ...edit(XML, "throw refusal('có DOCTYPE')\n  })", 'return\n  })'),
    ],
    test: read('a document type is refused'),
  },
  {
    name: 'depth: levels without end are read',
    edits: edit(XML, 'if (levels.length >= DEPTH_MAX)', 'if (false)'),
    test: read('levels without end'),
  },
  {
    name: 'same-file-twice: the same bytes are taken again',
    edits: edit(
      FILES,
      '.update(file.bytes).digest',
      '.update(file.bytes).update(String(process.hrtime.bigint())).digest',
    ),
    test: faults('that comes twice was taken already'),
  },
  {
    name: 'half-written: an order file is written under its own name',
    edits: edit(
      FOLDER,
      'const [draft, final] = [join(outbox, `.${id}.writing`)',
      'const [draft, final] = [join(outbox, `${id}.xml`)',
    ),
    test: folder('of which the writing fails half-way'),
  },
  {
    name: 'folder-overwrites: an order file covers another of its name',
    edits: edit(
      FOLDER,
      "if (await exists(final)) return { kind: 'unknown'",
      "if (pieces === null) return { kind: 'unknown'",
    ),
    test: folder('is never put over another'),
  },
  {
    name: 'drafts-taken: a status file that is still being written is taken',
    edits: edit(FOLDER, '/^[^.].*\\.xml$/i', '/./'),
    test: folder('that are being written under another name'),
  },
  {
    name: 'batch-booking: the bank may book a file as one line',
    edits: edit(PAIN001, '<BtchBookg>false</BtchBookg>', '<BtchBookg>true</BtchBookg>'),
    test: written('to the byte, the golden one'),
  },
]
