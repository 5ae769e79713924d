import type { Tx } from '../lib/db.ts'
import type { ChannelName } from './channels/channel.ts'
import type { OrderDigest } from './order-digest.ts'

/** Keeps the digest of an order file; in the transaction that records the file. */
export async function insertDigest(
  tx: Tx,
  file: { readonly channel: ChannelName; readonly id: string },
  { sha256, bytes, root }: OrderDigest,
): Promise<void> {
  await tx.$executeRaw`
    insert into order_file_digest (channel, file_id, sha256, bytes, root)
    values (${file.channel}, ${file.id}, decode(${sha256}, 'hex'), ${bytes}, decode(${root}, 'hex'))`
}

/** An order file with its payments, and what is kept of its bytes. */
export interface DigestedFile {
  readonly id: string
  readonly sha256: string
  readonly bytes: number
  readonly root: string
  readonly references: readonly string[]
  readonly amounts: readonly bigint[]
  readonly parts: readonly string[]
}

/** The files that carried a payment, in order; without those of which no digest was kept. */
export async function digestedFilesOf(tx: Tx, reference: string): Promise<readonly DigestedFile[]> {
  return tx.$queryRaw<DigestedFile[]>`
    select f.id, encode(d.sha256, 'hex') as sha256, d.bytes, encode(d.root, 'hex') as root,
           f.refs as references, f.amounts, f.parts
      from instruction i join order_file f on f.order_id = i.order_id and i.reference = any (f.refs)
      join order_file_digest d on (d.channel, d.file_id) = (f.channel, f.id)
     where i.reference = ${reference} order by f.claimed_at`
}
