import { expect, test } from '@jest/globals'
import { payouts } from '../../src/payouts/payouts.ts'
import type { StoredList } from '../../src/payouts/payouts-store.ts'
import { carriedTown, october, september } from '../support/carried.ts'
import type { CarriedTown } from '../support/carried.ts'
import { exported } from '../support/exported.ts'
import { leader } from '../support/town.ts'
import { vault } from '../support/vault.ts'

/** What the file of a list says of each row: for whom and when, the total, and what was left unpaid before. */
async function told({ database }: CarriedTown, list: StoredList) {
  const request = { listId: list.id, format: 'csv', seen: list } as const
  const { rows, info } = await exported(database, leader, 'csv', (tx, out) =>
    payouts.lists.export(tx, vault, leader, out, request),
  )
  const lines = rows.map(
    (row) =>
      `${row['Mã khoản hưởng'] ?? ''} ${row['Tổng'] ?? ''} ${row['Chưa nhận tháng trước'] ?? ''}`,
  )
  return { lines: lines.map((line) => line.replace(/^(\d{4})-\S+ /, '$1 ').trimEnd()).sort(), info }
}

test('a list says what earlier months left unpaid for its people, once a person and beside its own sum', async () => {
  const town = await carriedTown()
  await town.leaveUnpaid()
  const list = await town.list(september, [1, 2, 3, 4])
  const { lines, info } = await told(town, list)
  // The first was paid through an account and is on its way, the fourth fetched the cash.
  expect(lines).toEqual([
    ...['2309 360.000', '2309 360.000', '2309 360.000 360.000', '2309 360.000 360.000'],
  ])
  expect(info).toMatchObject({ 'Tổng số tiền (đồng)': '1.440.000', 'Số dòng': '4' })

  await town.carry(list)
  await town.settle(september, 1, ['3 2308'])
  await town.settle(september, 0, ['3 2309'])
  expect((await told(town, await town.list(october, [2, 3]))).lines).toEqual([
    ...['2310 360.000', '2310 360.000 720.000'],
  ])
  await town.database.drop()
})
