import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type pg from 'pg'
import type { StoredList } from '../../src/payouts/payouts-store.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { decideRows, refuse, submitOwed } from '../support/lists.ts'
import { inRolledBack, rawApp, refusal, valueOf } from '../support/sql.ts'
import {
  accountant,
  AMOUNT,
  approve,
  august,
  enterTown,
  fund,
  leader,
  preparer,
  release,
  treasurer,
} from '../support/town.ts'

/** Raw SQL of the application's role and of the owner against a list and its rows. */
let database: FreshDatabase
let commune: CommuneRow
let list: StoredList
let client: pg.Client

beforeEach(async () => {
  database = await freshDatabase()
  const communes = await enterTown(database, [{ bank: 3, cash: 1 }])
  commune = communes[0] ?? never()
  await fund(database, commune.payingUnit, 10n * AMOUNT)
  list = await submitOwed(database, commune, august, [
    { n: 1, account: 1, warnings: ['shared-account'] },
    { n: 2, account: 2 },
    { n: 4 },
  ])
  client = await rawApp(database)
})
afterEach(() => database.drop())

const never = (): never => {
  throw new Error('not there')
}
const tried = (sql: string, values: unknown[] = []) =>
  inRolledBack(client, () => refusal(client, sql, values))
const DECIDE = `insert into list_decision (list_id, commune_id, decision, rows, row_count, total, content_hash, reason_code, reason, decided_by)
  select l.id, l.commune_id, $2, $3::integer[], s.row_count, s.total, s.content_hash, $4, $5, $6
    from payout_list l, list_set(l.id, $3::integer[]) s where l.id = $1`
const decide = (kind: string, rows: number[], by: string, reason: string | null = null) => [
  list.id,
  kind,
  rows,
  reason,
  reason,
  by,
]

describe('a submitted row', () => {
  const columns = [
    ...[
      'number',
      'row',
      'person_id',
      'enrolment_id',
      'programme',
      'component',
      'month',
      'category_code',
    ],
    ...[
      'amount',
      'explanation',
      'explanation_en',
      'legal_basis',
      'method',
      'channel',
      'payee_id',
      'relation',
    ],
    ...['representation_id', 'payment_account_id', 'hold', 'warnings', 'list_id', 'commune_id'],
  ]
  const other: Readonly<Record<string, string>> = {
    row: '77',
    amount: 'amount + 1',
    month: `date '2023-07-01'`,
    warnings: `'{}'`,
    method: `'cash', channel = null, payment_account_id = null`,
    channel: `'hue-s'`,
    commune_id: '999',
    relation: `'guardian'`,
    number: `number || 'X'`,
  }

  test('is not altered, in no column, by the application nor by the owner', async () => {
    const owner = await rawApp(database, database.urls.owner)
    for (const column of columns) {
      const isId = column.endsWith('_id') && column !== 'commune_id'
      const value = other[column] ?? (isId ? 'gen_random_uuid()' : `'X'`)
      const sql = `update entitlement set ${column} = ${value} where row = 1`
      const died = sql.replace(' where', ', live = false where')
      expect([
        column,
        await tried(sql),
        await refusal(owner, sql),
        await refusal(owner, died),
      ]).toEqual([column, '42501', 'LB001', 'LB001'])
    }
  })

  test('is not deleted, nor made to stand again, nor begun as not standing', async () => {
    expect(await tried('delete from entitlement')).toBe('42501')
    expect(await tried('update entitlement set live = false')).toBe('42501')
    await refuse(database, list)
    const owner = await rawApp(database, database.urls.owner)
    expect(await refusal(owner, 'update entitlement set live = true')).toBe('LB001')
    expect(await refusal(owner, 'delete from entitlement')).toBe('LB001')
    expect(await tried('insert into entitlement (number, live) values ($1, false)', ['X'])).toBe(
      '42501',
    )
  })

  test('names only people, accounts and enrolments that exist', async () => {
    const draft = `insert into payout_list (id, commune_id, month, version, number, paying_unit, state, row_count, total, prepared_by)
      select '00000000-0000-7000-8000-00000000000f', commune_id, month + interval '1 month', 1, number || 'X', paying_unit, 'DRAFT', 0, 0,
             prepared_by from payout_list`
    await client.query(draft)
    const row = (column: string) =>
      tried(
        `insert into entitlement (list_id, number, row, commune_id, person_id, enrolment_id, programme, month, component,
          category_code, amount, explanation, explanation_en, legal_basis, method, channel, payee_id, relation, payment_account_id, warnings)
        select '00000000-0000-7000-8000-00000000000f', number || 'X', row, commune_id, person_id, enrolment_id, programme,
          month + interval '1 month', component, category_code, amount, explanation, explanation_en, legal_basis, method, channel, payee_id,
          relation, payment_account_id, warnings from entitlement where row = 1`.replace(
          new RegExp(`(select .*[ ,])${column}\\b`, 's'),
          '$1gen_random_uuid()',
        ),
      )
    expect(await row('nothing')).toBe('taken: 1 rows')
    for (const column of ['person_id', 'enrolment_id', 'payee_id', 'payment_account_id']) {
      expect([column, await row(column)]).toEqual([column, '23503'])
    }
  })
})

