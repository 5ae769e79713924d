import { ledger } from '../ledger/ledger.ts'
import type { Act } from '../lib/act.ts'
import { homeOf, recordActs } from '../lib/audit.ts'
import type { Tx } from '../lib/db.ts'
import type { Channel, OutgoingOrder } from './channels/channel.ts'
import { digestOrder, leavesOf, lineText } from './order-digest.ts'
import * as store from './order-files-store.ts'
import type { DigestedFile } from './order-files-store.ts'

/** Of one payment alone the rest of a file is known, and its hash would let anybody try out the account number. */
const DIGESTED_ROWS_MIN = 2

/** What an order file is called in the audit trail. */
export const orderFileSubject = (channel: string, { id }: { readonly id: string }): string =>
  `order-file:${channel}:${id}`

/**
 * Keeps what an order file will be before it is sent, and says so in the audit trail, whose seal it comes under (docs/adr/0033). In the
 * transaction of the claim; does nothing for a channel that sends no files, nor for a file of one payment.
 */
export async function keepDigest(
  tx: Tx,
  by: Act,
  { name, contents }: Pick<Channel, 'name' | 'contents'>,
  order: OutgoingOrder,
): Promise<void> {
  if (contents === undefined || order.payments.length < DIGESTED_ROWS_MIN) return
  const digest = digestOrder(contents(order), order.payments)
  await store.insertDigest(tx, { channel: name, id: order.id }, digest)
  const { sha256, bytes, root } = digest
  const detail = { channel: name, sha256, bytes, lines: order.payments.length, linesRoot: root }
  const subject = orderFileSubject(name, order)
  await recordActs(tx, by, [{ act: 'order-file.digest', subject, communeId: homeOf(by), detail }])
}

/** That a payment is a line of an order file, without what the file says of anybody. */
export interface FileLine {
  readonly sha256: string
  readonly bytes: number
  readonly linesRoot: string
  /** line.v1 of docs/adr/0033. */
  readonly text: string
  readonly index: number
  readonly size: number
  readonly path: readonly string[]
}

/** The line of a payment in each file that carried it, by the file's id; without files of which no digest was kept. */
export async function fileLinesOf(
  tx: Tx,
  reference: string,
): Promise<ReadonlyMap<string, FileLine>> {
  const files = await store.digestedFilesOf(tx, reference)
  return new Map(files.map((file) => [file.id, lineOf(file, reference)]))
}

function lineOf(file: DigestedFile, reference: string): FileLine {
  const lines = file.references.map((one, at) => ({
    ...{ reference: one, amount: file.amounts[at] ?? 0n, bankCode: file.parts[at] ?? '' },
  }))
  const index = file.references.indexOf(reference)
  const own = lines.slice(index, index + 1)
  return {
    ...{ sha256: file.sha256, bytes: file.bytes, linesRoot: file.root },
    text: own.map(lineText).join(''),
    ...{ index, size: lines.length, path: ledger.merkle.path(leavesOf(lines), index) },
  }
}
