import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { LocalDate } from '../../src/lib/time.ts'
import { carriedTown, october, september } from '../support/carried.ts'
import type { CarriedTown } from '../support/carried.ts'
import { codeOf } from '../support/list-town.ts'
import { stateHash } from '../support/ledger-state.ts'
import { columnOf } from '../support/sql.ts'
import { accountant, AMOUNT, august, leader, preparer } from '../support/town.ts'

/** Cash that nobody fetched in August is offered again with the lists of September and October, until it is fetched. */
let town: CarriedTown

beforeEach(async () => {
  town = await carriedTown()
  await town.leaveUnpaid()
})
afterEach(() => town.database.drop())

describe('what August left unpaid in cash', () => {
  test('is offered again by a further cash list of September, owed again and its money held', async () => {
    const list = await town.list(september, [1, 2])
    const before = await town.balanceOf('1121-HELD')
    const set = await town.seen(list)
    expect(set).toMatchObject({ rowCount: 2, total: 2n * AMOUNT })
    const id = await town.carry(list)
    expect(id).toBe(`${list.number}-TM2`)
    expect(await town.offered(id)).toEqual(['2 2308', '3 2308'])
    expect(await town.offered(`${list.number}-TM`)).toEqual(['2 2309'])
    expect(await town.balanceOf('3388-UNPAID')).toBe(0n)
    expect(await town.balanceOf('1121-HELD')).toBe(before + 2n * AMOUNT)
    expect(
      await columnOf(
        town.database.admin,
        `select encode(content_hash, 'hex') from cash_list where id = '${id ?? ''}'`,
      ),
    ).toEqual([set.contentHash])
  })

  test('is offered once, however often September takes over', async () => {
    const list = await town.list(september, [1])
    const set = await town.seen(list)
    const id = await town.carry(list, set)
    const before = await stateHash(town.database.admin)
    expect(await town.carry(list, set)).toBe(id)
    expect(await town.carry(list)).toBeNull()
    expect(await stateHash(town.database.admin)).toBe(before)
    expect(await town.cashLists(september)).toHaveLength(1)
  })

  test('is offered once, by five at once and by two months at once', async () => {
    const [one, other] = [await town.list(september, [1]), await town.list(october, [1])]
    const [set, next] = [await town.seen(one), await town.seen(other)]
    const asked = [one, one, other, one, other, one].map((list) =>
      town.carry(list, list === one ? set : next).catch(() => null),
    )
    await Promise.all(asked)
    const numbers = `select count(*)::int from cash_list_row where turn > 1`
    expect(await columnOf(town.database.admin, numbers)).toEqual([2])
    expect(await town.balanceOf('3388-UNPAID')).toBe(0n)
  })

  test('is fetched in September and not offered in October', async () => {
    await town.carry(await town.list(september, [1]))
    await town.settle(september, 0, [])
    expect(await town.carry(await town.list(october, [1]))).toBeNull()
    // What is left is owed to those with an account, who were not paid in these months.
    expect(await town.balanceOf('3388-BEN')).toBe(3n * AMOUNT)
    expect(await town.balanceOf('1388-SVC')).toBe(0n)
  })

  test('is not fetched again, and is offered again in October', async () => {
    await town.carry(await town.list(september, [1]))
    await town.settle(september, 0, ['3 2308'])
    expect(await town.balanceOf('3388-UNPAID')).toBe(AMOUNT)
    const later = await town.carry(await town.list(october, [1]))
    expect(await town.offered(later)).toEqual(['3 2308'])
    await town.settle(october, 0, [])
    expect(await town.balanceOf('3388-UNPAID')).toBe(0n)
    expect(
      await columnOf(
        town.database.admin,
        `select turn::int from cash_list_row order by 1 desc limit 1`,
      ),
    ).toEqual([3])
  })

  test('waits as long as the list that offers it is not settled, and is not offered twice a month', async () => {
    const list = await town.list(september, [1])
    await town.carry(list)
    const next = await town.list(october, [1])
    expect(await town.carry(next)).toBeNull()
    await town.settle(september, 0, ['2 2308'])
    expect(await town.carry(list)).toBeNull()
    expect(await town.offered(await town.carry(next))).toEqual(['2 2308'])
  })

  test('is joined by what later months left unpaid', async () => {
    await town.list(september, [2])
    await town.settle(september, 0, ['2 2309'])
    const id = await town.carry(await town.list(october, [1]))
    expect(await town.offered(id)).toEqual(['2 2308', '3 2308', '2 2309'])
  })

  test('is not taken over by its own month', async () => {
    const [list] = await columnOf<string>(town.database.admin, `select id::text from payout_list`)
    const set = await town.seen({ id: list ?? '', month: august } as Parameters<
      CarriedTown['seen']
    >[0])
    expect(set.rowCount).toBe(0)
  })
})

describe('it is asked again', () => {
  test('whether they live: a dead person is not taken over, and stays carried', async () => {
    const list = await town.list(september, [1])
    await town.dies(2, '2023-08-20' as LocalDate)
    const set = await town.seen(list)
    expect([...set.held.values()]).toEqual(['beneficiary-dead'])
    expect(await town.offered(await town.carry(list, set))).toEqual(['3 2308'])
    expect(await town.balanceOf('3388-UNPAID')).toBe(AMOUNT)
  })

  test('and a death after the set was seen makes it another set', async () => {
    const list = await town.list(september, [1])
    const set = await town.seen(list)
    await town.dies(2, '2023-08-20' as LocalDate)
    expect(await codeOf(town.carry(list, set))).toBe('list-differs')
    expect(await town.cashLists(september)).toEqual([])
  })
})

describe('it is taken over', () => {
  test.each([
    ['by who prepared', preparer],
    ['by who approved', leader],
  ])('not %s the list', async (_, by) => {
    const list = await town.list(september, [1])
    const set = await town.seen(list)
    expect(await codeOf(town.carry(list, set, by))).toBe('same-person')
    expect(await town.carry(list, set, accountant)).toBe(`${list.number}-TM`)
  })
})

test('without money for it nothing is taken over, and what is missing is said', async () => {
  const poor = await carriedTown(5n)
  await poor.leaveUnpaid()
  const list = await poor.list(september, [2])
  await poor.takeBack(AMOUNT)
  await expect(poor.carry(list)).rejects.toMatchObject({
    code: 'below-floor',
    extra: { missing: String(AMOUNT) },
  })
  expect(await poor.cashLists(september)).toHaveLength(1)
  expect(await poor.balanceOf('3388-UNPAID')).toBe(2n * AMOUNT)
  await poor.database.drop()
})
