import type { Tx } from '../lib/db.ts'
import { DomainError } from '../lib/errors.ts'
import type { Vnd } from '../lib/money.ts'
import type { LocalDate, Month } from '../lib/time.ts'
import type { CashOutcome, CashRow } from './channels/cash-service.ts'
import type { HoldQuestion } from './hold-store.ts'

/** The cash rows of one commune's list. */
export interface StoredCashList {
  readonly id: string
  readonly listNumber: string
  readonly communeId: number
  readonly payingUnit: string
  readonly total: Vnd
  readonly handedOverOn: LocalDate | null
  readonly settledOn: LocalDate | null
  /** What came back unpaid, in đồng; 0 until settled. */
  readonly unpaid: Vnd
}

/** Cash lists of the released lists of a month, by id. */
export async function cashListsOf(tx: Tx, month: Month): Promise<readonly StoredCashList[]> {
  return tx.$queryRaw<StoredCashList[]>`
    select c.id, l.number as "listNumber", c.commune_id as "communeId", c.paying_unit as "payingUnit", c.total,
           c.handed_over_on::text as "handedOverOn", c.settled_on::text as "settledOn",
           coalesce((select sum(r.amount) from cash_result r where r.cash_list_id = c.id and not r.paid), 0)::bigint as unpaid
      from cash_list c join payout_list l on l.id = c.list_id
     where l.month = ${month}::date and l.state = 'RELEASED' order by c.id`
}

/** A cash list of a released list by its id. Throws DomainError `cash-list-missing`. */
export async function cashListById(tx: Tx, id: string): Promise<StoredCashList> {
  const [row] = await tx.$queryRaw<StoredCashList[]>`
    select c.id, l.number as "listNumber", c.commune_id as "communeId", c.paying_unit as "payingUnit", c.total,
           c.handed_over_on::text as "handedOverOn", c.settled_on::text as "settledOn",
           coalesce((select sum(r.amount) from cash_result r where r.cash_list_id = c.id and not r.paid), 0)::bigint as unpaid
      from cash_list c join payout_list l on l.id = c.list_id where c.id = ${id} and l.state = 'RELEASED'`
  if (row !== undefined) return row
  throw new DomainError('not-found', 'cash-list-missing', `Không có danh sách ${id}`)
}

/** The rows of a cash list as the service organisation gets them. */
export async function rowsOf(tx: Tx, cashListId: string): Promise<readonly CashRow[]> {
  return tx.$queryRaw<CashRow[]>`
    select e.number as reference, p.full_name as name, e.amount from cash_list_row c
      join entitlement e on e.number = c.entitlement_number join person p on p.id = e.payee_id
     where c.cash_list_id = ${cashListId} order by e.number`
}

/** The rows of a cash list as it is asked of them again whether they must wait. */
export async function questionsOf(tx: Tx, cashListId: string): Promise<readonly HoldQuestion[]> {
  return tx.$queryRaw<HoldQuestion[]>`
    select e.number as key, e.person_id as "personId", e.enrolment_id as "enrolmentId", e.programme, e.month::text as period,
           e.payee_id as "payeeId", e.representation_id as "representationId", e.payment_account_id as "paymentAccountId"
      from cash_list_row c join entitlement e on e.number = c.entitlement_number where c.cash_list_id = ${cashListId}`
}

/** What a cash list says of itself as a whole; the hash is the database's, in hex. Undefined when there is none. */
export async function headOf(
  tx: Tx,
  cashListId: string,
): Promise<
  | {
      readonly communeId: number
      readonly commune: string
      readonly rowCount: number
      readonly total: Vnd
      readonly contentHash: string
      /** Whether it offers again what earlier months left unpaid. */
      readonly carried: boolean
    }
  | undefined
> {
  const [row] = await tx.$queryRaw<
    {
      communeId: number
      commune: string
      rowCount: number
      total: Vnd
      contentHash: string
      carried: boolean
    }[]
  >`
    select l.commune_id as "communeId", c.full_name_vi as commune, l.row_count as "rowCount", l.total,
           encode(l.content_hash, 'hex') as "contentHash", l.carried_by is not null as carried
      from cash_list l join commune c on c.id = l.commune_id where l.id = ${cashListId}`
  return row
}

/** Notes the day of hand-over; false when it was noted before. */
export async function markHandedOver(tx: Tx, id: string, on: LocalDate): Promise<boolean> {
  return (
    (await tx.$executeRaw`update cash_list set handed_over_on = ${on}::date where id = ${id} and handed_over_on is null`) ===
    1
  )
}

/** Notes the day of settlement; false when it was noted before. */
export async function markSettled(tx: Tx, id: string, on: LocalDate): Promise<boolean> {
  return (
    (await tx.$executeRaw`update cash_list set settled_on = ${on}::date where id = ${id} and settled_on is null`) ===
    1
  )
}

/** Writes the service's report, a row each. */
export async function insertResults(
  tx: Tx,
  cashListId: string,
  rows: readonly CashOutcome[],
): Promise<void> {
  await tx.$executeRaw`
    insert into cash_result (entitlement_number, cash_list_id, commune_id, amount, paid, reason)
    select r.reference, c.id, c.commune_id, r.amount, r.paid, r.reason
      from unnest(${rows.map((r) => r.reference)}::text[], ${rows.map((r) => r.amount.toString())}::bigint[], ${rows.map((r) => r.paid)}::boolean[],
        ${rows.map((r) => r.reason)}::text[]) as r (reference, amount, paid, reason), cash_list c where c.id = ${cashListId}`
}
