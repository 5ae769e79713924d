import { beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { addMonths, month } from '../../src/lib/time.ts'
import type { Month } from '../../src/lib/time.ts'
import { writeDraft } from '../../src/payouts/drawing-up.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import type { StoredList } from '../../src/payouts/payouts-store.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
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

const never = (): never => {
  throw new Error('not there')
}
/** Two months that nobody has used. */
const twoMonths = (): readonly [Month, Month] => {
  next = addMonths(next, 3)
  return [addMonths(next, -1), next]
}
/** Marks lists approved behind the ledger's back: the comparison is not about money. */
async function markApproved(...lists: readonly StoredList[]): Promise<void> {
  await database.admin.query('alter table payout_list disable trigger user')
  const sql = `update payout_list set state = 'APPROVED', approved_by = $2 where id = any ($1)`
  await database.admin.query(sql, [lists.map(({ id }) => id), leader.actor])
  await database.admin.query('alter table payout_list enable trigger user')
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
  await markApproved(await submitOwed(database, commune, last, before))
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
    await markApproved(await submitOwed(database, other, last, [{ n: 1, account: 1 }]))
    const moved = `insert into commune_succession values ($1, $2, $3, 'merge', $4, 'test', 'test')
      on conflict (old_commune_id, new_commune_id) do update set effective_on = $3, share = $4`
    await database.admin.query(moved, [other.id, commune.id, present, 0.5])
    const people = (of: CommuneRow) => dueOf(of, present, [{ n: 1, account: 1 }])
    const list = await as(database, preparer, (tx) =>
      writeDraft(tx, preparer, { commune, month: present, due: people(other) }),
    )
    expect((await groupsOf(list)).map(({ change }) => change)).toEqual(['new'])
    await database.admin.query(moved, [other.id, commune.id, present, 1])
    expect((await groupsOf(list)).map(({ change }) => change)).toEqual(['unchanged'])
  })
})

test('last + new − gone ± changed = this, for random months, by group, in total, and for all lists of the month', async () => {
  const some = fc.uniqueArray(
    fc.record({
      n: fc.integer({ min: 1, max: PEOPLE }),
      amount: fc.constantFrom(360_000n, 540_000n, 900_000n),
      account: fc.constantFrom(1, 2, null),
      payee: fc.constantFrom(undefined, 1, 2),
      hold: fc.constantFrom(null, null, 'suspended'),
      component: fc.constantFrom('monthly', 'care'),
      arrears: fc.constantFrom(0, 0, 1, 2),
    }),
    {
      selector: (one) => `${String(one.n)} ${one.component} ${String(one.arrears)}`,
      maxLength: 12,
    },
  )
  const owed = (
    rows: readonly { n: number; arrears: number; payee: number | undefined }[],
    of: Month,
    step: number,
  ): Owed[] => {
    // A person's lines go to one payee.
    const first = new Map<number, Owed>()
    return rows.map(({ arrears, payee, ...one }) => {
      const rest: Owed = { ...one, ...(payee === undefined ? {} : { payee }) }
      const same = first.get(one.n) ?? rest
      first.set(one.n, same)
      const { account = null, hold = null, payee: to = one.n } = same
      return {
        ...rest,
        account,
        hold,
        payee: to,
        period: addMonths(of, arrears === 0 ? 0 : -step * 3 - arrears),
      }
    })
  }
  const sum = (rows: readonly { readonly amount?: bigint }[]) =>
    rows.reduce((all, { amount = 0n }) => all + amount, 0n)
  await fc.assert(
    fc.asyncProperty(some, some, async (before, now) => {
      next = addMonths(next, 9)
      const [last, present] = [addMonths(next, -1), next]
      const [was, is] = [owed(before, last, 1), owed(now, present, 2)]
      const old = await submitOwed(database, commune, last, was)
      await markApproved(old)
      const list = await submitOwed(database, commune, present, is)
      const groups = await groupsOf(list)
      const of = (change: string) =>
        groups.find((group) => group.change === change) ?? { count: 0, last: 0n, now: 0n }
      const all = (value: (group: { last: bigint; now: bigint; count: number }) => bigint) =>
        groups.reduce((s, g) => s + value(g), 0n)
      expect(all((g) => g.last)).toBe(sum(was))
      expect(all((g) => g.now)).toBe(sum(is))
      expect(
        old.total + of('new').now - of('gone').last + of('amount').now - of('amount').last,
      ).toBe(list.total)
      for (const change of ['unchanged', 'account', 'payee', 'hold'])
        expect(of(change).now).toBe(of(change).last)
      const counts = groups.reduce((s, { count }) => s + count, 0)
      expect(old.rowCount + of('new').count).toBe(counts)
      expect(list.rowCount + of('gone').count).toBe(counts)
      // Each group by itself, counted again without SQL.
      expect(Object.fromEntries(groups.map(({ change, count }) => [change, count]))).toEqual(
        countAgain(was, is, last, present),
      )
      expect(await as(database, preparer, (tx) => payouts.lists.changes.in(tx, present))).toEqual(
        groups,
      )
    }),
    { numRuns: 30 },
  )
})

function countAgain(
  was: readonly Owed[],
  is: readonly Owed[],
  last: Month,
  present: Month,
): Record<string, number> {
  const key = ({ n, component = 'monthly', period }: Owed, of: Month) =>
    `${String(n)} ${component} ${period === of ? 'regular' : String(period)}`
  const before = new Map(was.map((one) => [key(one, last), one]))
  const counts: Record<string, number> = {}
  const add = (change: string) => (counts[change] = (counts[change] ?? 0) + 1)
  for (const one of is) {
    const old = before.get(key(one, present))
    before.delete(key(one, present))
    if (old === undefined) add('new')
    else if (old.amount !== one.amount) add('amount')
    else if (old.payee !== one.payee) add('payee')
    else if (old.account !== one.account) add('account')
    else if (old.hold !== one.hold) add('hold')
    else add('unchanged')
  }
  for (let gone = before.size; gone > 0; gone -= 1) add('gone')
  return counts
}
