import { beforeAll, describe, expect, test } from '@jest/globals'
import type pg from 'pg'
import type { Act } from '../../src/lib/act.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { plan, resendUnknown, scripted, send } from '../support/sending.ts'
import { refusal } from '../support/sql.ts'
import { importOf, line, match, statementOf } from '../support/statements.ts'
import {
  accountant,
  AMOUNT,
  august,
  enterTown,
  payday,
  preparer,
  releaseLists,
  treasurer,
} from '../support/town.ts'

/** Two communes with a row of everything; an officer of one sees and touches nothing of the other. */
let database: FreshDatabase
let mine: CommuneRow
let other: CommuneRow

const TABLES = [
  ...['person', 'payment_account', 'representation', 'enrolment', 'payee', 'audit_event'],
  ...[
    'payout_list',
    'entitlement',
    'instruction',
    'instruction_event',
    'resend_decision',
    'resend_withdrawal',
  ],
  ...['row_opening', 'list_decision', 'payout_hold', 'cash_list_row'],
  ...['cash_list', 'cash_result', 'statement_line', 'journal_entry', 'account'],
] as const

beforeAll(async () => {
  database = await freshDatabase()
  const communes = await enterTown(database, [
    { wallet: 2, cash: 1 },
    { wallet: 3, cash: 2 },
  ])
  const [first, second] = communes
  if (first === undefined || second === undefined) throw new Error('two communes')
  ;[mine, other] = [first, second]
  await releaseLists(database, communes)
  const representation = `insert into representation (id, person_id, representative_id, commune_id, kind, validity, document_kind,
      document_number, document_date, document_issuer, document_sha256, couple, entered_by, confirmed_by)
    select i.id, p.id, q.id, p.commune_id, 'caregiver', '[2023-01-01,2024-01-01)', 'giấy', '1/QĐ', date '2023-01-01', 'UBND',
           sha256('1'), i.id, gen_random_uuid(), gen_random_uuid()
      from person p join person q on q.commune_id = p.commune_id and q.id > p.id cross join lateral (select gen_random_uuid() as id where p.id < q.id) i`
  await database.admin.query(representation)
  const unknown = scripted((at) =>
    at % 2 === 0 ? { kind: 'unknown', reason: 'x' } : { kind: 'accepted' },
  )
  for (const { orderId } of await plan(database)) await send(database, unknown, { id: orderId })
  const { rows } = await database.admin.query<{ reference: string }>(
    `select reference from instruction where state = 'ACCEPTED'`,
  )
  const lines = rows.map(({ reference }) => line({ reference, amount: AMOUNT }))
  await importOf(database, first.payingUnit, statementOf(lines))
  await match(database)
  await resendUnknown(database)
  await database.admin.query(`alter table resend_withdrawal disable trigger all;
    insert into resend_withdrawal select reference, attempt + 1, commune_id, requested_by, approved_by, evidence from resend_decision`)
  await settleCash()
  for (const { id, number } of await releasedLists()) {
    await database.admin.query('alter table row_opening disable trigger all')
    await database.admin.query(
      `insert into row_opening (list_id, commune_id, row, content_hash, opened_by)
         select id, commune_id, 1, content_hash, approved_by from payout_list where id = $1`,
      [id],
    )
    const entitlement = `${number.slice(0, -1)}00001`
    await database.admin.query(
      `insert into payout_hold (id, commune_id, entitlement_number, reason_code, reason, from_on, placed_by)
         select gen_random_uuid(), commune_id, number, 'doubt', 'x', month, person_id from entitlement where number = $1`,
      [entitlement],
    )
  }
})

const releasedLists = () => database.app.transact(treasurer, (tx) => payouts.lists.of(tx, august))

async function settleCash(): Promise<void> {
  const lists = await database.app.transact(treasurer, (tx) => payouts.cash.of(tx, august))
  for (const list of lists) {
    await database.app.transact(treasurer, async (tx) => {
      await payouts.cash.handOver(tx, treasurer, list, payday)
      const rows = await payouts.cash.rowsOf(tx, list.id)
      const report = rows.map(({ reference, amount }) => {
        return { reference, amount, paid: true, reason: null }
      })
      await payouts.cash.settle(tx, accountant, list, report, payday)
    })
  }
}

const scoped = async (settings: string, url?: string): Promise<pg.Client> => {
  const client = await database.connect(url)
  await client.query(`set app.actor = '${preparer.actor}'; set app.via = 'raw'; ${settings}`)
  return client
}
const ofMine = () => scoped(`set app.scope = 'communes'; set app.communes = '{${String(mine.id)}}'`)
const countOf = async (client: pg.Client, table: string, where = 'true') => {
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::int as count from ${table} where ${where}`,
  )
  return rows[0]?.count ?? 0
}

describe.each(TABLES)('%s', (table) => {
  const of = ({ id }: CommuneRow) => `commune_id = ${String(id)}`

  test('shows the rows of a commune to its officer, and no others', async () => {
    const all = await countOf(database.admin, table, of(mine))
    expect(all).toBeGreaterThan(0)
    expect(await countOf(database.admin, table, of(other))).toBeGreaterThan(0)
    expect(await countOf(await ofMine(), table)).toBe(all)
  })

  test('shows nothing to whoever has no scope, also as the reports', async () => {
    for (const url of [database.urls.app, database.urls.report]) {
      expect(await countOf(await scoped('', url), table)).toBe(0)
      const nowhere = await scoped(`set app.scope = 'communes'; set app.communes = '{}'`, url)
      expect(await countOf(nowhere, table)).toBe(0)
    }
  })

  test('shows everything to the province', async () => {
    const all = await countOf(database.admin, table)
    expect(await countOf(await scoped(`set app.scope = 'province'`), table)).toBe(all)
  })
})

describe('a row of another commune', () => {
  const changes: readonly (readonly [string, string])[] = [
    ['payout_list', `state = 'RELEASED'`],
    ['instruction', `state = 'HELD'`],
    ['enrolment', `valid_to = date '2023-12-31'`],
    ['cash_list', `settled_on = date '2023-08-20'`],
    ['person', `full_name = 'X'`],
    ['statement_line', `commune_id = null`],
  ]

  test.each(changes)('of %s is not changed: it is not there', async (table, change) => {
    const client = await ofMine()
    const sql = `update ${table} set ${change} where commune_id = ${String(other.id)}`
    expect(await refusal(client, sql)).toBe('taken: 0 rows')
  })

  test.each(['person', 'enrolment', 'cash_list', 'cash_result', 'resend_decision'])(
    'of %s is not made, nor is one moved there',
    async (table) => {
      const { rows } = await database.admin.query<{ column: string }>(
        `select attname as column from pg_attribute where attrelid = '${table}'::regclass and attnum > 0 and not attisdropped
          order by attnum`,
      )
      const columns = rows.map(({ column }) => column)
      const values = columns.map((column) => (column === 'commune_id' ? String(other.id) : column))
      const client = await ofMine()
      const sql = `insert into ${table} (${columns.join(', ')}) select ${values.join(', ')} from ${table} limit 1`
      expect(await refusal(client, sql)).toBe('42501')
    },
  )

  test('of a list is not submitted by an officer who does not see it', async () => {
    const by: Act = { ...preparer, scope: { communes: [mine.id] } }
    const lists = await database.app.transact(by, (tx) => payouts.lists.of(tx, august))
    expect(lists.map(({ communeId }) => communeId)).toEqual([mine.id])
  })
})
