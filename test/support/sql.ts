import type pg from 'pg'
import type { FreshDatabase } from './database.ts'
import { leader } from './town.ts'

/** A connection of the application's role that may see the whole province, as somebody with raw SQL would use it. */
export async function rawApp(database: FreshDatabase, url?: string): Promise<pg.Client> {
  const client = await database.connect(url)
  await client.query(
    `select set_config('app.actor', $1, false), set_config('app.via', 'raw', false),
            set_config('app.scope', 'province', false), set_config('app.communes', '{}', false)`,
    [leader.actor],
  )
  return client
}

/** How the database refused a statement: its SQLSTATE, with the constraint where there is one. */
export async function refusal(client: pg.Client, sql: string, values: unknown[] = []) {
  try {
    const { rowCount } = await client.query(sql, values)
    return `taken: ${String(rowCount)} rows`
  } catch (error) {
    const { code, constraint } = error as pg.DatabaseError
    return constraint === undefined ? (code ?? String(error)) : `${code ?? ''} ${constraint}`
  }
}

/** Does something in a transaction that is rolled back; returns what came of it. */
export async function inRolledBack<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query('begin')
  try {
    return await work()
  } finally {
    await client.query('rollback')
  }
}

/** The one value of the one row. */
export async function valueOf(client: pg.Client, sql: string, values: unknown[] = []) {
  const { rows } = await client.query<{ value: unknown }>(`select (${sql}) as value`, values)
  return rows[0]?.value
}

/** How the last of some statements ends, one after the other in a transaction that is rolled back. */
export const lastOf = (client: pg.Client, statements: readonly string[]) =>
  inRolledBack(client, async () => {
    const outcomes = []
    for (const sql of statements) outcomes.push(await refusal(client, sql))
    return outcomes.at(-1)
  })
/** The first column of every row. */
export async function columnOf<T>(client: pg.Client, sql: string): Promise<T[]> {
  const { rows } = await client.query<T[]>({ text: sql, rowMode: 'array' })
  return rows.map(([value]) => value as T)
}
