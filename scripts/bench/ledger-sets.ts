import type pg from 'pg'
import {
  bareInsert,
  bareSet,
  bareValues,
  makeBareTables,
  timed,
  writeCopyFiles,
} from './ledger-bare.ts'
import type { BenchServer } from './ledger-server.ts'
import { doorValues, DOOR, funding, MONTH, payments, submits } from './ledger-work.ts'
import { interleave, type Costs } from './measure.ts'

/** Enough held money for every round. */
const PLENTY = 10n ** 14n

/**
 * Sets of `size` entries, `total` a round, one connection, a commit a set: through the door from one held list, as
 * bare `insert … select` of the same rows, and as COPY of the same rows. Costs are microseconds an entry.
 */
export async function measureSets(
  server: BenchServer,
  plan: { readonly rounds: number; readonly total: number; readonly size: number },
): Promise<Costs> {
  const { rounds, total, size } = plan
  const database = await server.ledgerDatabase(`sets_${String(size)}`, [MONTH])
  const [app, owner] = [await database.asApp(), await database.asOwner()]
  await app.query(DOOR, doorValues(funding(['ONE'], PLENTY, 'sets')))
  await makeBareTables(database, 'bare')
  await makeBareTables(database, 'copy')
  const sets = (tag: string, round: number) =>
    Array.from({ length: total / size }, (_, set) =>
      payments(round * total + set * size, size, { tag, list: 'ONE' }),
    )
  const firstId = (round: number, set: number) => 1_000_000 + round * total + set * size
  const sum = (costs: readonly number[]) =>
    (costs.reduce((all, cost) => all + cost, 0) * 1_000) / total
  return interleave(
    [
      {
        name: 'door',
        round: async (round) => {
          const calls = sets('D', round).map((paid) => doorValues(submits(paid)))
          return sum(
            await each(calls, (values) => timed(app, { name: 'door', text: DOOR, values })),
          )
        },
      },
      {
        name: 'insert',
        round: async (round) => {
          const calls = sets('B', round).map((paid, set) =>
            bareValues(bareSet(paid, firstId(round, set))),
          )
          const query = { name: 'bare', text: bareInsert('bare') }
          return sum(await each(calls, (values) => timed(app, { ...query, values })))
        },
      },
      {
        name: 'copy',
        round: async (round) => {
          const files = await each(
            sets('C', round).map((paid, set) => bareSet(paid, firstId(round, set))),
            (set) => writeCopyFiles(set, 'copy', server.folder),
          )
          return sum(await each(files, (text) => timed(owner, { text })))
        },
      },
    ],
    { rounds },
  )
}

/**
 * Four writers at once, sets of `size`: all on one funding list, and each on its own. Costs are microseconds an entry
 * of all four together.
 */
export async function measureWriters(
  server: BenchServer,
  plan: { readonly rounds: number; readonly total: number; readonly size: number },
): Promise<Costs> {
  const { rounds, total, size } = plan
  const writers = 4
  const database = await server.ledgerDatabase('writers', [MONTH])
  const clients = await Promise.all(Array.from({ length: writers }, () => database.asApp()))
  const lists = ['ONE', ...clients.map((_, index) => `OWN-${String(index)}`)]
  await clients[0]?.query(DOOR, doorValues(funding(lists, PLENTY, 'writers')))
  const contender = (name: string, tag: string, listOf: (writer: number) => string) => ({
    name,
    round: async (round: number) => {
      const calls = clients.map((_, writer) =>
        Array.from({ length: total / size / writers }, (_, set) => {
          const from = ((round * writers + writer) * total) / writers + set * size
          return doorValues(submits(payments(from, size, { tag, list: listOf(writer) })))
        }),
      )
      const start = performance.now()
      await Promise.all(clients.map((client, writer) => runAll(client, calls[writer] ?? [])))
      return ((performance.now() - start) * 1_000) / total
    },
  })
  return interleave(
    [
      contender('one', 'O', () => 'ONE'),
      contender('four', 'F', (writer) => `OWN-${String(writer)}`),
    ],
    { rounds },
  )
}

async function runAll(client: pg.Client, calls: readonly unknown[][]): Promise<void> {
  for (const values of calls) await client.query({ name: 'door', text: DOOR, values })
}

async function each<In, Out>(
  items: readonly In[],
  run: (item: In) => Promise<Out>,
): Promise<Out[]> {
  const results: Out[] = []
  for (const item of items) results.push(await run(item))
  return results
}
