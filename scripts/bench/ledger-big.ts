import type pg from 'pg'
import { ledger } from '../../src/ledger/ledger.ts'
import type { AccountRef } from '../../src/ledger/journal.ts'
import { addDays } from '../../src/lib/time.ts'
import { by, type BenchDatabase, type BenchServer } from './ledger-server.ts'
import { doorValues, DOOR, funding, MONTH, payments, submits } from './ledger-work.ts'
import { interleave, percentile, type Costs } from './measure.ts'

const LISTS = 141
const CHUNK = 100_000
const BLOCK = 10_000
const DAYS = 31
const PLENTY = 10n ** 14n
const SAMPLE = 60

/** What the big ledger cost and how fast it answers. */
export interface BigResult {
  readonly costs: Costs
  readonly balanceP95Ms: number
  readonly asOfP95Ms: number
  /** Questions of the sample whose answer differed from a plain sum: must be 0. */
  readonly wrong: number
}

/**
 * Posts sets of 1,000 through the door of an empty ledger and of one with `postings` postings, interleaved, and asks
 * the big one 1,000 random (account, date, block) questions through the face.
 */
export async function measureBig(
  server: BenchServer,
  plan: { readonly postings: number; readonly rounds: number; readonly total: number },
): Promise<BigResult> {
  const { postings, rounds, total } = plan
  const [empty, big] = [await prepare(server, 'empty'), await prepare(server, 'big')]
  await fill(big, postings)
  const contender = (name: string, { app }: Prepared) => ({
    name,
    round: async (round: number) => {
      const calls = Array.from({ length: total / 1_000 }, (_, set) =>
        doorValues(
          submits(payments(round * total + set * 1_000, 1_000, { tag: 'Z', list: 'L001' })),
        ),
      )
      const start = performance.now()
      for (const values of calls) await app.query({ name: 'door', text: DOOR, values })
      return ((performance.now() - start) * 1_000) / total
    },
  })
  const costs = await interleave([contender('empty', empty), contender('big', big)], { rounds })
  return { costs, ...(await ask(big, postings)) }
}

interface Prepared {
  readonly database: BenchDatabase
  readonly app: pg.Client
  readonly owner: pg.Client
}

const listName = (number: number) => `L${String(number).padStart(3, '0')}`

async function prepare(server: BenchServer, name: string): Promise<Prepared> {
  const database = await server.ledgerDatabase(name, [MONTH])
  const [app, owner] = [await database.asApp(), await database.asOwner()]
  const lists = Array.from({ length: LISTS }, (_, index) => listName(index + 1))
  await app.query(DOOR, doorValues(funding(lists, PLENTY, name)))
  return { database, app, owner }
}

/**
 * Fills a ledger with one-posting entries as `submit` writes them, past the door for speed (triggers off), but with
 * real accounts, balances, indexes and seals. One list holds a fifth of all: the largest account.
 */
async function fill({ owner }: Prepared, postings: number): Promise<void> {
  await owner.query('set session_replication_role = replica')
  for (let from = 0; from < postings; from += CHUNK) {
    await owner.query(FILL, [from, Math.min(from + CHUNK, postings) - 1, by.actor, MONTH])
  }
  await owner.query('set session_replication_role = origin')
  await owner.query(`select setval('account_id', (select max(id) from account)),
    setval('journal_entry_id', (select max(id) from journal_entry))`)
  await owner.query(`update account a set balance = balance - s.sum from (
    select credit_account, sum(amount) as sum from posting p join journal_entry e on e.id = p.entry_id
     where e.reference like 'fill:%' group by 1) s where a.id = s.credit_account`)
  await owner.query('vacuum analyze')
  await sealAll(owner)
  await owner.query('vacuum analyze')
}

/** Seals as the program does all day: what is not sealed is what was just posted. */
async function sealAll(owner: pg.Client): Promise<void> {
  for (let sealed = BLOCK; sealed === BLOCK;) {
    const { rows } = await owner.query<{ sealed: number }>('select ledger_seal($1) as sealed', [
      BLOCK,
    ])
    sealed = rows[0]?.sealed ?? 0
  }
}

