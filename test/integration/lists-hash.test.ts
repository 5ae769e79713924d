import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { payouts } from '../../src/payouts/payouts.ts'
import type { StoredList } from '../../src/payouts/payouts-store.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { as, submitOwed } from '../support/lists.ts'
import { inRolledBack, valueOf } from '../support/sql.ts'
import {
  AMOUNT,
  approve,
  august,
  enterTown,
  fund,
  leader,
  preparer,
  release,
} from '../support/town.ts'

/** What a list's hash says, and what an officer reads of it. */
let database: FreshDatabase
let commune: CommuneRow
let list: StoredList

beforeAll(async () => {
  database = await freshDatabase()
  const communes = await enterTown(database, [{ bank: 3, cash: 2 }])
  commune = communes[0] ?? never()
  await fund(database, commune.payingUnit, 10n * AMOUNT)
  list = await submitOwed(database, commune, august, [
    { n: 1, account: 1 },
    { n: 2, account: 2, hold: 'suspended', warnings: ['expires-soon', 'name-differs'] },
    { n: 4 },
  ])
})

const never = (): never => {
  throw new Error('not there')
}
const FIELDS =
  `row, number, person_id, enrolment_id, programme, component, month, category_code, amount, explanation, explanation_en,
  legal_basis, method, channel, payee_id, relation, representation_id, payment_account_id, hold, warnings`.split(
    /,\s+/,
  )

describe('the hash of a list', () => {
  test('is what anybody computes from its rows', async () => {
    const { rows } = await database.admin.query<Record<string, string | null>>(
      `select ${FIELDS.map((field) => (field === 'warnings' ? `array_to_string(warnings, ',') as warnings` : `${field}::text`)).join(', ')}
         from entitlement where list_id = $1 order by entitlement.row`,
      [list.id],
    )
    const lines = rows.map((row) => {
      const values = ['list-row.v1', ...FIELDS.map((field) => row[field] ?? null)]
      return `[${values.map((value) => JSON.stringify(value)).join(', ')}]`
    })
    expect(createHash('sha256').update(lines.join('\n')).digest('hex')).toBe(list.contentHash)
  })

  test('covers every field of every row, and their order', async () => {
    const { rows } = await database.admin.query<{ name: string }>(
      `select attname as name from pg_attribute where attrelid = 'entitlement'::regclass and attnum > 0
          and attname <> all ('{list_id,commune_id,live}')`,
    )
    expect(rows.map(({ name }) => name).toSorted()).toEqual(FIELDS.toSorted())
    const other: Readonly<Record<string, string>> = {
      ...{
        row: 'row + 10',
        amount: 'amount + 1',
        month: `month - interval '1 month'`,
        method: `'cash'`,
      },
      ...{ channel: `'hue-s'`, warnings: `warnings || 'x'::text` },
    }
    for (const field of FIELDS) {
      const value =
        other[field] ??
        (field.endsWith('_id') ? 'gen_random_uuid()' : `coalesce(${field}, '') || 'X'`)
      const hash = await inRolledBack(database.admin, async () => {
        await database.admin.query('alter table entitlement disable trigger all')
        await database.admin.query(
          'alter table entitlement drop constraint entitlement_account, drop constraint entitlement_row',
        )
        await database.admin.query(`update entitlement set ${field} = ${value} where row = 2`)
        return valueOf(database.admin, `select encode((list_set($1, null)).content_hash, 'hex')`, [
          list.id,
        ])
      })
      expect([field, hash]).not.toEqual([field, list.contentHash])
    }
    expect(
      await valueOf(database.admin, `select encode((list_set($1, null)).content_hash, 'hex')`, [
        list.id,
      ]),
    ).toBe(list.contentHash)
  })
})

