import type { Tx } from '../lib/db.ts'
import type { ChannelName } from './channels/channel.ts'
import type { OrderDigest } from './order-digest.ts'

/** Keeps the digest of an order file with the secret that its keys are made of; in the transaction that records the file. */
export async function insertDigest(
  tx: Tx,
  file: { readonly channel: ChannelName; readonly id: string },
  { sha256, bytes, elements, root, secret }: OrderDigest & { readonly secret: Buffer },
): Promise<void> {
  await tx.$executeRaw`
    insert into order_file_digest (channel, file_id, sha256, bytes, secret, elements, root)
    values (${file.channel}, ${file.id}, decode(${sha256}, 'hex'), ${bytes}, decode(${secret.toString('hex')}, 'hex'),
            decode(${elements.toString('hex')}, 'hex'), decode(${root}, 'hex'))`
}

/** An order file with its payments, and what is kept of its bytes. */
export interface DigestedFile {
  readonly id: string
  readonly sha256: string
  readonly bytes: number
  readonly secret: Uint8Array
  readonly elements: Uint8Array
  readonly root: string
  readonly references: readonly string[]
  readonly amounts: readonly bigint[]
  readonly parts: readonly string[]
}

/** The files that carried a payment, in order; without those that were sent before digests were kept. */
export async function digestedFilesOf(tx: Tx, reference: string): Promise<readonly DigestedFile[]> {
  return tx.$queryRaw<DigestedFile[]>`
    select f.id, encode(d.sha256, 'hex') as sha256, d.bytes, d.secret, d.elements, encode(d.root, 'hex') as root,
           f.refs as references, f.amounts, f.parts
      from instruction i join order_file f on f.order_id = i.order_id and i.reference = any (f.refs)
      join order_file_digest d on (d.channel, d.file_id) = (f.channel, f.id)
     where i.reference = ${reference} order by f.claimed_at`
}
