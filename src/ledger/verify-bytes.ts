import { hash } from 'node:crypto'
import type { BlockRow, EntryRow, PostingRow } from './verify-store.ts'

/*
 * The bytes that are hashed, written down a second time and on purpose (docs/adr/0005): nothing here is shared with
 * the SQL that posts and seals.
 */

export const HASH_BYTES = 32

const DAY_MS = 86_400_000
const DAY_ZERO_MS = Date.UTC(2000, 0, 1)
/** JavaScript counts what lies outside the basic plane twice, PostgreSQL once. */
const HIGH_SURROGATES = /[\ud800-\udbff]/g
/** Orders of so many keys are tried at the most (5! = 120); budget dimensions are five. */
const DIMENSION_KEYS_MAX = 5

/** Where the two halves of a node are put together to be hashed: 0x01, left, right. */
const NODE = Buffer.alloc(1 + 2 * HASH_BYTES, 1)

/** Takes bytes or text (as UTF-8), returns its SHA-256 as hexadecimal digits. */
const sha256 = (data: string | Uint8Array): string => hash('sha256', data)

/**
 * RFC 6962 §2.1: the hash of a leaf is SHA-256 of 0x00 and its bytes. Takes bytes, or text as UTF-8; returns
 * hexadecimal digits.
 */
export function hashLeaf(bytes: string | Uint8Array): string {
  return sha256(typeof bytes === 'string' ? `\0${bytes}` : Buffer.concat([Buffer.of(0), bytes]))
}

/** Returns the text of an entry whose bytes are its leaf: entry.v1 of docs/adr/0005, postings in the order of their seq. */
export function entryText(
  entry: EntryRow,
  template: { readonly name: string; readonly version: number },
  postings: readonly PostingRow[],
): string {
  const lines = postings.map(
    (p) =>
      `${p.seq},${p.debitCode},${p.debitSubject},${p.creditCode},${p.creditSubject},${p.amount},${p.postingDate}`,
  )
  const head =
    `entry.v1|${entry.id}|${entry.xid}|${template.name}|${template.version}|${entry.reference}|${entry.contentHash}` +
    `|${entry.postingDate}|${entry.occurredOn}|${instantOf(entry.recordedUs)}|${entry.actor}` +
    `|${entry.communeId ?? '-'}|${entry.reverses ?? '-'}|${inBytes(entry.memo)}|${inBytes(entry.dimensions)}`
  return lines.length === 0 ? head : `${head}|${lines.join(';')}`
}

/**
 * Whether the stored content hash of an entry is that of its content: content.v1 of docs/adr/0005. The door hashes
 * the dimensions as the caller wrote them, the row keeps them as jsonb prints them: a reversal has the latter, and
 * for others every order of the keys is tried.
 */
export function hasContentHash(entry: EntryRow, postings: readonly PostingRow[]): boolean {
  const day = (Date.parse(`${entry.occurredOn}T00:00:00Z`) - DAY_ZERO_MS) / DAY_MS
  const lines = postings.map((p) => `${p.seq}~${p.debitId}~${p.creditId}~${p.amount}`)
  const head =
    `content.v1|${entry.reference}|${entry.templateId}|${day}|${entry.communeId ?? '-'}|${entry.reverses ?? '-'}` +
    `|${inCharacters(entry.memo)}`
  for (const dimensions of spellings(entry.dimensions)) {
    const text = `${head}|${inCharacters(dimensions)}|${lines.join(';')}`
    if (sha256(text) === entry.contentHash) return true
  }
  return false
}

/** Returns the head of a block, as hexadecimal digits: head.v1 of docs/adr/0005, over what the block's row says. */
export function blockHead(block: HeadFields): string {
  return headHash(headText(block))
}

/** The hash of a head's text. */
export const headHash = (text: string): string => sha256(`\x02${text}`)

/** The text of a head, of which blockHead is the hash: head.v1 of docs/adr/0005. */
export function headText(block: HeadFields): string {
  return (
    `head.v1|${block.number}|${block.entryCount}|${block.totalEntries}|${block.lastXid}|${block.lastId}` +
    `|${block.root}|${block.previousHead}`
  )
}

type HeadFields = Omit<BlockRow, 'leafHashes' | 'head'>

/**
 * The Merkle tree hash of RFC 6962 §2.1 by its own recursive definition. Takes the leaf hashes one after the other
 * (a multiple of 32 bytes); returns the root as hexadecimal digits, of no leaves the hash of nothing.
 */
export function treeRoot(leaves: Buffer): string {
  return leaves.length === 0 ? sha256('') : subtree(leaves).toString('hex')
}

function subtree(leaves: Buffer): Buffer {
  const count = leaves.length / HASH_BYTES
  if (count === 1) return leaves
  let split = 1
  while (split * 2 < count) split *= 2
  const left = subtree(leaves.subarray(0, split * HASH_BYTES))
  const right = subtree(leaves.subarray(split * HASH_BYTES))
  left.copy(NODE, 1)
  right.copy(NODE, 1 + HASH_BYTES)
  return hash('sha256', NODE, 'buffer')
}

/** Microseconds since 1970 as "2023-08-02T01:02:03.000004Z". */
export function instantOf(microseconds: string): string {
  const us = Number(microseconds)
  const ms = Math.floor(us / 1000)
  return `${new Date(ms).toISOString().slice(0, 23)}${String(us - ms * 1000).padStart(3, '0')}Z`
}

const inBytes = (text: string | null): string =>
  text === null ? '-' : `${Buffer.byteLength(text)}:${text}`

const inCharacters = (text: string | null): string =>
  text === null ? '-' : `${text.length - (text.match(HIGH_SURROGATES)?.length ?? 0)}:${text}`

function* spellings(dimensions: string | null): Generator<string | null> {
  yield dimensions
  if (dimensions === null) return
  const pairs = Object.entries(JSON.parse(dimensions) as Record<string, unknown>)
  if (pairs.length > DIMENSION_KEYS_MAX) return
  for (const order of ordersOf(pairs)) yield JSON.stringify(Object.fromEntries(order))
}

function* ordersOf<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length === 0) yield []
  for (const [index, item] of items.entries()) {
    for (const rest of ordersOf(items.toSpliced(index, 1))) yield [item, ...rest]
  }
}
