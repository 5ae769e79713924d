import { expect, test } from '@jest/globals'
import { documents } from '../../src/documents/documents.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import type { StoredList } from '../../src/payouts/payouts-store.ts'
import { carriedTown, october, september } from '../support/carried.ts'
import type { CarriedTown } from '../support/carried.ts'
import { exported } from '../support/exported.ts'
import { sealPosted } from '../support/papers.ts'
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

/** What the paper of a list says of each person under the last sealed head: unpaid before, and what came of it. */
async function onPaper({ database }: CarriedTown, { id: listId }: StoredList) {
  const request = { kind: 'payout-list', listId } as const
  const { rows } = await exported(database, leader, 'csv', (tx, out) =>
    documents.view(tx, vault, leader, { request, format: 'csv', out, linesMax: 100 }),
  )
  return rows
    .filter((row) => /^[1-9]$/.test(row['STT'] ?? ''))
    .map((row) => [row['Chưa nhận tháng trước'], row['Kết quả']].join('|'))
    .sort()
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

test('the paper of a list says so as far as the ledger was sealed, and what came of each row', async () => {
  const town = await carriedTown()
  const first = await town.leaveUnpaid()
  const second = await town.list(september, [1, 2, 3, 4])
  const nothing = Array<string>(4).fill('|')
  expect([await onPaper(town, first), await onPaper(town, second)]).toEqual([nothing, nothing])
  await sealPosted(town.database)
  const august = [
    '|',
    ...Array<string>(2).fill('|Chưa lĩnh 10/08/2023'),
    '|Đã lĩnh tiền mặt 10/08/2023',
  ]
  const before = [august, ['360.000|', '360.000|', '|', '|'].sort()]
  expect([await onPaper(town, first), await onPaper(town, second)]).toEqual(before)

  await town.carry(second)
  await town.settle(september, 1, ['3 2308'])
  // What is not sealed yet is of no paper under this head.
  expect([await onPaper(town, first), await onPaper(town, second)]).toEqual(before)
  await sealPosted(town.database)
  expect(await onPaper(town, first)).toEqual([
    ...['|', '|Chưa lĩnh 10/09/2023', '|Đã lĩnh tiền mặt 10/08/2023'],
    '|Đã lĩnh tiền mặt 10/09/2023',
  ])
  expect(await onPaper(town, second)).toEqual(['360.000|', '|', '|', '|'].sort())
  await town.database.drop()
})
