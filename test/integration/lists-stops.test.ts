import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { payouts } from '../../src/payouts/payouts.ts'
import type { StoredList } from '../../src/payouts/payouts-store.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import type { FreshDatabase } from '../support/database.ts'
import { codeOf, listOfFour, personIn, stateIn } from '../support/list-town.ts'
import { balances } from '../support/ledger-state.ts'
import { as, named, submitOwed, why, withdraw } from '../support/lists.ts'
import { plan, scripted, send } from '../support/sending.ts'
import {
  accountant,
  AMOUNT,
  approve,
  august,
  FUNDS,
  leader,
  payday,
  preparer,
  release,
  treasurer,
} from '../support/town.ts'

let database: FreshDatabase
let commune: CommuneRow
let list: StoredList

beforeEach(async () => {
  ;({ database, commune, list } = await listOfFour())
})
afterEach(() => database.drop())

const personAt = (row: number) => personIn(database, list, row)
const stateAt = (row: number) => stateIn(database, list, row)
const hold = async (row: number, by = accountant) => {
  const subject = { personId: await personAt(row) }
  const order = { subject, communeId: commune.id, from: payday, on: payday, ...why }
  return as(database, by, (tx) => payouts.holds.place(tx, by, order))
}
const stop = async (rows: readonly number[], by = leader) => {
  const seen = await named(database, list, rows)
  const order = {
    listId: list.id,
    set: rows,
    seen,
    on: payday,
    reasonCode: 'death',
    reason: 'Đã chết',
  }
  await as(database, by, (tx) => payouts.lists.stop(tx, by, order))
}

describe('a stop', () => {
  const ownedBy = async () => {
    const all = await balances(database.admin)
    const kept = [...all].filter(([account]) => /^(1121|3388-BEN|3371|511|611)/.test(account))
    return Object.fromEntries<bigint | string | undefined>(
      kept.map(([account, balance]) => [account.split(' ')[0] ?? '', balance]),
    )
  }

  test('of a held and of a queued row frees the money and owes nothing, to the đồng', async () => {
    await hold(1)
    await approve(database, list)
    await release(database, list)
    const { rows } = await database.admin.query(
      `select count(*)::int as n from account where code = '3388-BEN' and balance > 0`,
    )
    expect(rows).toEqual([{ n: 4 }])
    await stop([1, 2])
    expect(await stateAt(1)).toBe('CANCELLED death')
    expect(await stateAt(2)).toBe('CANCELLED death')
    expect(await ownedBy()).toMatchObject({
      '1121-FREE': FUNDS - 2n * AMOUNT,
      '1121-HELD': 2n * AMOUNT,
      '3371': FUNDS - 2n * AMOUNT,
      '511': 2n * AMOUNT,
      '611-BEN': 2n * AMOUNT,
    })
    expect(await codeOf(stop([1]))).toBe('state-transition')
  })

  test('of all rows of an approved list before a withdrawal leaves nothing behind', async () => {
    const before = await balances(database.admin)
    await approve(database, list)
    await stop([2, 3], treasurer)
    await withdraw(database, list, leader)
    expect(await balances(database.admin)).toEqual(before)
  })

  test('is not for the preparer, nor for what is on its way or handed over', async () => {
    await approve(database, list)
    expect(await codeOf(stop([1], preparer))).toBe('same-person')
    await release(database, list)
    for (const { orderId } of await plan(database)) {
      await send(
        database,
        scripted(() => ({ kind: 'unknown', reason: 'x' })),
        { id: orderId },
      )
    }
    const before = await balances(database.admin)
    expect(await codeOf(stop([1]))).toBe('state-transition')
    expect(await codeOf(stop([3]))).toBe('state-transition')
    expect(await balances(database.admin)).toEqual(before)
  })

  test('makes room for the same entitlement on a later list', async () => {
    await approve(database, list)
    await stop([1])
    const again = await submitOwed(database, commune, '2023-09-01' as typeof august, [
      { n: 1, period: august },
    ])
    expect(again.rowCount).toBe(1)
  })
})
