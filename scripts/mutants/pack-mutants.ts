import { inFile, type Mutant } from './mutant.ts'

const pack = inFile('test/integration/evidence.test.ts')
const jobs = inFile('test/api/documents-jobs.test.ts')

const VERIFIER = 'src/documents/evidence-verifier.mjs'
const ORDERS = 'src/documents/evidence-orders.mjs'
const LIST_JOB = 'src/operations/list-papers-job.ts'

/** One edit in one file. */
const edit = (file: string, find: string, replace: string) => [{ file, find, replace }]

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
    edits: edit(ORDERS, "keyed(own[0]) === digest?.text.split('|').at(-1)", 'keyed(own[0])'),
    test: pack('who has the order file'),
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
