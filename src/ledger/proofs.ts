import type { Tx } from '../lib/db.ts'
import { DomainError, invariant } from '../lib/errors.ts'
import { inclusionOf } from './merkle.ts'
import type { Inclusion } from './merkle.ts'
import * as store from './proofs-store.ts'
import type { ChainedBlock } from './proofs-store.ts'
import { asker } from './verify-ask.ts'
import type { Ask } from './verify-ask.ts'
import { entryText, headText } from './verify-bytes.ts'
import { headsOf, lastHead } from './verify-heads.ts'
import type { OutsideHead } from './verify-heads.ts'
import { entriesNamed } from './verify-store.ts'
import type { WholeEntry } from './verify-store.ts'

const FORMAT = 'an-sinh-proof.v1'

/** That an entry is in a sealed block: its leaf is SHA-256(00 ‖ text), the path leads from it to the block's root. */
interface ProvenEntry extends Inclusion {
  readonly reference: string
  /** entry.v1 of docs/adr/0005: amounts in đồng, dates and instants as ISO 8601. */
  readonly text: string
  readonly block: number
}

/** That entries stand in the journal whose last head is `head`, to be checked without the database. */
export interface LedgerProof {
  readonly format: typeof FORMAT
  readonly entries: readonly ProvenEntry[]
  /** head.v1 of each block from the first that is needed to the last: each names the one before it. */
  readonly heads: readonly string[]
  readonly head: OutsideHead
}

/**
 * Proves that the entries with some references are sealed and unaltered: inclusion by RFC 6962 §2.1.1, then the chain of heads
 * up to the last one, which anybody may have kept outside. Throws DomainError: entry-missing, entry-unsealed, entry-altered.
 */
export async function proveEntries(tx: Tx, references: readonly string[]): Promise<LedgerProof> {
  const ask = asker(tx)
  const entries = await entriesNamed(ask, references)
  const names = new Set(entries.map(({ reference }) => reference))
  const missing = references.find((reference) => !names.has(reference))
  if (missing !== undefined) throw refusal('entry-missing', `Sổ không có bút toán ${missing}`)
  const blocks = await store.blocksOf(ask, entries)
  const open = entries.find(({ reference }) => !blocks.has(reference))
  if (open !== undefined) {
    const again = 'hãy niêm phong sổ rồi xuất lại'
    throw refusal('entry-unsealed', `Bút toán ${open.reference} chưa niêm phong: ${again}`)
  }
  const numbers = [...new Set(blocks.values())].sort((a, b) => (a < b ? -1 : 1))
  const [first] = numbers
  invariant(first !== undefined, 'a proof is of at least one entry')
  const chain = await store.chainFrom(ask, first)
  return {
    format: FORMAT,
    entries: await provenEntries(ask, entries, { blocks, numbers, chain }),
    heads: chain.map(headText),
    head: await lastOf(ask, chain),
  }
}

async function provenEntries(
  ask: Ask,
  entries: readonly WholeEntry[],
  sealed: {
    readonly blocks: ReadonlyMap<string, bigint>
    readonly numbers: readonly bigint[]
    readonly chain: readonly ChainedBlock[]
  },
): Promise<readonly ProvenEntry[]> {
  const templates = await store.templatesOf(ask, [...new Set(entries.map((e) => e.templateId))])
  const leaves = await store.leavesOf(ask, sealed.numbers)
  const rows = new Map(sealed.chain.map((row) => [row.number, row]))
  return entries.map((entry) => {
    const template = templates.get(entry.templateId)
    const number = sealed.blocks.get(entry.reference)
    const [row, own] = [rows.get(number ?? 0n), leaves.get(number ?? 0n)]
    invariant(template && row && own, 'a sealed entry has its template and its block')
    return provenEntry(entry, entryText(entry, template, entry.postings), { row, leaves: own })
  })
}

function provenEntry(
  { reference }: WholeEntry,
  text: string,
  { row, leaves }: { readonly row: ChainedBlock; readonly leaves: Buffer },
): ProvenEntry {
  const place = inclusionOf(text, leaves, row.root)
  if (place === null) {
    const verify = 'hãy chạy npm run verify'
    throw refusal('entry-altered', `Bút toán ${reference} không như lúc niêm phong: ${verify}`)
  }
  return { reference, text, block: Number(row.number), ...place }
}

async function lastOf(ask: Ask, chain: readonly ChainedBlock[]): Promise<OutsideHead> {
  const number = Number(chain.at(-1)?.number ?? 0n)
  const head = (await headsOf(ask, [number])).get(number)
  invariant(head, 'the last block has a head')
  return head
}

/** The heads from a block to the last one, each as its text head.v1, with the last as it is kept outside. */
export interface HeadChain {
  readonly heads: readonly string[]
  readonly head: OutsideHead
}

/** The heads from a block on (null: the last alone); null when nothing is sealed. */
export async function headsFrom(tx: Tx, first: bigint | null): Promise<HeadChain | null> {
  const ask = asker(tx)
  const last = await lastHead(ask)
  if (last === null) return null
  const chain = await store.chainFrom(ask, first ?? BigInt(last.block))
  return { heads: chain.map(headText), head: await lastOf(ask, chain) }
}

const refusal = (code: string, message: string) => new DomainError('conflict', code, message)

/** References of all entries that touch accounts of some subjects ("entitlement:…"), in the order of posting. */
export async function referencesTouching(
  tx: Tx,
  subjects: readonly string[],
): Promise<readonly string[]> {
  return store.referencesTouching(asker(tx), subjects)
}
