import { beforeEach, describe, expect, test } from '@jest/globals'
import { localDate, month } from '../../src/lib/time.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { reissue } from '../support/office.ts'
import { valueOf } from '../support/sql.ts'
import { accountant, august, enterTown, fund, FUNDS, preparer } from '../support/town.ts'
import { liveMonth } from '../support/unpaid.ts'
import type { Fate, Fates } from '../support/unpaid.ts'

const MONTHS = ['2023-06', '2023-07', '2023-08']

let database: FreshDatabase
let commune: CommuneRow

beforeEach(async () => {
  database = await freshDatabase()
  const [first] = await enterTown(database, [{ bank: 9 }])
  if (first === undefined) throw new Error('a commune')
  commune = first
  await fund(database, commune.payingUnit, FUNDS)
})

const live = async (fates: Fates, months = MONTHS) => {
  for (const [at, of] of months.entries())
    await liveMonth(database, commune, { month: of, at, fates })
}
const unpaid = async (before = '2023-09') => {
  const rows = await database.app.transact(accountant, (tx) =>
    payouts.unpaidMonths(tx, { before: month(before), months: 3 }),
  )
  return [...new Set(rows.map(({ personId }) => Number(personId.slice(-4))))]
}
const propose = () =>
  database.app.transact(preparer, (tx) =>
    payouts.proposeUnpaid(tx, preparer, { month: month('2023-09'), on: localDate('2023-08-28') }),
  )

describe('three months that nobody received', () => {
  test.each<[string, readonly Fate[], boolean]>([
    ['rejected, each time for the account', ['rejected', 'rejected', 'rejected'], true],
    ['returned and rejected', ['returned', 'rejected', 'returned'], true],
    ['unpaid in cash', ['cash-unpaid', 'cash-unpaid', 'cash-unpaid'], true],
    ['through an account, then in cash', ['rejected', 'returned', 'cash-unpaid'], true],
    ['but the middle one was paid', ['rejected', 'paid', 'rejected'], false],
    ['but the middle one was paid in cash', ['cash-unpaid', 'cash-paid', 'cash-unpaid'], false],
    ['but the last was paid', ['returned', 'returned', 'paid'], false],
    ['but of one it is not known', ['rejected', 'rejected', 'unknown'], false],
    ['but one failed at the bank', ['rejected', 'bank-failed', 'rejected'], false],
    ['but we held one', ['rejected', 'held', 'rejected'], false],
    ['but the cash is not reported yet', ['cash-unpaid', 'cash-unpaid', 'cash-open'], false],
  ])('%s', async (_, fates, wanted) => {
    await live({ 1: fates })
    expect(await unpaid()).toEqual(wanted ? [1] : [])
  })

  test('are months on end: neither two of them nor three with a gap', async () => {
    await live({ 1: ['rejected', 'rejected', 'rejected'] }, ['2023-05', '2023-07', '2023-08'])
    expect(await unpaid()).toEqual([])
    expect(await unpaid('2023-10')).toEqual([])
  })

  test('are not any more when a corrected payment is under way', async () => {
    await live({ 1: ['rejected', 'rejected', 'rejected'], 2: ['rejected', 'rejected', 'rejected'] })
    const failed = await database.app.transact(preparer, (tx) => payouts.failedOf(tx, august))
    const [one] = failed.filter(({ payeeId }) => payeeId.endsWith('1'))
    if (one === undefined) throw new Error('a payment that failed')
    await reissue(database, one)
    expect(await unpaid()).toEqual([2])
  })
})

test('are proposed to be suspended, once, for another person to decide', async () => {
  await live({
    ...{
      1: ['rejected', 'returned', 'rejected'],
      2: ['cash-unpaid', 'cash-unpaid', 'cash-unpaid'],
    },
    ...{ 3: ['rejected', 'paid', 'rejected'], 4: ['paid', 'paid', 'paid'] },
  })
  expect(await propose()).toBe(2)
  expect(await propose()).toBe(0)
  const proposed = `select string_agg(distinct right(person_id::text, 1) || ' ' || state || ' ' || reason || ' ' || from_month, ', ') from suspension`
  expect(await valueOf(database.admin, proposed)).toBe(
    '1 PROPOSED UNPAID_3M 2023-09-01, 2 PROPOSED UNPAID_3M 2023-09-01',
  )
})
