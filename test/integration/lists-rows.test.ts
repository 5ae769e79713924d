import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { payouts } from '../../src/payouts/payouts.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import type { FreshDatabase } from '../support/database.ts'
import { codeOf, listTown } from '../support/list-town.ts'
import { balances, stateHash } from '../support/ledger-state.ts'
import { as, decideRows, named, submitOwed, why } from '../support/lists.ts'
import { valueOf } from '../support/sql.ts'
import * as town from '../support/town.ts'
import { accountant, AMOUNT, approve, august, leader, preparer, release } from '../support/town.ts'

let database: FreshDatabase
let commune: CommuneRow

beforeEach(async () => {
  ;({ database, commune } = await listTown({ bank: 3, cash: 2 }))
})
afterEach(() => database.drop())

const submit = () => town.submit(database, commune)
const states = async () => {
  const { rows } = await database.admin.query<{ state: string; count: number }>(
    'select state, count(*)::int as count from instruction group by 1 order by 1',
  )
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]))
}

describe('rows are decided on one by one', () => {
  test('and the list is approved with the last of them, without those that were refused', async () => {
    const list = await submit()
    expect(await decideRows(database, list, 'approve', [1, 3])).toBe('SUBMITTED')
    expect(await decideRows(database, list, 'refuse', [2, 5])).toBe('SUBMITTED')
    expect((await balances(database.admin)).get(`1121-HELD list:${list.number}`)).toBeUndefined()
    expect(await decideRows(database, list, 'approve', 'undecided')).toBe('APPROVED')
    const after = await balances(database.admin)
    expect(after.get(`1121-HELD list:${list.number}`)).toBe(3n * AMOUNT)
    expect([...after].filter(([account]) => account.startsWith('3388-BEN'))).toHaveLength(3)
    expect(await states()).toEqual({ APPROVED: 2, CANCELLED: 1 })
    const [back] = await as(database, preparer, (tx) =>
      payouts.lists.returnedTo(tx, preparer.actor),
    )
    expect(back).toMatchObject({ rows: [2, 5], total: 2n * AMOUNT, ...why })
  })

  test('and released as what stands, named by count, sum and hash', async () => {
    const list = await submit()
    await decideRows(database, list, 'refuse', [1])
    await decideRows(database, list, 'approve', 'undecided')
    expect(await codeOf(release(database, list))).toBe('list-differs')
    const seen = await as(database, leader, (tx) => payouts.lists.standing(tx, list.id))
    await release(database, { ...list, ...seen })
    expect(await states()).toEqual({ CANCELLED: 1, QUEUED: 2 })
  })

  test('a refused row may be on a later list', async () => {
    const list = await submit()
    await decideRows(database, list, 'refuse', [1])
    await decideRows(database, list, 'approve', 'undecided')
    const arrears = await submitOwed(database, commune, '2023-09-01' as typeof august, [
      { n: 1, period: august },
    ])
    expect(arrears).toMatchObject({ rowCount: 1, total: AMOUNT })
    expect(
      await valueOf(database.admin, 'select warnings from entitlement where list_id = $1', [
        arrears.id,
      ]),
    ).toEqual(['arrears'])
  })

  test('not twice, not by the maker, not of another list, not as another set', async () => {
    const list = await submit()
    await decideRows(database, list, 'approve', [1, 2])
    expect(await codeOf(decideRows(database, list, 'approve', [2, 3]))).toBe('state-transition')
    expect(await codeOf(decideRows(database, list, 'approve', [3], preparer))).toBe('same-person')
    expect(await codeOf(decideRows(database, list, 'approve', [99]))).toBe('list-differs')
    const seen = await named(database, list, [3])
    const other = as(database, leader, (tx) =>
      payouts.lists.approveRows(tx, leader, {
        listId: list.id,
        set: [3, 4],
        seen,
        on: town.payday,
      }),
    )
    const error = await other.catch((refused: unknown) => refused)
    expect(error).toMatchObject({ code: 'list-differs' })
    expect(String(error)).toContain('1 dòng, 360000 đồng; hiện có 2 dòng, 720000 đồng')
  })

  test('and who decided on any of them does not release the list', async () => {
    const list = await submit()
    await decideRows(database, list, 'approve', [1], accountant)
    await decideRows(database, list, 'approve', 'undecided')
    expect(await codeOf(release(database, list, accountant))).toBe('same-person')
    await release(database, list)
  })
})

describe('rows with a warning that must be opened', () => {
  const list = () =>
    submitOwed(database, commune, august, [
      { n: 1, account: 1, warnings: ['shared-account'] },
      { n: 2, account: 2, warnings: ['expires-soon'] },
      { n: 3, account: 3, warnings: ['account-changed', 'name-differs'] },
      { n: 4 },
    ])

  test('are named when the list is approved unopened, and nothing happens', async () => {
    const submitted = await list()
    const before = await stateHash(database.admin)
    const error = await approve(database, submitted).catch((refused: unknown) => refused)
    expect(error).toMatchObject({ code: 'rows-not-opened', extra: { rows: [1, 3] } })
    expect(String(error)).toContain('phải mở xem trước khi duyệt: 1, 3')
    expect(await stateHash(database.admin)).toBe(before)
    // Rows without one are approved meanwhile.
    expect(await decideRows(database, submitted, 'approve', [2, 4])).toBe('SUBMITTED')
  })

  test('must be opened by who approves, each of them', async () => {
    const submitted = await list()
    const open = (rows: number[], by = leader) =>
      as(database, by, (tx) => payouts.lists.open(tx, by, { listId: submitted.id, rows }))
    await open([1, 3], accountant)
    await open([1])
    expect(await codeOf(approve(database, submitted))).toBe('rows-not-opened')
    expect(
      await as(database, leader, (tx) => payouts.lists.toOpen(tx, leader, submitted.id)),
    ).toEqual([3])
    await open([3])
    await approve(database, submitted)
    const times = await as(database, leader, (tx) => payouts.lists.reviewTimes(tx, submitted.id))
    expect(times.map(({ row, person }) => [row, person])).toEqual([
      [1, accountant.actor],
      [3, accountant.actor],
      [1, leader.actor],
      [3, leader.actor],
    ])
    expect(times.slice(2).every(({ milliseconds }) => Number(milliseconds) >= 0)).toBe(true)
    // Nobody can open what is decided.
    expect(await codeOf(open([2]))).toBe('state-transition')
  })

  test('are those that the data say', async () => {
    await database.admin.query(`update row_warning set must_open = code = 'expires-soon'`)
    const error = await approve(database, await list()).catch((refused: unknown) => refused)
    expect(error).toMatchObject({ code: 'rows-not-opened', extra: { rows: [2] } })
  })
})

test('what is missing is said in words, with the unit and the amount', async () => {
  const list = await submitOwed(database, commune, august, [{ n: 4, amount: 12n * AMOUNT }])
  await as(database, leader, (tx) => payouts.lists.open(tx, leader, { listId: list.id, rows: [1] }))
  const error = await approve(database, list).catch((refused: unknown) => refused)
  expect(error).toMatchObject({ code: 'below-floor', extra: { missing: '720000' } })
  expect(String(error)).toContain(`đơn vị chi trả ${commune.payingUnit} còn thiếu 720.000 đồng`)
})
