import type { Act, PersonId } from '../lib/act.ts'
import { recordActs } from '../lib/audit.ts'
import type { Database, Tx } from '../lib/db.ts'
import type { Month } from '../lib/time.ts'
import * as books from './books.ts'
import { entryRead, fund, FUNDING, postOnPaper, reverseByHand, reversible } from './by-hand.ts'
import { insertByHand } from './by-hand-store.ts'
import { chart } from './chart.ts'
import type { AccountCode } from './chart.ts'
import { layOut } from './journal.ts'
import type { EntryDraft, EntryHead } from './journal.ts'
import * as store from './ledger-store.ts'
import type { Posted, Reversal } from './ledger-store.ts'
import { proveEvents } from './event-proofs.ts'
import { headsInChain } from './head-chain.ts'
import { sealedHead } from './heads.ts'
import { auditPath } from './merkle.ts'
import { headsFrom, proveEntries, referencesTouching } from './proofs.ts'
import * as reports from './reports.ts'
import { templates } from './templates.ts'
import type { TemplateName, TemplateVars } from './templates.ts'
import { verifyAudit } from './verify-audit.ts'
import { exportAuditHead } from './verify-audit-heads.ts'
import { hashLeaf, treeRoot } from './verify-bytes.ts'
import { exportHead, outsideHead } from './verify-heads.ts'
import { verifyWithin } from './verify.ts'

/** Entries in a block at the most: a block is sealed in about a second and proven with 14 hashes. */
const BLOCK_ENTRIES_MAX = 10_000

/**
 * Fills in a template. Takes its name, its variables (đồng as bigint) and the head of the entry; returns a draft
 * that `post` takes. Pure: nothing is written.
 */
function entry<Name extends TemplateName>(
  name: Name,
  vars: TemplateVars<Name>,
  head: EntryHead,
): EntryDraft {
  const { version, build } = templates[name] as {
    readonly version: number
    readonly build: (vars: TemplateVars<Name>) => EntryDraft['postings']
  }
  return { ...head, template: name, version, postings: build(vars) }
}

/**
 * Posts one entry or up to 60,000 in the caller's transaction, all or none. A reference that is there already with
 * the same content answers with that entry (`replayed`).
 * Throws DomainError: reference-reused, outside-template, amount, below-floor (extra: code, subject, missing),
 * period-not-open, unknown-account, malformed-posting-call.
 */
async function post(tx: Tx, by: Act, entries: readonly EntryDraft[]): Promise<readonly Posted[]> {
  return store.callPost(tx, by.actor, layOut(entries))
}

/**
 * Posts the reversal of an entry: same amounts, sides exchanged. At most one an entry; a reversal is not reversed. It stands on
 * a paper and the word of a second person. Throws DomainError: not-reversible, reference-reused, below-floor, period-not-open,
 * same-person.
 */
async function reverse(
  tx: Tx,
  by: Act,
  reversal: Reversal,
  paper: { readonly document: string; readonly confirmedBy: PersonId },
): Promise<Posted> {
  const posted = await store.callReverse(tx, by.actor, reversal)
  const { entryId, replayed } = posted
  if (!replayed) await insertByHand(tx, { entryId, enteredBy: by.actor, ...paper })
  return posted
}

/** Opens a month for posting, also ahead of time. Returns whether it was new. Throws `period-not-open` when a later one is closed. */
async function openPeriod(tx: Tx, by: Act, month: Month): Promise<boolean> {
  const opened = await store.callOpenPeriod(tx, by.actor, month)
  if (opened) await recordActs(tx, by, [{ act: 'period.open', subject: `period:${month}` }])
  return opened
}

/**
 * Seals everything committed so far, in blocks: entries, then audit events, whose blocks cover the ledger's last head
 * (docs/adr/0019). Returns how many entries were sealed. Rows of transactions that are still running, and of those that
 * began after them, wait for the next call.
 */
async function seal(db: Database, by: Act): Promise<number> {
  const entries = await sealAll(db, by, store.callSeal)
  await sealAll(db, by, store.callSealAudit)
  return entries
}

async function sealAll(db: Database, by: Act, sealSome: typeof store.callSeal): Promise<number> {
  let total = 0
  for (;;) {
    const sealed = await db.transact(by, (tx) => sealSome(tx, BLOCK_ENTRIES_MAX))
    total += sealed
    if (sealed < BLOCK_ENTRIES_MAX) return total
  }
}

/**
 * Closes a month for ever: lets no new entry in, seals what is there, then stores the trial balance, the snapshots
 * and the sealed head in one serializable transaction. A crash in between leaves it closing; calling again goes on.
 * Throws `period-not-open` when an earlier month is open or entries cannot be sealed yet (a transaction is running).
 */
async function closePeriod(db: Database, by: Act, month: Month): Promise<void> {
  await db.transact(by, (tx) => beginClose(tx, by, month))
  await finishClose(db, by, month)
}

/** The first step of closing: nothing new gets in any more. Throws `period-not-open` when an earlier month is open. */
async function beginClose(tx: Tx, by: Act, month: Month): Promise<void> {
  await store.callBeginClose(tx, by.actor, month)
  await recordActs(tx, by, [{ act: 'period.close', subject: `period:${month}` }])
}

/** The other steps, once the first has committed; may be repeated. Throws as `closePeriod`. */
async function finishClose(db: Database, by: Act, month: Month): Promise<void> {
  await seal(db, by)
  await db.transact(by, (tx) => store.callFinishClose(tx, by.actor, month), 'Serializable')
}

/** The newest sealed heads, to be kept outside; null where nothing is sealed. */
async function lastHeads(tx: Tx) {
  return { journal: await exportHead(tx), audit: await exportAuditHead(tx) }
}

/** Whether a text names an account of the chart. */
function isCode(text: string): text is AccountCode {
  return Object.hasOwn(chart, text)
}

/** What a template is for, in Vietnamese; a name without words stands as it is. */
const templateWords = (name: string): string =>
  (templates as Readonly<Record<string, { readonly docVi: string }>>)[name]?.docVi ?? name

/** The face of the ledger: the only way to move money, and the reads that other modules need. */
export const ledger = {
  entry,
  post,
  reverse,
  byHand: {
    FUNDING,
    entry: entryRead,
    fund,
    post: postOnPaper,
    reverse: reverseByHand,
    reversible,
  },
  openPeriod,
  closePeriod,
  beginClose,
  finishClose,
  seal,
  isCode,
  prove: proveEntries,
  proveEvents,
  /** Trees of RFC 6962 over leaf hashes of 32 bytes one after the other. */
  merkle: { leaf: hashLeaf, root: treeRoot, path: auditPath },
  referencesTouching,
  sealedHead,
  lastHeads,
  headsFrom,
  headsInChain,
  outsideHead,
  templateWords,
  books,
  verify: verifyWithin,
  verifyTrail: verifyAudit,
  ...reports.reads,
}
