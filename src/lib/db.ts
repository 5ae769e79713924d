import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { PrismaClient } from '../generated/prisma/client.ts'
import type { Prisma } from '../generated/prisma/client.ts'
import type { Act } from './act.ts'
import { asDomainError, sqlState } from './db-errors.ts'

/** One database transaction: the required first argument of everything that writes. */
export type Tx = Prisma.TransactionClient

export type Isolation = 'ReadCommitted' | 'RepeatableRead' | 'Serializable'

/** Runs work in database transactions of one class of connection. */
export interface Database {
  /**
   * Runs `work` in one transaction on behalf of `act` (its rows' scope is set first) and returns its result.
   * Runs it again on 40001 and 40P01 only, at most three times in all. Expected database refusals arrive as
   * DomainError (db-errors.ts); others as they are.
   */
  transact<T>(act: Act, work: (tx: Tx) => Promise<T>, isolation?: Isolation): Promise<T>
  /** Connections in use now, and work that waits for one. */
  pool(): PoolUse
  /** Ends the pool. Nothing may run any more. */
  close(): Promise<void>
}

/** How much of a pool is taken. */
export interface PoolUse {
  readonly used: number
  readonly waiting: number
}

export interface DatabaseOptions {
  readonly url: string
  readonly schema: string
  /** online: a person waits, the database gives up first. batch: lists, matching, closing, verify. */
  readonly kind: 'online' | 'batch'
  readonly poolSize: number
}

/** Time limits in milliseconds, each larger than the one before: the database gives up first. */
const LIMITS = {
  online: { lock: 2_000, statement: 10_000, query: 15_000, transaction: 60_000 },
  batch: { lock: 30_000, statement: 600_000, query: 630_000, transaction: 1_800_000 },
} as const

const IDLE_IN_TRANSACTION_MS = 15_000
const ATTEMPTS_MAX = 3

/** 40001 and 40P01: PostgreSQL asks us to run the whole transaction again. */
const RUN_AGAIN = new Set(['40001', '40P01'])

/**
 * Opens a pool of `poolSize` connections to `url`; connections are made when first needed.
 * The search path is the schema alone, so no statement names it (docs/architecture.md).
 */
export function openDatabase(options: DatabaseOptions): Database {
  const { adapter, pool } = adapterOf(options)
  const prisma = new PrismaClient({ adapter, errorFormat: 'minimal' })
  const { transaction } = LIMITS[options.kind]
  const attempt = <T>(act: Act, work: (tx: Tx) => Promise<T>, isolationLevel: Isolation) =>
    prisma.$transaction(
      async (tx) => {
        await actAs(tx, act)
        return work(tx)
      },
      {
        // The connection's own (`adapterOf`): said anew it would be a statement of every transaction.
        ...(isolationLevel !== 'ReadCommitted' && { isolationLevel }),
        timeout: transaction,
        maxWait: transaction,
      },
    )
  return {
    transact: async (act, work, isolation = 'ReadCommitted') => {
      for (let tries = 1; ; tries += 1) {
        try {
          return await attempt(act, work, isolation)
        } catch (error) {
          if (tries >= ATTEMPTS_MAX || !RUN_AGAIN.has(sqlState(error) ?? ''))
            throw asDomainError(error)
          await new Promise((resolve) => setTimeout(resolve, 10 * tries + Math.random() * 20))
        }
      }
    },
    pool: () => ({ used: pool.totalCount - pool.idleCount, waiting: pool.waitingCount }),
    close: () => prisma.$disconnect(),
  }
}

function adapterOf({ url, schema, kind, poolSize }: DatabaseOptions) {
  const { lock, statement, query } = LIMITS[kind]
  const settings = {
    search_path: `${schema},pg_temp`,
    default_transaction_isolation: 'read\\ committed',
    lock_timeout: lock,
    statement_timeout: statement,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    tcp_keepalives_idle: 10,
    datestyle: 'ISO,YMD',
    timezone: 'UTC',
    jit: 'off',
  }
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    query_timeout: query,
    // A frozen server takes the connection and says nothing.
    connectionTimeoutMillis: query,
    application_name: `an-sinh-${kind}`,
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${String(value)}`)
      .join(' '),
  })
  // A stopping server must not kill the process: the failing query reports itself.
  const quiet = { onPoolError: () => undefined, onConnectionError: () => undefined }
  return { pool, adapter: new PrismaPg(pool, { schema, disposeExternalPool: true, ...quiet }) }
}

/**
 * From here on the transaction acts for somebody, as far as they may see. `transact` begins with it; what two people do
 * together changes from one to the other. Whoever sees a commune sees the units that it was made of: what happened there
 * stays with them.
 */
export async function actAs(tx: Tx, { actor, via, scope, origin = {} }: Act): Promise<void> {
  const from = JSON.stringify(origin)
  if (scope === 'province') {
    await tx.$queryRaw`select set_config('app.actor', ${actor}, true), set_config('app.via', ${via}, true),
      set_config('app.origin', ${from}, true), set_config('app.scope', 'province', true), set_config('app.communes', '{}', true)`
    return
  }
  await tx.$queryRaw`select set_config('app.actor', ${actor}, true), set_config('app.via', ${via}, true),
    set_config('app.origin', ${from}, true), set_config('app.scope', 'communes', true),
    set_config('app.communes', communes_made_of(${[...scope.communes]}::integer[])::text, true)`
}
