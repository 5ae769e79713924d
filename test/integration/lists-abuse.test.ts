import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type pg from 'pg'
import type { StoredList } from '../../src/payouts/payouts-store.ts'
import type { FreshDatabase } from '../support/database.ts'
import { abusedList, DECIDE, decisionOn, tryOn } from '../support/list-town.ts'
import { decideRows, refuse } from '../support/lists.ts'
import { rawApp, refusal } from '../support/sql.ts'
import { accountant, leader, preparer, treasurer } from '../support/town.ts'

/** Raw SQL of the application's role and of the owner against a list and its rows. */
let database: FreshDatabase
let list: StoredList
let client: pg.Client

beforeEach(async () => {
  ;({ database, list, client } = await abusedList())
})
afterEach(() => database.drop())

const tried = (sql: string, values: unknown[] = []) => tryOn(client, sql, values)
const decide = (...of: Parameters<ReturnType<typeof decisionOn>>) => decisionOn(list)(...of)

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
