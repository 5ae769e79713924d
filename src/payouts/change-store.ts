import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import type { Month } from '../lib/time.ts'

/** What happened to a row since last month: exactly one of these. */
export type Change = 'unchanged' | 'new' | 'gone' | 'amount' | 'account' | 'payee' | 'hold'

/** One group of a list's changes: rows, their sum last month and their sum now, in đồng. */
export interface ChangeGroup {
  readonly listId: string
  readonly change: Change
  readonly count: number
  readonly last: bigint
  readonly now: bigint
}

/** One row of the comparison. */
export interface ChangedRow {
  /** Null for a row that is gone. */
  readonly row: number | null
  readonly number: string | null
  readonly lastNumber: string | null
  readonly personId: PersonId
  readonly programme: string
  readonly component: string
  readonly change: Change
  /** Everything that differs, the group's own reason included; empty when new, gone or unchanged. */
  readonly flags: readonly string[]
  readonly lastAmount: bigint | null
  readonly amount: bigint | null
}

/**
 * The groups of some lists against the month before, in one statement. Over all groups of a list:
 * `last` + new − gone ± what changed = `now`, exactly, and so for each group by itself.
 */
async function groupsOf(tx: Tx, listIds: readonly string[]): Promise<readonly ChangeGroup[]> {
  return tx.$queryRaw<ChangeGroup[]>`
    select list_id as "listId", change, count(*)::integer as count, coalesce(sum(last_amount), 0)::bigint as last,
           coalesce(sum(amount), 0)::bigint as now
      from list_changes(${listIds}::uuid[]) group by 1, 2 order by 1, 2`
}

/** The same for all lists of a month that count. */
async function groupsIn(tx: Tx, month: Month): Promise<readonly ChangeGroup[]> {
  return tx.$queryRaw<ChangeGroup[]>`
    select list_id as "listId", change, count(*)::integer as count, coalesce(sum(last_amount), 0)::bigint as last,
           coalesce(sum(amount), 0)::bigint as now
      from list_changes(array(select id from payout_list where month = ${month}::date and state not in ('REFUSED', 'WITHDRAWN')))
     group by 1, 2 order by 1, 2`
}

/** A page of a list's rows of one group, or of all but the unchanged, in the order of their numbers (the gone by last month's). */
async function rowsOfChange(
  tx: Tx,
  page: {
    readonly listId: string
    readonly change: Change | 'changed'
    /** The number of the last row of the page before. */
    readonly after: string
    readonly limit: number
  },
): Promise<readonly ChangedRow[]> {
  return tx.$queryRaw<ChangedRow[]>`
    select row, number, last_number as "lastNumber", person_id as "personId", programme, component, change, flags,
           last_amount as "lastAmount", amount
      from list_changes(array[${page.listId}::uuid])
     where (change = ${page.change} or ${page.change} = 'changed' and change <> 'unchanged')
       and coalesce(number, last_number) collate "C" > ${page.after}
     order by coalesce(number, last_number) collate "C" limit ${page.limit}`
}

/** What changed since last month. */
export const changes = { of: groupsOf, in: groupsIn, rows: rowsOfChange }
