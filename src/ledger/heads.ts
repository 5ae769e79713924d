import type { Tx } from '../lib/db.ts'

/** The head of a sealed block: what it covers cannot change without it. */
export interface Head {
  readonly block: bigint
  /** Hex. */
  readonly head: string
  /** The database’s time, ISO 8601 in UTC. */
  readonly sealedAt: string
}

/** A head, by its block’s number or the last one; null when there is none such. */
export async function sealedHead(tx: Tx, block: bigint | null = null): Promise<Head | null> {
  const [row] = await tx.$queryRaw<Head[]>`
    select number as block, encode(head, 'hex') as head,
           to_char(sealed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "sealedAt"
      from seal_block where ${block}::bigint is null or number = ${block}::bigint order by number desc limit 1`
  return row ?? null
}
