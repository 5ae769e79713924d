import type { Ask } from './verify-ask.ts'
import type { BlockRow } from './verify-store.ts'

/** A block as a proof needs it; its leaves apart, which are many. */
export type ChainedBlock = Omit<BlockRow, 'leafHashes'>

const CHAIN = `select b.number, b.entry_count as "entryCount", b.total_entries as "totalEntries", b.last_xid::text as "lastXid",
  b.last_id::text as "lastId", encode(b.root, 'hex') as root, encode(b.previous_head, 'hex') as "previousHead",
  encode(b.head, 'hex') as head from seal_block b`
const BLOCK_OF = `select e.reference, b.number from unnest($1::text[], $2::xid8[], $3::bigint[]) as e (reference, xid, id)
  cross join lateral (select x.number from seal_block x where (x.last_xid, x.last_id) >= (e.xid, e.id)
                       order by x.number limit 1) b`

/** The template of each entry, by id. */
export async function templatesOf(
  ask: Ask,
  ids: readonly number[],
): Promise<ReadonlyMap<number, { readonly name: string; readonly version: number }>> {
  const rows = await ask<{ id: number; name: string; version: number }>(
    `select id::integer as id, name, version::integer as version from posting_template where id = any ($1::smallint[])`,
    ids,
  )
  return new Map(rows.map(({ id, ...template }) => [id, template]))
}

/** Which block covers each entry, by reference; those that no block covers yet are left out. */
export async function blocksOf(
  ask: Ask,
  entries: readonly { readonly reference: string; readonly xid: string; readonly id: string }[],
): Promise<ReadonlyMap<string, bigint>> {
  const rows = await ask<{ reference: string; number: bigint }>(
    BLOCK_OF,
    entries.map(({ reference }) => reference),
    entries.map(({ xid }) => xid),
    entries.map(({ id }) => id),
  )
  return new Map(rows.map(({ reference, number }) => [reference, number]))
}

/** The blocks from one on, in order. */
export async function chainFrom(ask: Ask, number: bigint): Promise<readonly ChainedBlock[]> {
  return ask<ChainedBlock>(`${CHAIN} where b.number >= $1::bigint order by b.number`, number)
}

/** The leaf hashes of some blocks, by number. */
export async function leavesOf(
  ask: Ask,
  numbers: readonly bigint[],
): Promise<ReadonlyMap<bigint, Buffer>> {
  const rows = await ask<{ number: bigint; leaves: Uint8Array }>(
    `select number, leaf_hashes as leaves from seal_block where number = any ($1::bigint[])`,
    numbers,
  )
  return new Map(rows.map(({ number, leaves }) => [number, Buffer.from(leaves)]))
}

/** References of the entries that touch accounts of some subjects, in the order of posting. */
export async function referencesTouching(
  ask: Ask,
  subjects: readonly string[],
): Promise<readonly string[]> {
  const rows = await ask<{ reference: string }>(
    `with touched as (select id from account where subject = any ($1::text[]))
     select e.reference from journal_entry e where e.id in (
       select p.entry_id from touched t join posting p on p.debit_account = t.id
       union select p.entry_id from touched t join posting p on p.credit_account = t.id)
      order by e.xid, e.id`,
    subjects,
  )
  return rows.map(({ reference }) => reference)
}
