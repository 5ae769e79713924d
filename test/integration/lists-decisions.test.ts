import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { payouts } from '../../src/payouts/payouts.ts'
import type { StoredList } from '../../src/payouts/payouts-store.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import type { FreshDatabase } from '../support/database.ts'
import { codeOf, listTown } from '../support/list-town.ts'
import { balances } from '../support/ledger-state.ts'
import { as, current, refuse, why, withdraw } from '../support/lists.ts'
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
const stateOf = (list: StoredList) =>
  valueOf(database.admin, 'select state from payout_list where id = $1', [list.id])
const states = async () => {
  const { rows } = await database.admin.query<{ state: string; count: number }>(
    'select state, count(*)::int as count from instruction group by 1 order by 1',
  )
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]))
}

describe('a refused list', () => {
  test('goes back to its maker with the reason, and stands no more', async () => {
    const list = await submit()
    await refuse(database, list)
    expect(await stateOf(list)).toBe('REFUSED')
    expect(await states()).toEqual({ CANCELLED: 3 })
    const back = await as(database, preparer, (tx) => payouts.lists.returnedTo(tx, preparer.actor))
    expect(back).toMatchObject([
      { number: list.number, rows: null, total: 5n * AMOUNT, ...why, by: leader.actor },
    ])
    expect(await current(database, commune)).toBeUndefined()
  })

  test('is followed by a new version with numbers of its own, which is approved and released', async () => {
    const first = await submit()
    await refuse(database, first)
    expect(await codeOf(submit())).toBe('taken')
    const second = await submit()
    expect(second).toMatchObject({ version: 2, number: `2308-${commune.code}-2`, rowCount: 5 })
    expect(await codeOf(approve(database, first))).toBe('state-transition')
    await approve(database, second)
    await release(database, second)
    expect(await states()).toEqual({ CANCELLED: 3, QUEUED: 3 })
    const live = `select count(*)::int from entitlement where live`
    expect(await valueOf(database.admin, live)).toBe(5)
    expect(
      await as(database, preparer, (tx) => payouts.lists.returnedTo(tx, preparer.actor)),
    ).toEqual([])
  })

  test('needs a known reason and words', async () => {
    const list = await submit()
    const refused = (reason: typeof why) =>
      codeOf(
        as(database, leader, (tx) =>
          payouts.lists.refuse(tx, leader, {
            listId: list.id,
            seen: list,
            on: town.payday,
            ...reason,
          }),
        ),
      )
    expect(await refused({ ...why, reasonCode: 'because' })).toBe('reason-unknown')
    expect(await refused({ ...why, reason: ' ' })).toBe('reason-missing')
    expect(await stateOf(list)).toBe('SUBMITTED')
  })

  test('is not refused by its maker; the treasurer still may when it is approved, and the money comes back', async () => {
    const list = await submit()
    expect(await codeOf(refuse(database, list, preparer))).toBe('same-person')
    const before = await balances(database.admin)
    await approve(database, list)
    expect(await codeOf(refuse(database, list, leader))).toBe('same-person')
    await refuse(database, list, town.treasurer)
    expect(await balances(database.admin)).toEqual(before)
  })

  test('has people who keep their sides in the next version', async () => {
    await refuse(database, await submit())
    // Who decided on the first does not prepare the second.
    const byLeader = as(database, leader, (tx) => payouts.lists.submit(tx, leader, commune, august))
    expect(await codeOf(byLeader)).toBe('same-person')
    // Who prepared the first does not approve or release the second, though another prepared it.
    const second = await as(database, accountant, (tx) =>
      payouts.lists.submit(tx, accountant, commune, august),
    )
    expect(await codeOf(approve(database, second, preparer))).toBe('same-person')
    await approve(database, second)
    expect(await codeOf(release(database, second, preparer))).toBe('same-person')
    await release(database, second)
  })
})

describe('a list is withdrawn', () => {
  test('as a draft and while submitted by who prepared it, and nothing was booked', async () => {
    const draft = await as(database, preparer, (tx) =>
      payouts.lists.drawUp(tx, preparer, commune, august),
    )
    await withdraw(database, draft)
    const list = await submit()
    const before = await balances(database.admin)
    expect(await codeOf(withdraw(database, list, leader))).toBe('not-theirs')
    await withdraw(database, list)
    expect(await balances(database.admin)).toEqual(before)
    expect(await submit()).toMatchObject({ version: 3, state: 'SUBMITTED' })
  })

  test('while approved by who approved it, with every balance back to the đồng', async () => {
    const before = await balances(database.admin)
    const list = await submit()
    await approve(database, list)
    expect(await balances(database.admin)).not.toEqual(before)
    expect(await codeOf(withdraw(database, list, preparer))).toBe('not-theirs')
    await withdraw(database, list, leader)
    expect(await balances(database.admin)).toEqual(before)
    expect(await states()).toEqual({ CANCELLED: 3 })
    // The same money is approved again.
    await approve(database, await submit())
    expect((await balances(database.admin)).get(`1121-FREE unit:${commune.payingUnit}`)).toBe(
      5n * AMOUNT,
    )
  })

  test('not any more once it is released', async () => {
    const list = await submit()
    await approve(database, list)
    await release(database, list)
    expect(await codeOf(withdraw(database, list, leader))).toBe('state-transition')
  })
})
