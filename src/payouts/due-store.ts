import type { PersonId } from '../lib/act.ts'
import type { Tx } from '../lib/db.ts'
import { columnRows } from '../lib/column-rows.ts'
import type { Columns } from '../lib/column-rows.ts'
import { sqlArray } from '../lib/sql-array.ts'
import type { Month } from '../lib/time.ts'
import type { EntitledBefore } from '../registry/registry.ts'

/** Standing entitlements of some people for periods from a month on. One statement however many people. */
export async function entitledBefore(
  tx: Tx,
  people: readonly PersonId[],
  since: Month,
): Promise<readonly EntitledBefore[]> {
  type AsJson = Omit<EntitledBefore, 'amount'> & { readonly amount: string }
  const rows = await columnRows(tx.$queryRaw<{ columns: Columns<AsJson> }[]>`
    select json_build_object('personId', json_agg("personId"), 'programme', json_agg(programme), 'component', json_agg(component),
           'period', json_agg(period), 'amount', json_agg(amount), 'listMonth', json_agg("listMonth")) as columns from (
    select e.person_id as "personId", e.programme, e.component, e.month as period, e.amount::text as amount, l.month as "listMonth"
      from entitlement e join payout_list l on l.id = e.list_id
     where e.live and e.month >= ${since}::date and e.person_id = any (${sqlArray(people)}::uuid[])
     order by e.person_id, e.programme, e.component, e.month) f`)
  return rows.map((row) => Object.assign(row, { amount: BigInt(row.amount) }))
}

/**
 * The same, with what lists of communes carry that the transaction does not see: a commune that pays who moved there owes
 * nothing again that another one carried. The one statement more finds nothing for who sees the province.
 */
export async function entitledAnywhere(
  tx: Tx,
  people: readonly PersonId[],
  since: Month,
): Promise<readonly EntitledBefore[]> {
  const seen = await entitledBefore(tx, people, since)
  const unseen = await tx.$queryRaw<EntitledBefore[]>`
    select person_id as "personId", programme, component, month::text as period, amount, list_month::text as "listMonth"
      from entitled_elsewhere(${sqlArray(people)}::uuid[], ${since}::date) order by person_id, programme, component, month`
  return [...seen, ...unseen]
}

/** The same of rows that were merged into some people, wherever they are on lists, as those people's. */
export async function entitledOfMerged(
  tx: Tx,
  people: readonly PersonId[],
  since: Month,
): Promise<readonly EntitledBefore[]> {
  return tx.$queryRaw<EntitledBefore[]>`
    select stands_for as "personId", id as "mergedRow", programme, component, month::text as period, amount, list_month::text as "listMonth"
      from entitled_of_merged(${sqlArray(people)}::uuid[], ${since}::date)
     order by stands_for, programme, component, month, id`
}