const FILL = `
  with row as (
    select i, 10000000 + i as id, $4::date + (i * ${String(DAYS)} / 5000000 + i % 3)::integer % ${String(DAYS)} as day,
           360000 + 180000 * (i % 8) as amount, 'L' || lpad((case when i % 5 = 0 then 1 else 1 + i % ${String(LISTS)} end)::text, 3, '0') as list
      from generate_series($1::bigint, $2::bigint) i),
  a as (
    insert into account (id, code, subject, sign, shared, floor, commune_id, balance)
    select id, '1130-TRANSIT', 'instruction:F' || lpad(i::text, 15, '0'), 1, false, 0, 1 + i % ${String(LISTS)}, amount from row),
  e as (
    insert into journal_entry (id, template_id, reference, content_hash, posting_date, occurred_on, actor, commune_id)
    select id, (select id from posting_template where name = 'submit'), 'fill:' || lpad(i::text, 15, '0'),
           sha256(i::text::bytea), day, day, $3::uuid, 1 + i % ${String(LISTS)} from row)
  insert into posting (entry_id, seq, debit_account, credit_account, amount, posting_date)
  select r.id, 1, r.id, l.id, r.amount, r.day from row r join account l on l.code = '1121-HELD' and l.subject = 'list:' || r.list`

async function ask(
  { database, app, owner }: Prepared,
  postings: number,
): Promise<Omit<BigResult, 'costs'>> {
  await sealAll(owner)
  const { rows } = await owner.query<{ blocks: string }>(
    'select max(number) as blocks from seal_block',
  )
  const blocks = Number(rows[0]?.blocks ?? 1)
  const questions = Array.from({ length: 1_000 }, (_, index) => ({
    account: accountOf(index, postings),
    on: addDays(MONTH, (index * 7) % DAYS),
    block: index % 4 === 0 ? undefined : BigInt(1 + ((index * 37) % blocks)),
  }))
  // One more payment, a second ago and not sealed: the answers without a block must contain it.
  await app.query(
    DOOR,
    doorValues(submits(payments(0, 1, { tag: 'Y', list: 'L001' }), '-just-now')),
  )
  const [now, asOf]: [number[], number[]] = [[], []]
  let wrong = 0
  await database.face.transact(by, async (tx) => {
    for (const [index, { account, on, block }] of questions.entries()) {
      const start = performance.now()
      await ledger.balance(tx, account)
      const middle = performance.now()
      const answer = await ledger.balanceAsOf(tx, account, { on, block })
      asOf.push(performance.now() - middle)
      now.push(middle - start)
      if (index % Math.floor(1_000 / SAMPLE) === 0) {
        const { rows: sums } = await owner.query<{ sum: string }>(SUM, [
          account.code,
          account.subject,
          on,
          block ?? null,
        ])
        if (BigInt(sums[0]?.sum ?? 0) !== answer) wrong += 1
      }
    }
  })
  return { balanceP95Ms: percentile(now, 0.95), asOfP95Ms: percentile(asOf, 0.95), wrong }
}

/** Every fourth question is about the largest account, the others about lists and instructions by turns. */
function accountOf(index: number, postings: number): AccountRef {
  if (index % 4 === 0) return { code: '1121-HELD', subject: 'list:L001' }
  if (index % 2 === 0)
    return { code: '1121-HELD', subject: `list:${listName(1 + (index % LISTS))}` }
  const instruction = String((index * 7_919) % postings).padStart(15, '0')
  return { code: '1130-TRANSIT', subject: `instruction:F${instruction}` }
}

const SUM = `
  select coalesce(sum(case when p.debit_account = a.id then p.amount else -p.amount end), 0)::text as sum
    from account a join posting p on p.debit_account = a.id or p.credit_account = a.id join journal_entry e on e.id = p.entry_id
   where a.code = $1 and a.subject = $2 and p.posting_date <= $3::date
     and ($4::bigint is null or (e.xid, e.id) <= (select last_xid, last_id from seal_block where number = $4::bigint))`
