import type { AddressInfo } from 'node:net'
import express from 'express'
import pg from 'pg'
import type { Act } from '../../src/lib/act.ts'
import type { Database, Tx } from '../../src/lib/db.ts'

/** One transaction of a request, as it was sent to the database. */
export interface Recorded {
  readonly act: Act
  readonly statements: { readonly text: string; readonly values: readonly unknown[] }[]
}

/** The same database, keeping what goes through it while it is told to: what a bare handler then does again. */
export function recording(db: Database): {
  readonly db: Database
  readonly record: (work: () => Promise<void>) => Promise<readonly Recorded[]>
} {
  let kept: Recorded[] | null = null
  const transact: Database['transact'] = (act, work, isolation) => {
    if (kept === null) return db.transact(act, work, isolation)
    const own: Recorded = { act, statements: [] }
    kept.push(own)
    return db.transact(act, (tx) => work(recordingTx(tx, own)), isolation)
  }
  return {
    db: { transact, pool: () => db.pool(), close: () => db.close() },
    record: async (work) => {
      const found: Recorded[] = []
      kept = found
      await work()
      kept = null
      return found
    },
  }
}

function recordingTx(tx: Tx, own: Recorded): Tx {
  return new Proxy(tx, {
    get(target, name) {
      const method = Reflect.get(target, name) as unknown
      if ((name !== '$queryRaw' && name !== '$executeRaw') || typeof method !== 'function')
        return method
      return (strings: readonly string[], ...values: readonly unknown[]) => {
        const text = strings.reduce((all, part, at) => `${all}$${String(at)}${part}`)
        own.statements.push({ text, values: values.map(asParameter) })
        return method.call(target, strings, ...values) as unknown
      }
    },
  })
}

/** The driver has no bigint. */
const asParameter = (value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value

const SETTINGS = `select set_config('app.actor', $1, true), set_config('app.via', $2, true),
  set_config('app.origin', $3, true), set_config('app.scope', $4, true), set_config('app.communes', $5, true)`

/**
 * A bare Express handler for each path: the same SQL through `pg`, inside the same BEGIN, SET LOCAL and COMMIT, and its rows
 * as JSON. Nobody is asked who they are, nothing is checked.
 */
export async function startBare(
  url: string,
  options: {
    readonly schema: string
    readonly connections: number
    readonly paths: ReadonlyMap<string, readonly Recorded[]>
  },
): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> {
  const pool = new pg.Pool({
    ...{ connectionString: url, max: options.connections },
    options: `-c search_path=${options.schema},pg_temp -c jit=off`,
  })
  const app = express()
  for (const [path, transactions] of options.paths) {
    app.get(path, async (_request, response) => {
      let rows: unknown = null
      for (const one of transactions) rows = await runOne(pool, one)
      response.json(rows)
    })
  }
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await pool.end()
    },
  }
}

async function runOne(pool: pg.Pool, { act, statements }: Recorded): Promise<unknown> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const { actor, via, scope, origin = {} } = act
    const communes = scope === 'province' ? '{}' : `{${scope.communes.join(',')}}`
    await client.query(SETTINGS, [
      ...[actor, via, JSON.stringify(origin)],
      ...[scope === 'province' ? 'province' : 'communes', communes],
    ])
    const all: unknown[] = []
    for (const { text, values } of statements) {
      all.push((await client.query<Record<string, unknown>>(text, [...values])).rows)
    }
    await client.query('commit')
    return all
  } finally {
    client.release()
  }
}
