import { beforeAll, describe, expect, test } from '@jest/globals'
import { addMonths, month } from '../../src/lib/time.ts'
import type { Month } from '../../src/lib/time.ts'
import { writeDrafts } from '../../src/payouts/drawing-up.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import type { StoredList } from '../../src/payouts/payouts-store.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { markApproved, never } from '../support/list-town.ts'
import { as, decideRows, dueOf, submitOwed } from '../support/lists.ts'
import type { Owed } from '../support/lists.ts'
import { AMOUNT, enterTown, leader, preparer } from '../support/town.ts'

/** Everybody of the town may be on any list: months go on and on, each test takes its own two. */
const PEOPLE = 6

let database: FreshDatabase
let communes: readonly CommuneRow[]
let commune: CommuneRow
let next: Month = month('2030-01')

beforeAll(async () => {
  database = await freshDatabase()
  communes = await enterTown(database, [{ bank: PEOPLE }, { bank: PEOPLE }])
  commune = communes[0] ?? never()
})

/** Two months that nobody has used. */
const twoMonths = (): readonly [Month, Month] => {
  next = addMonths(next, 3)
  return [addMonths(next, -1), next]
}
const groupsOf = (list: StoredList) =>
  as(database, preparer, (tx) => payouts.lists.changes.of(tx, [list.id]))
const rowsOf = (
  list: StoredList,
  change: Parameters<typeof payouts.lists.changes.rows>[1]['change'],
  after = '',
  limit = 100,
) =>
  as(database, preparer, (tx) =>
    payouts.lists.changes.rows(tx, { listId: list.id, change, after, limit }),
  )

/** The two lists of two fresh months. */
async function twoLists(before: readonly Owed[], now: readonly Owed[]): Promise<StoredList> {
  const [last, present] = twoMonths()
  await markApproved(database, await submitOwed(database, commune, last, before))
  return submitOwed(database, commune, present, now)
}

describe('a list against last month', () => {
  test('puts each row in one group, with everything that differs as flags', async () => {
    const list = await twoLists(
      [
        { n: 1, account: 1 },
        { n: 2, account: 2 },
        { n: 3, account: 3, amount: 500_000n },
        { n: 4, account: 4 },
        { n: 5, account: 5 },
      ],
      [
        { n: 1, account: 1 },
        { n: 2, account: 3 },
        { n: 3, account: 4, amount: 400_000n, payee: 1, hold: 'suspended' },
        { n: 4, account: 4, hold: 'suspended' },
        { n: 5, account: 5, payee: 6 },
        { n: 6, account: 6 },
      ],
    )
    expect(await groupsOf(list)).toMatchObject([
      { change: 'account', count: 1, last: AMOUNT, now: AMOUNT },
      { change: 'amount', count: 1, last: 500_000n, now: 400_000n },
      { change: 'hold', count: 1, last: AMOUNT, now: AMOUNT },
      { change: 'new', count: 1, last: 0n, now: AMOUNT },
      { change: 'payee', count: 1, last: AMOUNT, now: AMOUNT },
      { change: 'unchanged', count: 1, last: AMOUNT, now: AMOUNT },
    ])
    const [row] = await rowsOf(list, 'amount')
    expect(row).toMatchObject({
      row: 3,
      flags: ['amount', 'payee', 'account', 'hold'],
      lastAmount: 500_000n,
      amount: 400_000n,
    })
    const all = await rowsOf(list, 'changed')
    const [first = never(), second = never()] = await rowsOf(list, 'changed', '', 2)
    expect(all.slice(0, 2)).toEqual([first, second])
    expect(await rowsOf(list, 'changed', second.number ?? '')).toEqual(all.slice(2))
  })

  test('never compares arrears: new where they stand, gone a month later', async () => {
    const [last, present] = twoMonths()
    const early = addMonths(last, -7)
    await markApproved(
      database,
      await submitOwed(database, commune, last, [
        { n: 1, account: 1 },
        { n: 1, account: 1, period: early },
      ]),
    )
    const list = await submitOwed(database, commune, present, [
      { n: 1, account: 1 },
      { n: 1, account: 1, period: addMonths(early, -1) },
    ])
    expect((await groupsOf(list)).map(({ change, count }) => [change, count])).toEqual([
      ['gone', 1],
      ['new', 1],
      ['unchanged', 1],
    ])
  })

  test('whose last list was refused or only submitted is all new', async () => {
    const [last, present] = twoMonths()
    await submitOwed(database, commune, last, [{ n: 1, account: 1 }])
    const list = await submitOwed(database, commune, present, [{ n: 1, account: 1 }])
    expect((await groupsOf(list)).map(({ change }) => change)).toEqual(['new'])
  })

  test('is approved for what did not change in one act, and row by row for the rest', async () => {
    const list = await twoLists(
      [
        { n: 1, account: 1 },
        { n: 2, account: 2 },
      ],
      [
        { n: 1, account: 1 },
        { n: 2, account: 2, amount: 400_000n },
        { n: 3, account: 3 },
      ],
    )
    const set = await as(database, leader, (tx) => payouts.lists.setOf(tx, list.id, 'unchanged'))
    expect(set).toMatchObject({ rows: [1], rowCount: 1, total: AMOUNT })
    expect(await decideRows(database, list, 'approve', 'unchanged')).toBe('SUBMITTED')
    expect(
      await as(database, leader, (tx) => payouts.lists.setOf(tx, list.id, 'unchanged')),
    ).toMatchObject({ rows: [] })
  })

  test('follows a commune into the one that it became, whole', async () => {
    const other = communes[1] ?? never()
    const [last, present] = twoMonths()
    await markApproved(database, await submitOwed(database, other, last, [{ n: 1, account: 1 }]))
    const moved = `insert into commune_succession values ($1, $2, $3, 'merge', $4, 'test', 'test')
      on conflict (old_commune_id, new_commune_id) do update set effective_on = $3, share = $4`
    await database.admin.query(moved, [other.id, commune.id, present, 0.5])
    const { lines, payees } = dueOf(other, present, [{ n: 1, account: 1 }])
    const due = { payees, lines: lines.map((line) => ({ ...line, communeId: commune.id })) }
    const [list = never()] = await as(database, preparer, (tx) =>
      writeDrafts(tx, preparer, { communes: [commune], month: present, due }),
    )
    expect((await groupsOf(list)).map(({ change }) => change)).toEqual(['new'])
    await database.admin.query(moved, [other.id, commune.id, present, 1])
    expect((await groupsOf(list)).map(({ change }) => change)).toEqual(['unchanged'])
  })
})