describe('a list', () => {
  test('says what its rows say when it is submitted', async () => {
    await refuse(database, list)
    const draft = (
      count: number,
    ) => `insert into payout_list (id, commune_id, month, version, number, paying_unit, state, row_count,
        total, prepared_by) select gen_random_uuid(), commune_id, month, 2, number || 'X', paying_unit, 'DRAFT', ${String(count)}, 0,
        prepared_by from payout_list`
    await client.query('begin')
    await client.query(draft(1))
    expect(
      await refusal(client, `update payout_list set state = 'SUBMITTED' where state = 'DRAFT'`),
    ).toBe('LB023')
    await client.query('rollback')
  })

  test('skips no state, and goes back to none', async () => {
    const to = (state: string, rest = '') =>
      tried(`update payout_list set state = '${state}'${rest} where id = $1`, [list.id])
    const closed = `, closed_by = '${preparer.actor}', reason_code = 'redraw', reason = 'x'`
    expect(
      await to('RELEASED', `, approved_by = '${leader.actor}', released_by = '${treasurer.actor}'`),
    ).toBe('LB020')
    expect(await to('DRAFT')).toBe('LB020')
    expect(await to('SUBMITTED')).toBe('LB020')
    expect(await to('WITHDRAWN', closed)).toBe('taken: 1 rows')
    await refuse(database, list)
    for (const state of ['DRAFT', 'SUBMITTED', 'APPROVED', 'RELEASED', 'WITHDRAWN']) {
      expect([state, await to(state)]).toEqual([state, 'LB020'])
    }
  })

  test('and its versions are not deleted, nor numbered at will', async () => {
    await refuse(database, list)
    for (const table of ['payout_list', 'list_decision', 'row_opening', 'payout_hold']) {
      expect(await tried(`delete from ${table}`)).toBe('42501')
    }
    const owner = await rawApp(database, database.urls.owner)
    for (const table of [
      'payout_list',
      'list_decision',
      'row_opening',
      'payout_hold',
      'cash_list_row',
    ]) {
      expect(await refusal(owner, `delete from ${table}`)).toBe('LB001')
    }
  })

  test('is not approved by its preparer, nor released by its approver, in raw SQL either', async () => {
    expect(await tried(DECIDE, decide('approve', [2, 3], preparer.actor))).toBe('LB021')
    await decideRows(database, list, 'approve', [2, 3], accountant)
    await decideRows(database, list, 'refuse', [1])
    const released = (by: string) =>
      tried(`update payout_list set state = 'RELEASED', released_by = $1`, [by])
    expect(await released(accountant.actor)).toBe('LB021')
    expect(await released(leader.actor)).toBe('LB021')
    expect(await released(treasurer.actor)).toBe('taken: 1 rows')
  })
})

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
  const again = (changes: string) =>
    tried(`insert into instruction (reference, entitlement_number, list_id, commune_id, paying_unit, channel, payment_account_id, amount,
        state, prepared_by)
      select '230819750000ZZZZ', entitlement_number, list_id, commune_id, paying_unit, channel, payment_account_id, ${changes}, 'LISTED',
        prepared_by from instruction order by reference limit 1`)
  await client.query(`update instruction set state = 'CANCELLED'`)
  expect(await again('amount')).toBe('taken: 1 rows')
  expect(await again('amount - 1')).toBe('LB001')
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
