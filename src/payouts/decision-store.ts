import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { Vnd } from '../lib/money.ts'
import type { FrozenSet, StoredList } from './list.ts'

/** Some rows of a list that are decided on together: all; what is not decided yet; of that, what did not change; or by place. */
export type RowSet = 'all' | 'undecided' | 'unchanged' | readonly number[]

/** Rows by their places on the list, rising, with their count, sum and hash. */
export interface NamedRows extends FrozenSet {
  readonly rows: readonly number[]
}

/** A standing row of a list, as postings and holds need it. */
export interface StandingRow {
  readonly entitlement: string
  readonly row: number
  readonly personId: PersonId
  readonly enrolmentId: string
  readonly programme: string
  readonly period: string
  readonly payeeId: PersonId
  readonly representationId: string | null
  readonly paymentAccountId: string | null
  readonly method: 'account' | 'cash'
  readonly amount: Vnd
}

/** Freezes a set of rows of a list as it is now: count, sum in đồng and hash are the database's. */
export async function nameRows(tx: Tx, listId: string, set: RowSet): Promise<NamedRows> {
  const rows = Array.isArray(set) ? set : await placesOf(tx, listId, set as string)
  const sorted = [...new Set(rows as readonly number[])].toSorted((a, b) => a - b)
  const [frozen] = await tx.$queryRaw<FrozenSet[]>`
    select row_count as "rowCount", total, encode(content_hash, 'hex') as "contentHash"
      from list_set(${listId}::uuid, ${sorted}::integer[])`
  return { ...(frozen as FrozenSet), rows: sorted }
}

async function placesOf(tx: Tx, listId: string, set: string): Promise<readonly number[]> {
  if (set === 'unchanged') {
    const rows = await tx.$queryRaw<{ row: number }[]>`
      select c.row from list_changes(array[${listId}::uuid]) c
       where c.change = 'unchanged' and not exists (select 1 from list_decision d where d.list_id = ${listId}::uuid and c.row = any (d.rows))`
    return rows.map(({ row }) => row)
  }
  const rows = await tx.$queryRaw<{ row: number }[]>`
    select e.row from entitlement e where e.list_id = ${listId}::uuid
       and (${set === 'all'} or not exists (select 1 from list_decision d where d.list_id = e.list_id and e.row = any (d.rows)))`
  return rows.map(({ row }) => row)
}

/** What of a list stands: not refused, not stopped; by place. */
export async function standingRows(
  tx: Tx,
  listId: string,
  rows: readonly number[] | null = null,
): Promise<readonly StandingRow[]> {
  return tx.$queryRaw<StandingRow[]>`
    select number as entitlement, row, person_id as "personId", enrolment_id as "enrolmentId", programme, month::text as period,
           payee_id as "payeeId", representation_id as "representationId", payment_account_id as "paymentAccountId", method, amount
      from entitlement where list_id = ${listId}::uuid and live and (${rows}::integer[] is null or row = any (${rows}::integer[])) order by row`
}

/** Rows among some that must be opened and that a person has not opened. */
export async function rowsToOpen(
  tx: Tx,
  listId: string,
  rows: readonly number[],
  person: PersonId,
): Promise<readonly number[]> {
  const [answer] = await tx.$queryRaw<{ rows: number[] }[]>`
    select rows_to_open(${listId}::uuid, ${rows}::integer[], ${person}::uuid) as rows`
  return answer?.rows ?? []
}

/** Notes that a person opened rows of a list as it is frozen. */
export async function insertOpenings(
  tx: Tx,
  list: StoredList,
  rows: readonly number[],
  by: PersonId,
): Promise<void> {
  await tx.$executeRaw`
    insert into row_opening (list_id, commune_id, row, content_hash, opened_by)
    select e.list_id, e.commune_id, e.row, decode(${list.contentHash}, 'hex'), ${by}::uuid
      from entitlement e where e.list_id = ${list.id}::uuid and e.row = any (${rows}::integer[]) order by e.row`
}

/** Writes a decision on named rows; the database checks set, people, openings and reason, and strikes off what is refused or stopped. */
export async function insertDecision(
  tx: Tx,
  list: StoredList,
  decision: {
    readonly kind: 'approve' | 'refuse-row' | 'stop'
    readonly named: NamedRows
    readonly by: PersonId
    readonly reasonCode?: string
    readonly reason?: string
  },
): Promise<void> {
  const { kind, named, by, reasonCode = null, reason = null } = decision
  await tx.$executeRaw`
    insert into list_decision (list_id, commune_id, decision, rows, row_count, total, content_hash, reason_code, reason, decided_by)
    values (${list.id}::uuid, ${list.communeId}, ${kind}, ${named.rows}::integer[], ${named.rowCount}, ${named.total},
            decode(${named.contentHash}, 'hex'), ${reasonCode}, ${reason}, ${by}::uuid)`
}

/** Whose approval a list whose rows are all decided on rests on: the last who approved rows, else the last who decided. */
export async function approverOf(tx: Tx, listId: string): Promise<PersonId | undefined> {
  const [row] = await tx.$queryRaw<{ by: PersonId }[]>`
    select decided_by as by from list_decision where list_id = ${listId}::uuid and decision <> 'stop'
     order by decision = 'approve' desc, id desc limit 1`
  return row?.by
}

/** How many rows of a submitted list are decided on. */
export async function countDecided(tx: Tx, listId: string): Promise<number> {
  const [row] = await tx.$queryRaw<{ count: number }[]>`
    select coalesce(sum(cardinality(rows)), 0)::integer as count from list_decision
     where list_id = ${listId}::uuid and decision <> 'stop'`
  return row?.count ?? 0
}
