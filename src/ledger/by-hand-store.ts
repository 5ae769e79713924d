import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { LocalDate } from '../lib/time.ts'
import type { AccountCode } from './chart.ts'

/** An entry with what it says of itself; its postings are read apart. */
export interface EntryRead {
  readonly id: bigint
  readonly template: string
  readonly reference: string
  readonly postingDate: LocalDate
  readonly occurredOn: LocalDate
  readonly recordedAt: Date
  readonly actor: PersonId
  readonly communeId: number | null
  readonly memo: string | null
  readonly reverses: bigint | null
  readonly reversedBy: bigint | null
  /** The paper and the second person of an entry that was booked by hand; null for any other. */
  readonly document: string | null
  readonly confirmedBy: PersonId | null
  readonly postingCount: number
  /** In đồng, of all postings. */
  readonly total: bigint
}

/** One posting of an entry. */
export interface PostingRead {
  readonly seq: number
  readonly debitCode: AccountCode
  readonly debitSubject: string
  readonly creditCode: AccountCode
  readonly creditSubject: string
  readonly amount: bigint
}

/** An entry by its id; undefined when it is not there, or not for who asks. */
export async function entryById(tx: Tx, id: bigint): Promise<EntryRead | undefined> {
  const [row] = await tx.$queryRaw<EntryRead[]>`
    select e.id, t.name as template, e.reference, e.posting_date::text as "postingDate", e.occurred_on::text as "occurredOn",
           e.recorded_at as "recordedAt", e.actor, e.commune_id as "communeId", e.memo, e.reverses, r.id as "reversedBy",
           h.document, h.confirmed_by as "confirmedBy", p.count as "postingCount", p.total
      from journal_entry e join posting_template t on t.id = e.template_id
      left join journal_entry r on r.reverses = e.id left join entry_by_hand h on h.entry_id = e.id
      cross join lateral (select count(*)::integer as count, coalesce(sum(amount), 0)::bigint as total
                            from posting where entry_id = e.id) p
     where e.id = ${id}::bigint`
  return row
}

/** The postings of an entry in order; at most `limit`. */
export async function postingsOf(
  tx: Tx,
  id: bigint,
  limit: number,
): Promise<readonly PostingRead[]> {
  return tx.$queryRaw<PostingRead[]>`
    select p.seq::integer as seq, d.code as "debitCode", d.subject as "debitSubject", c.code as "creditCode",
           c.subject as "creditSubject", p.amount
      from posting p join account d on d.id = p.debit_account join account c on c.id = p.credit_account
     where p.entry_id = ${id}::bigint order by p.seq limit ${limit}`
}

/** Keeps the paper and the two people of an entry that was booked by hand. */
export async function insertByHand(
  tx: Tx,
  row: {
    readonly entryId: bigint
    readonly document: string
    readonly enteredBy: PersonId
    readonly confirmedBy: PersonId
  },
): Promise<void> {
  await tx.$executeRaw`
    insert into entry_by_hand (entry_id, document, entered_by, confirmed_by)
    values (${row.entryId}::bigint, ${row.document}, ${row.enteredBy}::uuid, ${row.confirmedBy}::uuid)`
}
