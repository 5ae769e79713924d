import { beforeEach, describe, expect, test } from '@jest/globals'
import { localDate, month } from '../../src/lib/time.ts'
import { entitledBefore, entitledOfMerged } from '../../src/payouts/due-store.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { registry } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import { day, enterPeople, officerOf, personNo, someone } from '../support/people.ts'
import { by, openRegistry } from '../support/registry-town.ts'
import type { Registry } from '../support/registry-town.ts'
import { accountant, leader, preparer } from '../support/town.ts'
import { vault } from '../support/vault.ts'

// Two rows of one person were both paid, or one after the other: merged, they are one person before the law (ADR 0025).

const HEAD = 'HIV_NGHEO'
let town: Registry
let here = 0
let there = 0

beforeEach(async () => {
  town = await openRegistry(await freshDatabase())
  const [one, other] = town.communes
  here = one?.id ?? 0
  there = other?.id ?? 0
  const twice = { birthDate: day('1990-03-07'), communeId: here }
  await enterPeople(town.database, [
    someone(1, { ...twice, idNumber: '046190900001' }),
    someone(2, { ...twice, idNumber: '046190900002' }),
    someone(3, { ...twice, communeId: there, idNumber: '046190900003' }),
    someone(4, { ...twice, idNumber: '046190900004' }),
  ])
})

const merge = async (loser: number, winner: number) => {
  const rows = { loserId: personNo(loser), winnerId: personNo(winner), reason: 'Nhập hai lần' }
  const mergeId = await town.as(preparer, (tx) => registry.people.proposeMerge(tx, preparer, rows))
  const decision = { mergeId, confirm: true, on: day('2023-10-01') }
  await town.as(leader, (tx) => registry.people.decideMerge(tx, vault, leader, decision))
}
const grant = (n: number, on: string, communeId = here) =>
  town.grant(personNo(n), HEAD, on, { communeId })
const stop = (n: number, lost: string) =>
  town.as(preparer, (tx) =>
    registry.enrolments.stop(tx, preparer, {
      ...{ personId: personNo(n), head: HEAD, lost: month(lost), reason: 'INELIGIBLE' },
      ...by('2023-08-20'),
    }),
  )
const dueFor = (seen: number) => {
  const officer = officerOf(seen)
  return town.as(officer, async (tx) =>
    (await payouts.lists.due(tx, seen, month('2023-09'))).map(
      ({ personId, component, period, amount }) =>
        `${personId.slice(-1)} ${component} ${period.slice(0, 7)} ${String(amount)}`,
    ),
  )
}
const looked = (n: number) => ({
  ...{ people: [personNo(n)], since: month('2023-07'), until: month('2023-09') },
  ...{ on: localDate('2023-09-20'), reason: 'DUPLICATE' },
})
const tooMuch = (n: number) =>
  town.as(accountant, async (tx) => {
    const { people, since, until } = looked(n)
    const entitled = { entitled: entitledBefore, entitledMerged: entitledOfMerged }
    const found = await registry.notOwed(tx, { people, since, until, ...entitled })
    return found.map(
      ({ personId, period, amount }) =>
        `${personId.slice(-1)} ${period.slice(0, 7)} ${String(amount)}`,
    )
  })

describe('a month that a list carried for the row that was merged', () => {
  beforeEach(async () => {
    await grant(2, '2023-07-05')
    for (const list of ['2023-07', '2023-08']) await town.list(list)
    await stop(2, '2023-08')
    await grant(1, '2023-07-05')
  })

  test('is owed again while they are two rows', async () => {
    expect(await dueFor(here)).toEqual([
      ...['1 monthly 2023-07 540000', '1 monthly 2023-08 540000', '1 monthly 2023-09 540000'],
    ])
  })

  test('is not owed to the row that stays', async () => {
    await merge(2, 1)
    expect(await dueFor(here)).toEqual(['1 monthly 2023-09 540000'])
    expect(await tooMuch(1)).toEqual([])
  })

  test('is not owed either when that row is merged in its turn', async () => {
    await merge(2, 1)
    await stop(1, '2023-08')
    await grant(4, '2023-07-05')
    await merge(1, 4)
    expect(await dueFor(here)).toEqual(['4 monthly 2023-09 540000'])
  })
})

test('an officer who does not see the commune of the row that was merged pays no month twice', async () => {
  await grant(3, '2023-07-05', there)
  const [, other] = town.communes
  for (const list of ['2023-07', '2023-08']) await town.list(list, other)
  await stop(3, '2023-08')
  await grant(1, '2023-07-05')
  await merge(3, 1)
  expect(await dueFor(here)).toEqual(['1 monthly 2023-09 540000'])
  expect(await dueFor(there)).toEqual([])
})

test('what was carried for both is too much once, of the row that was merged', async () => {
  await grant(1, '2023-07-05')
  await grant(2, '2023-08-05')
  for (const list of ['2023-07', '2023-08']) await town.list(list)
  await stop(2, '2023-08')
  expect(await tooMuch(1)).toEqual([])
  await merge(2, 1)
  expect(await tooMuch(1)).toEqual(['2 2023-08 540000'])
  expect(await dueFor(here)).toEqual(['1 monthly 2023-09 540000'])
})

test('a death that names the number of the row that was merged is of the row that stays', async () => {
  await merge(2, 1)
  const rows =
    'so_dinh_danh,ho_ten,ngay_chet,so_giay_chung_tu\n046190900002,Nguyễn Thị Ánh Mẫu,15/08/2023,1/TLKT'
  const file = await registry.imports.read('deaths', { name: 'a.csv', bytes: Buffer.from(rows) })
  await town.as(preparer, (tx) => registry.deaths.receiveFeed(tx, vault, preparer, file))
  const [report] = await town.as(preparer, (tx) => registry.deaths.waiting(tx, 10))
  expect(report).toMatchObject({ state: 'PROPOSED', personId: personNo(1) })
})
