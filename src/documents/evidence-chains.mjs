// What the verifier of an evidence pack recomputes of trees and chains (RFC 6962). Runs with Node alone; shares nothing with the program
// that wrote the pack.
import { createHash } from 'node:crypto'

export const sha256 = (...parts) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** The hash of a leaf. */
export const leafOf = (text) => sha256(Buffer.of(0), text)

/** From the leaf along the path to the root (RFC 9162 §2.1.3.2); null when the path is not as long as the place asks. */
export function rootOf(leaf, { index, size, path }) {
  if (!Number.isInteger(index) || !Number.isInteger(size) || index < 0 || index >= size) return null
  let at = index
  let last = size - 1
  let root = leaf
  for (const step of path) {
    if (last === 0) return null
    const sibling = Buffer.from(step, 'hex')
    if (at % 2 === 1 || at === last) {
      root = sha256(Buffer.of(1), sibling, root)
      while (at % 2 === 0 && at !== 0) {
        at = Math.floor(at / 2)
        last = Math.floor(last / 2)
      }
    } else root = sha256(Buffer.of(1), root, sibling)
    at = Math.floor(at / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 ? root.toString('hex') : null
}

export const headOf = (text) => sha256(Buffer.of(2), text).toString('hex')

/**
 * The heads of a chain of the format asked for: of the journal (head.v1), or of the trail (audit-head.v1), which names the journal's
 * head before the one before it.
 */
export function chainOf(texts, asked) {
  const rows = texts.map((text) => {
    const [format, block, count, soFar, , , root, ...rest] = text.split('|')
    const [ledger, previous] = asked === 'audit-head.v1' ? rest : [null, rest[0]]
    const [number, size, total] = [block, count, soFar].map(Number)
    return { format, block: number, size, total, root, ledger, previous, head: headOf(text) }
  })
  const follows = (row, at) =>
    row.format === asked &&
    (at === 0 || (row.previous === rows[at - 1].head && row.block === rows[at - 1].block + 1))
  return { rows, last: rows.at(-1), isWhole: rows.length > 0 && rows.every(follows) }
}

/** Whether a text is the leaf of a block of the chain at the place that is said. */
export function isIn({ rows }, proven) {
  const row = rows.find(({ block }) => block === proven.block)
  return (
    row !== undefined &&
    row.size === proven.size &&
    rootOf(leafOf(proven.text), proven) === row.root
  )
}

/** The fields of an event's text (event.v1): plain, "-" for nothing, or "<bytes>:<text>". */
export function fieldsOf(text) {
  const bytes = Buffer.from(text)
  const fields = []
  for (let at = 0; at <= bytes.length;) {
    const length = /^(\d+):/.exec(bytes.subarray(at, at + 12).toString('latin1'))
    const from = length === null ? at : at + length[0].length
    const end = length === null ? bytes.indexOf('|', from) : from + Number(length[1])
    const until = end === -1 ? bytes.length : end
    fields.push(bytes.subarray(from, until).toString('utf8'))
    at = until + 1
  }
  return fields
}
