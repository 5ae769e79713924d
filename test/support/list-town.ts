import type pg from 'pg'
import type { PersonId } from '../../src/lib/act.ts'
import type { StoredList } from '../../src/payouts/payouts-store.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import { freshDatabase } from './database.ts'
import type { FreshDatabase } from './database.ts'
import { submitOwed } from './lists.ts'
import { refusalOf } from './outcome.ts'
import { inRolledBack, rawApp, refusal, valueOf } from './sql.ts'
import { AMOUNT, august, enterTown, fund, FUNDS, leader } from './town.ts'
import type { Cases } from './town.ts'

/** Where something must be there, or the test is wrong. */
export const never = (): never => {
  throw new Error('not there')
}

/** The code of a refusal, or that it was taken. */
export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(() => 'taken', refusalOf)

/** A database of its own with one commune, people and money for its list. */
export interface ListTown {
  readonly database: FreshDatabase
  readonly commune: CommuneRow
}

export async function listTown(cases: Cases, funds = 10n * AMOUNT): Promise<ListTown> {
  const database = await freshDatabase()
  const [commune = never()] = await enterTown(database, [cases])
  await fund(database, commune.payingUnit, funds)
  return { database, commune }
}

/** A submitted list of two account and two cash rows: places 1 to 4. */
export async function listOfFour(): Promise<ListTown & { readonly list: StoredList }> {
  const town = await listTown({ bank: 2, cash: 2 }, FUNDS)
  const owed = [{ n: 1, account: 1 }, { n: 2, account: 2 }, { n: 3 }, { n: 4 }]
  return { ...town, list: await submitOwed(town.database, town.commune, august, owed) }
}

/** A submitted list of three rows, of which the first must be opened, and the application's own connection. */
export async function abusedList() {
  const town = await listTown({ bank: 3, cash: 1 })
  const list = await submitOwed(town.database, town.commune, august, [
    { n: 1, account: 1, warnings: ['shared-account'] },
    { n: 2, account: 2 },
    { n: 4 },
  ])
  return { ...town, list, client: await rawApp(town.database) }
}

/** What the database says to one statement, which is undone. */
export const tryOn = (client: pg.Client, sql: string, values: unknown[] = []) =>
  inRolledBack(client, () => refusal(client, sql, values))

/** Raw SQL that decides on rows of a list, and its values. */
export const DECIDE = `insert into list_decision (list_id, commune_id, decision, rows, row_count, total, content_hash, reason_code, reason, decided_by)
  select l.id, l.commune_id, $2, $3::integer[], s.row_count, s.total, s.content_hash, $4, $5, $6
    from payout_list l, list_set(l.id, $3::integer[]) s where l.id = $1`
export const decisionOn =
  (list: StoredList) =>
  (kind: string, rows: number[], by: string, reason: string | null = null): unknown[] => [
    list.id,
    kind,
    rows,
    reason,
    reason,
    by,
  ]

const rowValue = ({ admin }: FreshDatabase, column: string, list: StoredList, row: number) =>
  valueOf(admin, `select ${column} from entitlement where list_id = $1 and row = $2`, [
    list.id,
    row,
  ])

/** Who a row is about, its number, and where its instruction stands, with the reason. */
export const personIn = (database: FreshDatabase, list: StoredList, row: number) =>
  rowValue(database, 'person_id', list, row) as Promise<PersonId>
export const numberIn = (database: FreshDatabase, list: StoredList, row: number) =>
  rowValue(database, 'number', list, row) as Promise<string>
export const stateIn = async (database: FreshDatabase, list: StoredList, row: number) =>
  valueOf(
    database.admin,
    `select state || coalesce(' ' || reason, '') from instruction where entitlement_number = $1`,
    [await numberIn(database, list, row)],
  )

/** Marks lists approved behind the ledger's back: for comparisons that are not about money. */
export async function markApproved(
  { admin }: FreshDatabase,
  ...lists: readonly StoredList[]
): Promise<void> {
  await admin.query('alter table payout_list disable trigger user')
  const sql = `update payout_list set state = 'APPROVED', approved_by = $2 where id = any ($1)`
  await admin.query(sql, [lists.map(({ id }) => id), leader.actor])
  await admin.query('alter table payout_list enable trigger user')
}
