import type { Tx } from '../lib/db.ts'

/** Asks the database; queries run one after the other on the one connection of the transaction. */
export type Ask = <Row>(query: string, ...values: readonly unknown[]) => Promise<readonly Row[]>

/** Rows of a query, in order, a page at a time. */
export interface Feed<Row> {
  /** The next row, or undefined at the end. */
  next(): Promise<Row | undefined>
  /** Visits rows up to the first for which `belongs` is false, and leaves that one for the next call. */
  drain(belongs: (row: Row) => boolean, visit: (row: Row) => void): Promise<void>
}

const FEED_PAGE = 2500

/**
 * Returns how to ask in the caller's transaction. Queries are texts of this part of the program, values go as
 * parameters. A query may be asked before the one before it has answered: pages are fetched while others are checked.
 */
export function asker(tx: Tx): Ask {
  let last: Promise<unknown> = Promise.resolve()
  return <Row>(query: string, ...values: readonly unknown[]) => {
    const answer = last.then(() => tx.$queryRawUnsafe<Row[]>(query, ...values))
    last = answer.catch(() => undefined)
    return answer
  }
}

/** Opens a cursor over a query. Memory is bounded by twice `pageRows` rows. */
export async function openFeed<Row>(
  ask: Ask,
  name: string,
  query: string,
  pageRows = FEED_PAGE,
): Promise<Feed<Row>> {
  await ask(`declare ${name} no scroll cursor for ${query}`)
  const fetch = () => quietly(ask<Row>(`fetch ${pageRows} from ${name}`))
  let coming = fetch()
  let rows: readonly Row[] = []
  let at = 0
  let ended = false
  const peek = async (): Promise<Row | undefined> => {
    if (at >= rows.length && !ended) {
      rows = await coming
      at = 0
      ended = rows.length < pageRows
      if (!ended) coming = fetch()
    }
    return rows[at]
  }
  return {
    next: async () => {
      const row = rows[at] ?? (await peek())
      at += 1
      return row
    },
    drain: async (belongs, visit) => {
      for (;;) {
        const row = rows[at] ?? (await peek())
        if (row === undefined || !belongs(row)) return
        visit(row)
        at += 1
      }
    },
  }
}

/** Takes a promise that is awaited later and returns it: until then its failure is no unhandled one. */
export function quietly<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}

/**
 * A page looks its rows up by index; with stale statistics PostgreSQL would rather read whole tables for each. Set for
 * the caller's transaction only.
 */
export async function preferIndexes(ask: Ask, prefer: boolean): Promise<void> {
  await ask(
    `select set_config(name, $1, true)
       from unnest(array['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin']) as name`,
    prefer ? 'off' : 'on',
  )
}
