import { createHash, createHmac } from 'node:crypto'
import { ledger } from '../ledger/ledger.ts'
import { invariant } from '../lib/errors.ts'
import type { FilePiece, OutgoingPayment } from './channels/channel.ts'

/** What is kept of an order file, which itself is not: it has names and account numbers of everybody in it. */
export interface OrderDigest {
  /** Of the whole file, hexadecimal digits. */
  readonly sha256: string
  readonly bytes: number
  /** Of each payment's part of the file its keyed hash (32 bytes), one after the other, in the order of the payments. */
  readonly elements: Buffer
  /** The root of the tree of the lines (RFC 6962): a line names a payment and the keyed hash of its part. */
  readonly root: string
}

/** A payment of a file, as its line names it; the amount in đồng. */
export interface OrderLine {
  readonly reference: string
  readonly amount: bigint
  readonly bankCode: string | null
  /** The keyed hash of its part of the file, hexadecimal digits. */
  readonly element: string
}

/**
 * Digests an order file as it is written. A payment's part is hashed with a key of its own, made of the file's secret: so a line
 * can be shown without letting anybody try out names and numbers on it or on its neighbours. Takes the pieces in order, of which
 * some are a payment's part, the payments, and a secret of 32 bytes. Every payment has its part.
 */
export function digestOrder(
  pieces: Iterable<FilePiece>,
  payments: readonly OutgoingPayment[],
  secret: Buffer,
): OrderDigest {
  const whole = createHash('sha256')
  const elements = new Map<string, string>()
  let bytes = 0
  for (const { text, reference } of pieces) {
    whole.update(text)
    bytes += Buffer.byteLength(text)
    if (reference !== null) elements.set(reference, elementHash(keyOf(secret, reference), text))
  }
  const lines = payments.map(({ reference, amount, bankCode }) => {
    const element = elements.get(reference)
    invariant(element !== undefined, `${reference} is in its file`)
    return { reference, amount, bankCode, element }
  })
  return {
    ...{ sha256: whole.digest('hex'), bytes },
    elements: Buffer.from(lines.map(({ element }) => element).join(''), 'hex'),
    root: ledger.merkle.root(leavesOf(lines)),
  }
}

/** The leaf hashes of lines, one after the other. */
export const leavesOf = (lines: readonly OrderLine[]): Buffer =>
  Buffer.from(lines.map((line) => ledger.merkle.leaf(lineText(line))).join(''), 'hex')

/** What is hashed of a line. */
export const lineText = ({ reference, amount, bankCode, element }: OrderLine): string =>
  `line.v1|${reference}|${amount.toString()}|${bankCode ?? ''}|${element}`

/** The key of a payment's part of a file whose secret is given. */
export const keyOf = (secret: Buffer, reference: string): Buffer =>
  createHmac('sha256', secret).update(reference).digest()

/** A part stands without the blanks around it, so that it can be found in the file as one element. */
const elementHash = (key: Buffer, text: string): string =>
  createHmac('sha256', key).update(text.trim()).digest('hex')
