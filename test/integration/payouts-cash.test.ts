import { beforeEach, describe, expect, test } from '@jest/globals'
import type { CashOutcome } from '../../src/payouts/channels/cash-service.ts'
import type { StoredCashList } from '../../src/payouts/cash-store.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { balances, stateHash } from '../support/ledger-state.ts'
import { refusalOf } from '../support/outcome.ts'
import { rawApp, refusal } from '../support/sql.ts'
import {
  accountant,
  AMOUNT,
  august,
  enterTown,
  payday,
  releaseLists,
  submit,
  treasurer,
} from '../support/town.ts'

let database: FreshDatabase
let cashList: StoredCashList

const theList = async (): Promise<StoredCashList> => {
  const [one] = await database.app.transact(treasurer, (tx) => payouts.cash.of(tx, august))
  if (one === undefined) throw new Error('a cash list')
  return one
}
const rows = () => database.app.transact(treasurer, (tx) => payouts.cash.rowsOf(tx, cashList.id))
const handOver = (list = cashList) =>
  database.app.transact(treasurer, (tx) => payouts.cash.handOver(tx, treasurer, list, payday))
const settle = (report: readonly CashOutcome[], list = cashList) =>
  database.app.transact(accountant, (tx) =>
    payouts.cash.settle(tx, accountant, list, report, payday),
  )
/** The service's report: all paid but the rows at these places. */
const reportBut = async (...unpaid: readonly number[]): Promise<readonly CashOutcome[]> =>
  (await rows()).map(({ reference, amount }, at) => {
    const paid = !unpaid.includes(at)
    return { reference, amount, paid, reason: paid ? null : 'absent' }
  })
const balanceOf = async (code: string) => {
  const all = [...(await balances(database.admin))]
  return all
    .filter(([account]) => account.startsWith(`${code} `))
    .reduce((sum, [, balance]) => sum + balance, 0n)
}

beforeEach(async () => {
  database = await freshDatabase()
  await releaseLists(database, await enterTown(database, [{ cash: 4, bank: 1 }]))
  cashList = await theList()
})

describe('a cash list', () => {
  test('is handed over once, with its money', async () => {
    expect(cashList).toMatchObject({ total: 4n * AMOUNT, handedOverOn: null, settledOn: null })
    await handOver()
    expect(await balanceOf('1388-SVC')).toBe(4n * AMOUNT)
    expect(await balanceOf('1121-HELD')).toBe(AMOUNT)
    const before = await stateHash(database.admin)
    await handOver()
    expect(await stateHash(database.admin)).toBe(before)
    expect(await theList()).toMatchObject({ handedOverOn: payday, settledOn: null })
  })

  test('is settled by the report: paid rows are paid, the money of the others comes back', async () => {
    await handOver()
    await settle(await reportBut(1))
    expect(await balanceOf('1388-SVC')).toBe(0n)
    expect(await balanceOf('3388-UNPAID')).toBe(AMOUNT)
    expect(await balanceOf('3388-BEN')).toBe(AMOUNT)
    expect(await theList()).toMatchObject({ settledOn: payday, unpaid: AMOUNT })
    const { rows: results } = await database.admin.query(
      `select paid, reason, count(*)::int as count from cash_result group by 1, 2 order by 1`,
    )
    expect(results).toEqual([
      { paid: false, reason: 'absent', count: 1 },
      { paid: true, reason: null, count: 3 },
    ])
  })

  test.each([
    ['everybody came', [], 0n],
    ['nobody came', [0, 1, 2, 3], 4n * AMOUNT],
  ])('is settled when %s', async (_, absent, carried) => {
    await handOver()
    await settle(await reportBut(...absent))
    expect(await balanceOf('3388-UNPAID')).toBe(carried)
    expect(await balanceOf('1388-SVC')).toBe(0n)
  })

  test('is settled once: the same report, or another, changes nothing any more', async () => {
    await handOver()
    const [first, other] = [await reportBut(1), await reportBut(2)]
    await settle(first)
    const before = await stateHash(database.admin)
    await settle(first)
    await settle(other)
    expect(await stateHash(database.admin)).toBe(before)
  })

  test('is settled once by five at once', async () => {
    await handOver()
    const report = await reportBut(3)
    await Promise.all(Array.from({ length: 5 }, () => settle(report)))
    expect(await balanceOf('3388-UNPAID')).toBe(AMOUNT)
  })

  test('that was not handed over is not settled', async () => {
    const before = await stateHash(database.admin)
    expect(await settle(await reportBut()).then(() => 'taken', refusalOf)).toBe('23514')
    expect(await stateHash(database.admin)).toBe(before)
  })

  test('of a list that is not released is not among those to be handed over', async () => {
    const [other] = await enterTown(database, [{ cash: 1 }], 3)
    if (other === undefined) throw new Error('a commune')
    await submit(database, other)
    const lists = await database.app.transact(treasurer, (tx) => payouts.cash.of(tx, august))
    expect(lists.map(({ id }) => id)).toEqual([cashList.id])
  })
})

describe('a report is refused as a whole', () => {
  type Change = (report: readonly CashOutcome[]) => readonly CashOutcome[]
  const changed =
    (with_: Partial<CashOutcome>): Change =>
    ([first, ...others]) =>
      first === undefined ? [] : [{ ...first, ...with_ }, ...others]

  test.each<readonly [string, Change]>([
    ['with a missing row', (report) => report.slice(1)],
    ['without rows', () => []],
    [
      'with a row too many',
      (report) => [...report, { ...report[0], reference: 'X' } as CashOutcome],
    ],
    ['with another amount', changed({ amount: AMOUNT - 1n })],
    ['with an unknown reference', changed({ reference: '2308-19750-ZZZZZ' })],
    ['with one row twice in the place of another', ([a, , ...r]) => (a ? [a, a, ...r] : [])],
    ['with one row twice', (report) => [...report, ...report.slice(0, 1)]],
  ])('%s', async (_, change) => {
    await handOver()
    const report = change(await reportBut(2))
    const before = await stateHash(database.admin)
    expect(await settle(report).then(() => 'taken', refusalOf)).toBe('cash-report-differs')
    expect(await stateHash(database.admin)).toBe(before)
  })
})

test('results that were reported are not rewritten', async () => {
  await handOver()
  await settle(await reportBut(0))
  const client = await rawApp(database)
  expect(await refusal(client, 'update cash_result set paid = true')).toBe('42501')
  expect(await refusal(client, 'delete from cash_result')).toBe('42501')
  const owner = await rawApp(database, database.urls.owner)
  expect(await refusal(owner, 'update cash_result set paid = true')).toBe('LB001')
})
