import { hash } from 'node:crypto'
import { HASH_BYTES, hashLeaf, treeRoot } from './verify-bytes.ts'

/** Where a leaf stands in its tree: from 0, of `size` leaves. */
export interface LeafPlace {
  readonly index: number
  readonly size: number
}

/**
 * The audit path of a leaf, RFC 6962 §2.1.1. Takes the leaf hashes one after the other (32 bytes each) and the index from 0;
 * returns the sibling hashes from the leaf up, in hexadecimal digits. Throws RangeError for an index that is no leaf's.
 */
export function auditPath(leaves: Buffer, index: number): readonly string[] {
  const count = leaves.length / HASH_BYTES
  if (!Number.isInteger(index) || index < 0 || index >= count) {
    throw new RangeError(`${String(index)} is no leaf of ${String(count)}`)
  }
  if (count === 1) return []
  const split = largestPowerBelow(count)
  const [left, right] = [
    leaves.subarray(0, split * HASH_BYTES),
    leaves.subarray(split * HASH_BYTES),
  ]
  return index < split
    ? [...auditPath(left, index), treeRoot(right)]
    : [...auditPath(right, index - split), treeRoot(left)]
}

/** A leaf's place in its tree with the path that leads from it to the root. */
export interface Inclusion extends LeafPlace {
  /** Sibling hashes from the leaf up, hexadecimal digits. */
  readonly path: readonly string[]
}

/**
 * Where a text is a leaf of a tree, with its audit path. Takes the leaf hashes one after the other and the root that they should
 * have; null when the text is no leaf of them, or they do not lead to that root.
 */
export function inclusionOf(text: string, leaves: Buffer, root: string): Inclusion | null {
  const leaf = hashLeaf(text)
  const size = leaves.length / HASH_BYTES
  const index = indexOf(leaves, Buffer.from(leaf, 'hex'))
  if (index === null) return null
  const path = auditPath(leaves, index)
  return rootOfPath(leaf, { index, size }, path) === root ? { index, size, path } : null
}

function indexOf(leaves: Buffer, leaf: Buffer): number | null {
  for (let at = leaves.indexOf(leaf); at !== -1; at = leaves.indexOf(leaf, at + 1)) {
    if (at % HASH_BYTES === 0) return at / HASH_BYTES
  }
  return null
}

/**
 * The root that a leaf and its audit path lead to: RFC 9162 §2.1.3.2, which recomputes RFC 6962 trees. Takes the leaf hash and
 * the path in hexadecimal digits; returns the root, or null when the path is not as long as the place asks.
 */
export function rootOfPath(
  leaf: string,
  { index, size }: LeafPlace,
  path: readonly string[],
): string | null {
  if (index < 0 || index >= size) return null
  let [at, last] = [index, size - 1]
  let root: Buffer = Buffer.from(leaf, 'hex')
  for (const step of path) {
    if (last === 0) return null
    const sibling = Buffer.from(step, 'hex')
    const isRight = at % 2 === 1
    root = isRight || at === last ? node(sibling, root) : node(root, sibling)
    if (!isRight) while (at % 2 === 0 && at !== 0 && at === last) [at, last] = [at >> 1, last >> 1]
    ;[at, last] = [at >> 1, last >> 1]
  }
  return last === 0 ? root.toString('hex') : null
}

const node = (left: Buffer, right: Buffer): Buffer =>
  hash('sha256', Buffer.concat([Buffer.of(1), left, right]), 'buffer')

function largestPowerBelow(count: number): number {
  let power = 1
  while (power * 2 < count) power *= 2
  return power
}
