import type pg from 'pg'
import { addDays } from '../../src/lib/time.ts'
import { makeBareTables } from './ledger-bare.ts'
import { by, type BenchDatabase, type BenchServer } from './ledger-server.ts'
import { doorValues, DOOR, funding, MONTH, payments, someHash, submits } from './ledger-work.ts'
import { interleave, type Costs } from './measure.ts'

const CONNECTIONS = 4
/** Accounts on each side among which the calls of the spread case go round. */
const SPREAD = 2_000

/** One call: a statement prepared once a connection, and what goes into it. */
interface Call {
  readonly name: string
  readonly text: string
  readonly values: readonly unknown[]
}

/**
 * One entry a call, four connections at once. Every call books one posting between two accounts that exist; `hot`
 * means that all of them take the money from one list.
 */
export async function measureSingles(
  server: BenchServer,
  rounds: number,
  calls: number,
): Promise<Costs> {
  const database = await server.ledgerDatabase('singles', [MONTH])
  await makeAccounts(database)
  const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => database.asApp()))
  const contender = (
    name: string,
    hot: boolean,
    run: (client: pg.Client, work: Single) => Promise<unknown>,
  ) => ({
    name: `${name} ${hot ? 'hot' : 'spread'}`,
    round: async (round: number) => {
      const work = clients.map((_, index) =>
        Array.from({ length: calls / CONNECTIONS }, (_, step) =>
          single(name, round, step * CONNECTIONS + index, hot),
        ),
      )
      const start = performance.now()
      await Promise.all(
        clients.map(async (client, index) => {
          for (const one of work[index] ?? []) await run(client, one)
        }),
      )
      return ((performance.now() - start) * 1_000) / calls
    },
  })
  return interleave(
    [false, true].flatMap((hot) => [
      contender('door', hot, (client, { door }) =>
        client.query({ ...door, values: [...door.values] }),
      ),
      contender('statement', hot, (client, { bare }) =>
        client.query({ ...bare, values: [...bare.values] }),
      ),
      contender('transaction', hot, inTransaction),
    ]),
    { rounds },
  )
}

interface Single {
  readonly door: Call
  readonly bare: Call
  readonly steps: readonly Call[]
}

/** The `number`th call of a round, for the door and as the bare writes it stands against. */
function single(kind: string, round: number, number: number, hot: boolean): Single {
  const place = (round * 7919 + number) % SPREAD
  const [paid] = payments(place, 1, { tag: 'S', list: hot ? 'HOT' : `LIST-${String(place)}` })
  if (paid === undefined) throw new Error('one payment was asked for')
  const drafts = submits([paid], `-${kind}-${String(hot)}-${String(round)}-${String(number)}`)
  const reference = drafts[0]?.reference ?? ''
  const [debit, credit, amount] = [
    1 + place,
    hot ? 2 * SPREAD + 1 : SPREAD + 1 + place,
    paid.amount.toString(),
  ]
  const day = addDays(MONTH, 4)
  const entry = [1, reference, someHash(reference), day, day, by.actor, paid.commune]
  return {
    door: { name: 'door', text: DOOR, values: doorValues(drafts) },
    bare: { name: 'bare', text: BARE, values: [...entry, debit, credit, amount] },
    steps: [
      { name: 'entry', text: BARE_ENTRY, values: entry },
      { name: 'posting', text: BARE_POSTING, values: [debit, credit, amount, day] },
      { name: 'move', text: BARE_MOVE, values: [debit, amount] },
      { name: 'move', text: BARE_MOVE, values: [credit, `-${amount}`] },
    ],
  }
}

const BARE_ENTRY = `insert into bare_journal_entry
  (template_id, reference, content_hash, posting_date, occurred_on, actor, commune_id)
  values ($1::smallint, $2, $3::bytea, $4::date, $5::date, $6::uuid, $7::integer) returning id`

/** All four writes as one prepared statement in a transaction of its own: the least that a client can do. */
const BARE = `with e as (${BARE_ENTRY}),
  p as (insert into bare_posting select e.id, 1, $8::bigint, $9::bigint, $10::bigint, $4::date from e),
  d as (update bare_account set balance = balance + $10::bigint where id = $8::bigint),
  c as (update bare_account set balance = balance - $10::bigint where id = $9::bigint)
  select id from e`

const BARE_POSTING = `insert into bare_posting values (currval('journal_entry_id'), 1, $1, $2, $3, $4)`
const BARE_MOVE = 'update bare_account set balance = balance + $2 where id = $1'

/** The same writes as a program without the door would send them: begin, four statements, commit. */
async function inTransaction(client: pg.Client, { steps }: Single): Promise<void> {
  await client.query('begin')
  for (const step of steps) await client.query({ ...step, values: [...step.values] })
  await client.query('commit')
}

async function makeAccounts(database: BenchDatabase): Promise<void> {
  const app = await database.asApp()
  const lists = ['HOT', ...Array.from({ length: SPREAD }, (_, place) => `LIST-${String(place)}`)]
  await app.query(DOOR, doorValues(funding(lists, 10n ** 12n, 'singles')))
  const opened = Array.from({ length: SPREAD }, (_, place) =>
    payments(place, 1, { tag: 'S', list: `LIST-${String(place)}` }),
  )
  await app.query(DOOR, doorValues(submits(opened.flat(), '-open')))
  await makeBareTables(database, 'bare')
  const owner = await database.asOwner()
  await owner.query(`grant usage on sequence journal_entry_id to ledger_bench_app`)
  await owner.query(`insert into bare_account select i, code, subject || i, sign, shared, floor, commune_id, 1e15
    from generate_series(1, ${String(2 * SPREAD + 1)}) i, (select * from account limit 1) a`)
  await owner.query('vacuum analyze account, bare_account')
}
