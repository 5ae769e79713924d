import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { StandingRow } from './decision-store.ts'
import type { FrozenSet, StoredList } from './list.ts'

/** Locks nothing: the lists whose unpaid cash a list would take over. Holds and decisions on them wait for who locks them. */
export async function listsLeftUnpaid(tx: Tx, listId: string): Promise<readonly string[]> {
  const rows = await tx.$queryRaw<{ listId: string }[]>`
    select distinct e.list_id as "listId" from payout_list n
      join cash_result r on r.commune_id = any (communes_made_of(array[n.commune_id])) and not r.paid
      join entitlement e on e.number = r.entitlement_number
     where n.id = ${listId}::uuid`
  return rows.map((row) => row.listId)
}

/**
 * Cash rows of earlier months of a list's commune whose last offer was made by an earlier month's list and reported unpaid,
 * in the order of their numbers; of communes that became it those of the people who live there now. What is on a later
 * offer, reported or not, is not among them.
 */
export async function leftUnpaid(tx: Tx, listId: string): Promise<readonly StandingRow[]> {
  return tx.$queryRaw<StandingRow[]>`
    select e.number as entitlement, e.row, e.person_id as "personId", e.enrolment_id as "enrolmentId", e.programme, e.month::text as period,
           e.payee_id as "payeeId", e.representation_id as "representationId", e.payment_account_id as "paymentAccountId", e.method, e.amount
      from payout_list n
      join cash_result r on r.commune_id = any (communes_made_of(array[n.commune_id])) and not r.paid
      join cash_list_row o on o.entitlement_number = r.entitlement_number and o.cash_list_id = r.cash_list_id
      join cash_list c on c.id = r.cash_list_id join payout_list l on l.id = c.list_id and l.month < n.month
      join entitlement e on e.number = r.entitlement_number and e.live
     where n.id = ${listId}::uuid and cash_comes_from(n.commune_id, r.commune_id, e.person_id)
       and not exists (select 1 from cash_list_row x where x.entitlement_number = o.entitlement_number and x.turn > o.turn)
     order by e.number`
}

/**
 * Which of some entitlements were offered in cash. Of those that may be stopped it is those that came back unpaid: the
 * decision to stop one that is paid, or out with the service, is refused before (0048).
 */
export async function offeredAmong(
  tx: Tx,
  numbers: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.$queryRaw<{ number: string }[]>`
    select distinct o.entitlement_number as number from cash_list_row o
     where o.entitlement_number = any (${numbers}::text[])`
  return new Set(rows.map(({ number }) => number))
}

/** Freezes entitlements by their numbers: count, sum in đồng and hash are the database's. */
export async function nameEntitlements(tx: Tx, numbers: readonly string[]): Promise<FrozenSet> {
  const [frozen] = await tx.$queryRaw<FrozenSet[]>`
    select row_count as "rowCount", total, encode(content_hash, 'hex') as "contentHash" from cash_set(${numbers}::text[])`
  return frozen as FrozenSet
}

/** The cash list by which a list took over exactly a set; undefined when it did not. */
export async function carriedList(
  tx: Tx,
  listId: string,
  set: FrozenSet,
): Promise<string | undefined> {
  const [row] = await tx.$queryRaw<{ id: string }[]>`
    select id from cash_list where list_id = ${listId}::uuid and carried_by is not null
       and content_hash = decode(${set.contentHash}, 'hex')`
  return row?.id
}

/** Makes the next cash list of a released list, of entitlements of earlier months, each a turn further. Returns its id. */
export async function insertCarried(
  tx: Tx,
  list: StoredList,
  numbers: readonly string[],
  by: PersonId,
): Promise<string> {
  const [made] = await tx.$queryRaw<{ id: string }[]>`
    insert into cash_list (id, list_id, commune_id, paying_unit, row_count, total, content_hash, carried_by)
    select l.number || '-TM' || case when n.before > 0 then (n.before + 1)::text else '' end,
           l.id, l.commune_id, l.paying_unit, s.row_count, s.total, s.content_hash, ${by}::uuid
      from payout_list l cross join cash_set(${numbers}::text[]) s
      cross join lateral (select count(*) as before from cash_list c where c.list_id = l.id) n
     where l.id = ${list.id}::uuid returning id`
  const id = made?.id ?? ''
  await tx.$executeRaw`
    insert into cash_list_row (entitlement_number, cash_list_id, commune_id, turn)
    select o.entitlement_number, ${id}, ${list.communeId}, max(o.turn) + 1 from cash_list_row o
     where o.entitlement_number = any (${numbers}::text[]) group by 1`
  return id
}
