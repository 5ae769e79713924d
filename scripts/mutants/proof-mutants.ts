import { edit, inFile, type Mutant } from './mutant.ts'

const offline = inFile('test/integration/papers-offline.test.ts')
const kept = inFile('test/integration/heads-kept.test.ts')
const pack = inFile('test/integration/evidence.test.ts')
const page = inFile('test/api/documents-verify.test.ts')

const VERIFIER = 'src/documents/evidence-verifier.mjs'
const LIST = 'src/documents/evidence-list.mjs'
const ANCHORS = 'src/compose-anchors.ts'

/** Mistakes about what is checked without us: each would call genuine what is not, or say nothing where something is wrong. */
export const proofMutants: readonly Mutant[] = [
  {
    name: 'offline-head-unread: a paper is genuine under a head that leads nowhere',
    edits: edit('src/documents/verifying-offline.ts', 'heads.get(headBlock) === head', 'true'),
    test: offline('whose head is in no chain'),
  },
  {
    name: 'offline-kept-unread: the register need not lead to the heads that were kept',
    edits: edit(
      'src/documents/verifying-offline.ts',
      'found === undefined || found === head',
      'true',
    ),
    test: offline('must lead to the heads that were kept'),
  },
  {
    name: 'offline-unsigned: a register is believed whoever signed it',
    edits: edit(
      'src/documents/paper-register.ts',
      'requireSigned(signedText(found), found, publicKeysPem)',
      '',
    ),
    test: offline('that was changed, or signed by another'),
  },
  {
    name: 'offline-gap: heads need not follow one another',
    edits: edit(
      'src/ledger/head-chain.ts',
      '(block === before.block + 1 && previous === before.head)',
      'true',
    ),
    test: offline('a chain with a gap is none'),
  },
  {
    name: 'heads-none: a folder without heads counts as one in which all stand',
    edits: edit(ANCHORS, 'if (names.length === 0)', 'if (names.length < 0)'),
    test: kept('nothing is kept before|against no head'),
  },
  {
    name: 'heads-untrusted: heads of a folder are believed whoever signed them',
    edits: edit(
      ANCHORS,
      '(await keptTexts(false)).map((text) => openSignedHead(text, keys))',
      '(await keptTexts(false)).map((text) => JSON.parse(text).head)',
    ),
    test: kept('nothing is kept before|against no head'),
  },
  {
    name: 'heads-audit-lost: heads of the audit trail are not kept',
    edits: edit('src/compose-heads.ts', '{ name: `audit-head-${on}.json`, head: audit },', ''),
    test: kept('nothing is kept before|of the audit trail likewise'),
  },
  {
    name: 'unsigned-issued: without a key papers are issued all the same',
    edits: edit('src/documents/paper-signer.ts', 'if (signer === null) {', 'if (false) {'),
    test: page('that nobody signed that nobody did'),
  },
  {
    name: 'unsigned-silent: nobody is told that a paper is not signed',
    edits: edit('src/documents/verdict-words.ts', 'if (!document.signed)', 'if (false)'),
    test: page('that nobody signed that nobody did'),
  },
  {
    name: 'pack-signature-unread: the verifier believes whoever signed the head',
    edits: edit(VERIFIER, 'const genuine = verify(', 'const genuine = true || verify('),
    test: pack('the head in the pack is signed'),
  },
  {
    name: 'pack-list-unread: the list need not be the one that the trail names',
    edits: edit(LIST, 'set?.contentHash === list.contentHash &&', 'set !== undefined &&'),
    test: pack('another hash of the list'),
  },
  {
    name: 'pack-row-unread: any approval of the list is one of this row',
    edits: edit(LIST, 'places.includes(list.row)', 'places.length > 0'),
    test: pack('another row approved'),
  },
  {
    name: 'pack-untraced: who takes a pack leaves no trace',
    edits: edit(
      'src/documents/evidence.ts',
      'await recordActs(tx, by, [{ ...event, communeId: homeOf(by) }])',
      'homeOf(by)',
    ),
    test: inFile('test/api/evidence.test.ts')('leaves a trace'),
  },
  {
    name: 'attempt-untraced: a refused attempt at a second duty leaves no trace',
    edits: edit(
      'src/api/attempts.ts',
      'await db.transact(by,',
      'if (by === null) await db.transact(by,',
    ),
    test: inFile('test/api/approvals.test.ts')('makes a list wait for a second approver'),
  },
]