describe('an officer reads', () => {
  test('a summary: tallies, changes, what is free, and the deadline', async () => {
    const summary = await as(database, leader, (tx) => payouts.lists.summary(tx, list.id))
    expect(summary).toMatchObject({
      list: { number: list.number, total: 3n * AMOUNT },
      difference: 3n * AMOUNT,
      free: 10n * AMOUNT,
      deadline: '2023-07-24',
      changes: [{ change: 'new', count: 3 }],
    })
    const tallies = summary.tallies.map(({ by, key, count, total }) => [by, key, count, total])
    expect(tallies).toEqual([
      ['channel', 'bank', 2, 2n * AMOUNT],
      ['component', 'monthly', 3, 3n * AMOUNT],
      ['decision', 'undecided', 3, 3n * AMOUNT],
      ['method', 'account', 2, 2n * AMOUNT],
      ['method', 'cash', 1, AMOUNT],
      ['programme', 'BTXH', 3, 3n * AMOUNT],
      ['warning', 'expires-soon', 1, AMOUNT],
      ['warning', 'name-differs', 1, AMOUNT],
    ])
  })

  test('rows by given name in Vietnamese order, page by page', async () => {
    const names = ['Trần Thị Đào', 'Nguyễn Văn Dào', 'Lê Ăn']
    const { rows: people } = await database.admin.query<{ id: string }>(
      'select person_id as id from entitlement order by row',
    )
    for (const [at, { id }] of people.entries())
      await database.admin.query('update person set full_name = $2 where id = $1', [id, names[at]])
    const page = (after: number | null, limit: number) =>
      as(database, leader, (tx) => payouts.lists.rows(tx, { listId: list.id, after, limit }))
    const all = await page(null, 10)
    expect(all.map(({ fullName }) => fullName)).toEqual(['Lê Ăn', 'Nguyễn Văn Dào', 'Trần Thị Đào'])
    const [first = never()] = await page(null, 1)
    expect([first, ...(await page(first.row, 10))]).toEqual(all)
    expect(all[1]).toMatchObject({
      row: 2,
      hold: 'suspended',
      state: 'LISTED',
      live: true,
      relation: 'self',
    })
  })

  test('the acts on it in order, with who and which set', async () => {
    await as(database, leader, (tx) =>
      payouts.lists.open(tx, leader, { listId: list.id, rows: [2] }),
    )
    await approve(database, list)
    await release(database, list)
    const acts = await as(database, preparer, (tx) => payouts.lists.timeline(tx, list.id))
    expect(acts.map(({ act }) => act)).toEqual([
      'list.approve-rows',
      'list.approve',
      'list.release',
    ])
    expect(acts[1]).toMatchObject({
      actor: leader.actor,
      detail: { contentHash: list.contentHash, rowCount: 3 },
    })
  })
})

describe('a confidential category', () => {
  let id: string

  beforeAll(async () => {
    const communes = await enterTown(database, [{ cash: 2 }], 7)
    await database.admin.query(
      `update person set birth_date = '1980-01-01' where id in (select person_id from enrolment where commune_id = $1)`,
      [communes[0]?.id],
    )
    await database.admin.query(
      `update enrolment e set category_code = c.code, head = c.code
         from (select id, row_number() over (order by id) as n from enrolment where commune_id = $1) o
         join unnest('{HIV_NGHEO,NKT_N}'::text[]) with ordinality c (code, n) using (n) where o.id = e.id`,
      [communes[0]?.id],
    )
    ;({ id } = await as(database, preparer, (tx) =>
      payouts.lists.submit(tx, preparer, communes[0] ?? never(), august),
    ))
  })

  test('is on the list by its neutral code alone', async () => {
    const row = await valueOf(
      database.admin,
      `select row_to_json(e)::text from entitlement e where list_id = $1 and category_code like 'D5-%'`,
      [id],
    )
    expect(row).toContain('"category_code":"D5-15"')
    expect(row).not.toMatch(/HIV|5\.8|6\.1\.g/)
  })

  test('does not stand out among the rows that are shown', async () => {
    const rows = await as(database, leader, (tx) =>
      payouts.lists.rows(tx, { listId: id, after: null, limit: 10 }),
    )
    const shown = rows.map(({ categoryCode, explanation }) => [categoryCode, explanation])
    expect(shown).toEqual(Array(2).fill(['D5-15', '360.000 × 1,5, Điều 6.1']))
  })
})
