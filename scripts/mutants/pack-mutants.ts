import { edit, inFile, type Mutant } from './mutant.ts'

const pack = inFile('test/integration/evidence.test.ts')
const anew = inFile('test/integration/evidence-anew.test.ts')
const jobs = inFile('test/api/documents-jobs.test.ts')

const VERIFIER = 'src/documents/evidence-verifier.mjs'
const ORDERS = 'src/documents/evidence-orders.mjs'
const LIST = 'src/documents/evidence-list.mjs'
const LIST_JOB = 'src/operations/list-papers-job.ts'

/** Mistakes about what a pack says of acts and order files, and about lists that are issued together. */
export const packMutants: readonly Mutant[] = [
  {
    name: 'pack-event-unread: an act need not be in the sealed trail',
    edits: edit(VERIFIER, 'isIn(events, event),', 'events !== null,'),
    test: pack('an event with another text'),
  },
  {
    name: 'pack-act-unread: the timeline need not say what the trail says',
    edits: edit(VERIFIER, 'check(same,', 'check(true,'),
    test: pack('an act at another time'),
  },
  {
    name: 'pack-chain-unread: the blocks of a chain need not follow one another',
    edits: edit('src/documents/evidence-chains.mjs', 'row.previous === rows[at - 1].head &&', ''),
    test: pack('a block of the trail that was rewritten'),
  },
  {
    name: 'pack-line-unread: a line need not be in its order file',
    edits: edit(ORDERS, 'rootOf(leafOf(digest.text), digest) === digest.linesRoot &&', ''),
    test: pack('another bank of the line'),
  },
  {
    name: 'pack-digest-untold: the trail need not know the hash of an order file',
    edits: edit(ORDERS, 'said?.sha256 === digest.sha256 &&', 'said !== undefined &&'),
    test: pack('another hash of the file'),
  },
  {
    name: 'pack-element-any: an order file may say anything of the payment',
    edits: edit(ORDERS, 'own.length === 1 && own[0].includes(', "own.length === 1 && ''.padEnd("),
    test: pack('who has the order file'),
  },
  {
    name: 'pack-file-alone: a file of one payment is digested, so that its account number can be tried out',
    edits: edit('src/payouts/order-files.ts', 'DIGESTED_ROWS_MIN = 2', 'DIGESTED_ROWS_MIN = 1'),
    test: anew('a file of one payment has no digest'),
  },
  {
    name: 'pack-chain-unsigned: a kept head of one chain vouches for the other',
    edits: edit(VERIFIER, 'own.length + kept.length === 0', 'own.length + outside.length === 0'),
    test: anew('a trail that was made anew'),
  },
  {
    name: 'pack-journal-unsigned: a kept head of the trail vouches for the journal',
    edits: edit(
      VERIFIER,
      'own.length + kept.length === 0',
      'own.length + kept.length === 0 && (ofTrail || outside.length === 0)',
    ),
    test: anew('a journal that was made anew'),
  },
  {
    name: 'pack-chain-any: a chain of any format is journal and trail',
    edits: edit('src/documents/evidence-chains.mjs', 'row.format === asked &&', ''),
    test: anew('a trail whose heads call themselves'),
  },
  {
    name: 'pack-rows-uncounted: the trail need not say how many rows were approved',
    edits: edit(LIST, 'detail.rowCount === approval.rows.length &&', ''),
    test: pack('this row put among those approved'),
  },
  {
    name: 'pack-rows-unsummed: the trail need not say what sum was approved',
    edits: edit(LIST, '&&\n          detail.total === approval.total,', ','),
    test: pack('another sum approved'),
  },
  {
    name: 'pack-row-unbound: a row that nothing binds to its approval is called right',
    edits: edit(LIST, 'if (holds && approval?.rows.length !== 1)', 'if (false)'),
    test: anew('approved with others'),
  },
  {
    name: 'pack-amount-owed: what is paid need not be what is owed',
    edits: edit(LIST, '&&\n      payment.amount === payment.entitlement.amount,', ','),
    test: pack('another amount$'),
  },
  {
    name: 'pack-digest-other: what is digested is not what is sent',
    edits: edit(
      'src/payouts/channels/bank.ts',
      'contents: (order) => pain001Parts(order, { version, debtorBin }),',
      "contents: (order) => pain001Parts({ ...order, claimedAt: '' }, { version, debtorBin }),",
    ),
    test: pack('it says what happened'),
  },
  {
    name: 'pack-event-altered: an event that was changed after sealing is proven all the same',
    edits: edit(
      'src/ledger/event-proofs.ts',
      'const place = inclusionOf(text, leaves, root)',
      'const place = inclusionOf(text, leaves, root) ?? { index: 0, size: 1, path: [] }',
    ),
    test: pack('changed after sealing is not proven'),
  },
  {
    name: 'paper-caption-alone: a caption or a head stands alone at the bottom of a page',
    edits: edit(
      'src/documents/render-pdf.ts',
      'pages.room(lineHeight({ size: 13 }) + MM + startHeight(pages, table))',
      'pages.room(lineHeight({ size: 13 }))',
    ),
    test: inFile('test/unit/documents-render.test.ts')('stands with its caption'),
  },
  {
    name: 'head-local-one-place: a machine for development keeps its heads in one place',
    edits: edit(
      'src/compose-heads.ts',
      'config.HEAD_SECOND_FOLDER ?? second',
      'config.HEAD_SECOND_FOLDER ?? folder',
    ),
    test: inFile('test/integration/heads-kept.test.ts')('a machine for development'),
  },
  {
    name: 'paper-lists-again: lists that were issued together are issued once more when the work is begun anew',
    edits: edit(LIST_JOB, 'linesMax, signing, unlessSame: true }', 'linesMax, signing }'),
    test: jobs('are issued together'),
  },
  {
    name: 'paper-lists-unchanged: a list whose rows changed has the paper of before',
    edits: edit(
      'src/documents/issuing.ts',
      '(await rowsHashOf(paper)) === before.rowsHash',
      "(await rowsHashOf(paper)) !== ''",
    ),
    test: jobs('approved lists alone'),
  },
  {
    name: 'paper-lists-unapproved: a list that nobody approved is numbered and signed',
    edits: edit(LIST_JOB, 'listsFor(tx, month, APPROVED)', 'listsFor(tx, month)'),
    test: jobs('approved lists alone'),
  },
  {
    name: 'paper-lists-closed: a list that was closed meanwhile ends the work',
    edits: edit(LIST_JOB, "error.code === 'list-closed'", "error.code === 'list-open'"),
    test: jobs('approved lists alone'),
  },
  {
    name: 'paper-lists-any-issuer: who only reads issues the lists of a month',
    edits: edit(LIST_JOB, "issue ? 'documents.issue' : 'documents.read'", "'documents.read'"),
    test: jobs('are issued together'),
  },
]
