import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type pg from 'pg'
import type { StoredList } from '../../src/payouts/payouts-store.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import type { FreshDatabase } from '../support/database.ts'
import { abusedList, DECIDE, decisionOn, tryOn } from '../support/list-town.ts'
import { decideRows, refuse } from '../support/lists.ts'
import { valueOf } from '../support/sql.ts'
import { accountant, AMOUNT, approve, leader, release, treasurer } from '../support/town.ts'

/** Raw SQL of the application's role and of the owner against a list and its rows. */
let database: FreshDatabase
let commune: CommuneRow
let list: StoredList
let client: pg.Client

beforeEach(async () => {
  ;({ database, commune, list, client } = await abusedList())
})
afterEach(() => database.drop())

const tried = (sql: string, values: unknown[] = []) => tryOn(client, sql, values)
const decide = (...of: Parameters<ReturnType<typeof decisionOn>>) => decisionOn(list)(...of)

describe('a decision', () => {
  test('is refused for rows that were not opened, and for openings of something else', async () => {
    expect(await tried(DECIDE, decide('approve', [1], leader.actor))).toBe('LB024')
    const open = `insert into row_opening (list_id, commune_id, row, content_hash, opened_by) values ($1, $2, 1, $3, $4)`
    const hash = Buffer.from(list.contentHash, 'hex')
    const values = [list.id, commune.id, hash, leader.actor]
    expect(await tried(open, [...values.slice(0, 2), Buffer.alloc(32), leader.actor])).toBe('LB020')
    await client.query(open, values)
    expect(await tried(DECIDE, decide('approve', [1], leader.actor))).toBe('taken: 1 rows')
    expect(await tried(DECIDE, decide('approve', [1], accountant.actor))).toBe('LB024')
    expect(await tried(`update row_opening set row = 2`)).toBe('42501')
  })

  test('is refused with another count, sum or hash, twice a row, and without a reason', async () => {
    const lie = (from: string, to: string) =>
      tried(DECIDE.replace(from, to), decide('approve', [2], leader.actor))
    expect(await lie('s.row_count, s.total', '2, s.total')).toBe('LB023')
    expect(await lie('s.total', 's.total + 1')).toBe('LB023')
    expect(await lie('s.content_hash', 'l.content_hash')).toBe('LB023')
    expect(await tried(DECIDE, decide('approve', [2, 2], leader.actor))).toBe('LB020')
    expect(await tried(DECIDE, decide('refuse-row', [2], leader.actor))).toBe('LB025')
    expect(await tried(DECIDE, decide('refuse-row', [2], leader.actor, 'because'))).toBe('LB025')
    await client.query(DECIDE, decide('approve', [2], leader.actor))
    expect(await tried(DECIDE, decide('refuse-row', [2], leader.actor, 'doubt'))).toBe('LB020')
    expect(await tried(DECIDE, decide('stop', [2], leader.actor, 'death'))).toBe('LB020')
    expect(await tried(`update list_decision set rows = '{1}'`)).toBe('42501')
  })
})

test('an instruction pays what stands, in full, from its own list', async () => {
  const again = (changes: string, account = 'payment_account_id') =>
    tried(`insert into instruction (reference, entitlement_number, list_id, commune_id, paying_unit, channel, payment_account_id, amount,
        state, prepared_by)
      select '230819750000ZZZZ', entitlement_number, list_id, commune_id, paying_unit, channel, ${account}, ${changes}, 'LISTED',
        prepared_by from instruction order by reference limit 1`)
  await client.query(`update instruction set state = 'CANCELLED'`)
  expect(await again('amount')).toBe('taken: 1 rows')
  expect(await again('amount - 1')).toBe('LB001')
  expect(await again('amount', 'gen_random_uuid()')).toMatch(/^23503/)
  await refuse(database, list)
  expect(await valueOf(client, 'select count(*)::int from entitlement where live')).toBe(0)
  expect(await again('amount')).toBe('LB001')
})

test('a cash row is handed over once, by a cash list of its own released list', async () => {
  await decideRows(database, list, 'refuse', [1])
  await decideRows(database, list, 'approve', 'undecided')
  const standing = { ...list, rowCount: 2, total: (2n * AMOUNT) as typeof list.total }
  const hash = await valueOf(client, `select encode((list_set($1, '{2,3}')).content_hash, 'hex')`, [
    list.id,
  ])
  await release(database, { ...standing, contentHash: String(hash) })
  const add = (where: string) =>
    tried(
      `insert into cash_list_row select number, (select id from cash_list), commune_id from entitlement where ${where}`,
    )
  expect(await add(`row = 3`)).toBe('23505 cash_list_row_pkey')
  expect(await add(`row = 2`)).toBe('LB020')
})

test('a submitted list that is approved whole keeps its numbers', async () => {
  await client.query(
    `insert into row_opening (list_id, commune_id, row, content_hash, opened_by) values ($1, $2, 1, $3, $4)`,
    [list.id, commune.id, Buffer.from(list.contentHash, 'hex'), leader.actor],
  )
  await approve(database, list)
  expect(
    await tried(`update payout_list set state = 'RELEASED', released_by = $1, approved_by = $1`, [
      treasurer.actor,
    ]),
  ).toBe('LB001')
})
