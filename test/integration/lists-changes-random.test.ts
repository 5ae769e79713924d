import { beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { addMonths, month } from '../../src/lib/time.ts'
import type { Month } from '../../src/lib/time.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import type { StoredList } from '../../src/payouts/payouts-store.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { markApproved, never } from '../support/list-town.ts'
import { as, submitOwed } from '../support/lists.ts'
import type { Owed } from '../support/lists.ts'
import { enterTown, preparer } from '../support/town.ts'

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
const groupsOf = (list: StoredList) =>
  as(database, preparer, (tx) => payouts.lists.changes.of(tx, [list.id]))
/** The two lists of two fresh months. */
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
      await markApproved(database, old)
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
