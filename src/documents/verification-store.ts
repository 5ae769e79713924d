import type { Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'

/** A sealed block; hashes in hex, its time in Vietnam. */
export interface BlockLine {
  readonly number: bigint
  readonly entries: number
  readonly amount: bigint
  readonly sealedOn: LocalDate
  readonly head: string
}

interface Days {
  readonly from: LocalDate
  readonly to: LocalDate
}

/** Blocks that were sealed on some days, after one by number, with how many entries and how much they book. */
export async function blocksOf(
  tx: Tx,
  of: Days & { readonly after: bigint; readonly limit: number },
): Promise<readonly BlockLine[]> {
  return tx.$queryRaw<BlockLine[]>`
    select b.number, b.entry_count as entries, encode(b.head, 'hex') as head, (b.sealed_at at time zone 'Asia/Ho_Chi_Minh')::date::text as "sealedOn",
           (select coalesce(sum(p.amount), 0)::bigint from journal_entry e join posting p on p.entry_id = e.id
             where (e.xid, e.id) <= (b.last_xid, b.last_id) and (q.last_id is null or (e.xid, e.id) > (q.last_xid, q.last_id))) as amount
      from seal_block b left join seal_block q on q.number = b.number - 1
     where b.number > ${of.after} and (b.sealed_at at time zone 'Asia/Ho_Chi_Minh')::date between ${of.from}::date and ${of.to}::date
     order by b.number limit ${of.limit}`
}

/** Sums over the same blocks, by the place of each entry. */
export async function blockSums(
  tx: Tx,
  of: Days,
): Promise<{ readonly count: number; readonly entries: bigint; readonly amount: bigint }> {
  const [row] = await tx.$queryRaw<{ count: number; entries: bigint; amount: bigint }[]>`
    with chosen as (
      select min(number) as first, max(number) as last, count(*)::integer as count, coalesce(sum(entry_count), 0)::bigint as entries
        from seal_block where (sealed_at at time zone 'Asia/Ho_Chi_Minh')::date between ${of.from}::date and ${of.to}::date)
    select c.count, c.entries,
           (select coalesce(sum(p.amount), 0)::bigint from journal_entry e join posting p on p.entry_id = e.id
             where (e.xid, e.id) <= (l.last_xid, l.last_id) and (q.number is null or (e.xid, e.id) > (q.last_xid, q.last_id))) as amount
      from chosen c left join seal_block l on l.number = c.last left join seal_block q on q.number = c.first - 1`
  return row ?? { count: 0, entries: 0n, amount: 0n }
}

/** How many entries the ledger has: what a verification reads. */
export async function entryCount(tx: Tx): Promise<number> {
  const [row] = await tx.$queryRaw<
    { count: number }[]
  >`select count(*)::integer as count from journal_entry`
  return row?.count ?? 0
}
