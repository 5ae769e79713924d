import { createHash } from 'node:crypto'
import type pg from 'pg'

/**
 * Every balance that is not zero, by "code subject", as the accounts keep it. Takes a client that
 * may see all, as the other functions here do.
 */
export async function balances(client: pg.Client): Promise<Map<string, bigint>> {
  return byAccount(client, `select code, subject, balance from account where balance <> 0`, [])
}

/** The same from the postings alone: what the kept balances must be equal to. */
export async function balancesFromPostings(client: pg.Client): Promise<Map<string, bigint>> {
  return byAccount(
    client,
    `select a.code, a.subject, sum(s.x * a.sign) as balance
       from (select debit_account as id, amount as x from posting
             union all select credit_account, -amount from posting) s join account a using (id)
      group by a.id having sum(s.x) <> 0`,
    [],
  )
}

/**
 * The same as of a posting date and a sealed block (null: with what is not sealed), by the read of
 * the ledger.
 */
export async function balancesAsOf(
  client: pg.Client,
  at: { readonly on: string; readonly block: number | null },
): Promise<Map<string, bigint>> {
  return byAccount(
    client,
    `select * from (select code, subject, ledger_balance_as_of(id, $1, $2) as balance from account) b
      where balance <> 0`,
    [at.on, at.block],
  )
}

async function byAccount(
  client: pg.Client,
  sql: string,
  values: unknown[],
): Promise<Map<string, bigint>> {
  const { rows } = await client.query<{ code: string; subject: string; balance: string }>(
    sql,
    values,
  )
  return new Map(rows.map(({ code, subject, balance }) => [`${code} ${subject}`, BigInt(balance)]))
}

/**
 * One hash over every row of every table of the schema, sequences excepted. Two equal hashes:
 * nothing was written, changed or deleted in between, not even with another row id.
 */
export async function stateHash(client: pg.Client): Promise<string> {
  const tables = await client.query<{ name: string }>(
    `select oid::regclass::text as name from pg_class
      where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') order by 1`,
  )
  const hashes = tables.rows.map(
    ({ name }) =>
      `select '${name}' as name, count(*) as rows, sum(hashtextextended(t::text, 0)) as hash from ${name} t`,
  )
  const text = `select md5(string_agg(concat_ws(' ', name, rows, hash), chr(10) order by name)) as hash
    from (${hashes.join(' union all ')}) h`
  // Planned once for a connection: to plan it takes as long as to run it.
  const name = createHash('sha256').update(text).digest('hex').slice(0, 32)
  const { rows } = await client.query<{ hash: string }>({ name, text })
  return rows[0]?.hash ?? ''
}

/** The id of the entry with a reference. Throws when there is none. */
export async function entryId(client: pg.Client, reference: string): Promise<bigint> {
  const { rows } = await client.query<{ id: string }>(
    'select id from journal_entry where reference = $1',
    [reference],
  )
  const [row] = rows
  if (row === undefined) throw new Error(`No entry has the reference ${reference}`)
  return BigInt(row.id)
}

/**
 * Waits until every transaction that wrote an entry is older than all that run on the server: only
 * such entries are sealed, and the other test files run there, too.
 */
export async function settled(client: pg.Client): Promise<void> {
  for (let tries = 1; tries <= 500; tries += 1) {
    const { rowCount } = await client.query(
      'select from journal_entry where xid >= pg_snapshot_xmin(pg_current_snapshot()) limit 1',
    )
    if (rowCount === 0) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('A transaction has been running on the test server for ten seconds')
}
