import { createHash } from 'node:crypto'
import { ledger } from '../ledger/ledger.ts'
import { invariant } from '../lib/errors.ts'
import type { FilePiece, OutgoingPayment } from './channels/channel.ts'

/** What is kept of an order file, which itself is not: it has names and account numbers of everybody in it. */
export interface OrderDigest {
  /** Of the whole file, hexadecimal digits. */
  readonly sha256: string
  readonly bytes: number
  /** The root of the tree of the lines (RFC 6962), hexadecimal digits. */
  readonly root: string
}

/** A payment of a file, as its line names it; the amount in đồng. */
export type OrderLine = Pick<OutgoingPayment, 'reference' | 'amount' | 'bankCode'>

/**
 * Digests an order file as it is written. A line says nothing of what the file says of a person, not even as a hash: whoever is
 * shown it could try out account numbers. Takes the pieces in order, of which some are a payment's part, and the payments. Every
 * payment has its part.
 */
export function digestOrder(
  pieces: Iterable<FilePiece>,
  payments: readonly OutgoingPayment[],
): OrderDigest {
  const whole = createHash('sha256')
  const written = new Set<string | null>()
  let bytes = 0
  for (const { text, reference } of pieces) {
    whole.update(text)
    bytes += Buffer.byteLength(text)
    written.add(reference)
  }
  for (const { reference } of payments) {
    invariant(written.has(reference), `${reference} is in its file`)
  }
  return { sha256: whole.digest('hex'), bytes, root: ledger.merkle.root(leavesOf(payments)) }
}

/** The leaf hashes of lines, one after the other. */
export const leavesOf = (lines: readonly OrderLine[]): Buffer =>
  Buffer.from(lines.map((line) => ledger.merkle.leaf(lineText(line))).join(''), 'hex')

/** What is hashed of a line. */
export const lineText = ({ reference, amount, bankCode }: OrderLine): string =>
  `line.v1|${reference}|${amount.toString()}|${bankCode ?? ''}`
