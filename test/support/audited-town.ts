import type { StoredList } from '../../src/payouts/list.ts'
import { freshDatabase } from './database.ts'
import type { FreshDatabase } from './database.ts'
import { sealPosted } from './papers.ts'
import { plan, scripted, send, statesOf } from './sending.ts'
import { importOf, line, match, statementOf } from './statements.ts'
import { AMOUNT, enterTown, releaseLists } from './town.ts'

/** Two communes whose wallets are paid by a statement, in different amounts; what an auditor looks through. Nothing is sealed. */
export interface AuditedTown {
  readonly database: FreshDatabase
  readonly lists: readonly StoredList[]
  /** Runs SQL as nobody may: what auditors must find has to be there. */
  readonly plant: (sql: string, values?: readonly unknown[]) => Promise<void>
  readonly rows: <Row>(sql: string, values?: readonly unknown[]) => Promise<readonly Row[]>
}

export async function auditedTown(): Promise<AuditedTown> {
  const database = await freshDatabase()
  const communes = await enterTown(database, [{ wallet: 20 }, { wallet: 6 }])
  const lists = await releaseLists(database, communes)
  const accepted = scripted(() => ({ kind: 'accepted' }))
  for (const { orderId } of await plan(database)) {
    await send(database, accepted, { id: orderId })
  }
  const references = [...(await statesOf(database)).keys()]
  const [unit = ''] = communes.map(({ payingUnit }) => payingUnit)
  const moved = { reference: `move:${unit}`, amount: 1_000_000_000n, direction: 'credit' } as const
  const paid = references.map((reference) => line({ reference, amount: AMOUNT }))
  await importOf(database, unit, statementOf([line({ ...moved, kind: 'transfer' }), ...paid]))
  await match(database)
  const plant: AuditedTown['plant'] = async (sql, values = []) => {
    await database.admin.query('set session_replication_role = replica')
    await database.admin.query(sql, [...values])
    await database.admin.query('set session_replication_role = origin')
  }
  await plant(`update posting p set amount = 10000 * (1 + p.entry_id * 7919 % 60) from journal_entry e
    where e.id = p.entry_id and e.reference like 'paid:%'`)
  const rows = async <Row>(sql: string, values: readonly unknown[] = []) =>
    (await database.admin.query(sql, [...values])).rows as readonly Row[]
  return { database, lists, plant, rows }
}

/** Seals all that is there; papers are as of the last block. */
export const sealTown = ({ database }: AuditedTown): Promise<void> => sealPosted(database)
