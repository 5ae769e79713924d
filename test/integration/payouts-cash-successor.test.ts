import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { ledger } from '../../src/ledger/ledger.ts'
import type { LocalDate } from '../../src/lib/time.ts'
import { month } from '../../src/lib/time.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import type { StoredList } from '../../src/payouts/payouts-store.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import { registry } from '../../src/registry/registry.ts'
import { carriedTown } from '../support/carried.ts'
import type { CarriedTown } from '../support/carried.ts'
import { never } from '../support/list-town.ts'
import { as, submitOwed } from '../support/lists.ts'
import { rehome } from '../support/rehoming.ts'
import { columnOf } from '../support/sql.ts'
import { AMOUNT, approve, fund, preparer, release, treasurer } from '../support/town.ts'

/** Cash that nobody fetched in a commune that became another is offered again by the lists of that one. */
const january = month('2025-01')
const payday = '2025-01-10' as LocalDate

let town: CarriedTown
let successor: CommuneRow
let neighbour: CommuneRow

beforeEach(async () => {
  town = await carriedTown()
  await town.leaveUnpaid()
  await rehome(town.database, '2025-01-01')
  const communes = await as(town.database, preparer, (tx) => registry.communes.in(tx, january))
  const [home] = await columnOf(
    town.database.admin,
    `select new_commune_id from commune_succession where old_commune_id = ${String(town.commune.id)}`,
  )
  successor = communes.find(({ id }) => id === home) ?? never()
  neighbour = communes.find(({ id }) => id !== home) ?? never()
  await as(town.database, preparer, (tx) => ledger.openPeriod(tx, preparer, january))
})
afterEach(() => town.database.drop())

/** Where the district still draws the money, what came back lies there already. */
async function fundSuccessor(): Promise<void> {
  const { payingUnit: unit } = successor
  if (unit !== town.commune.payingUnit) await fund(town.database, unit, 5n * AMOUNT)
}

/** A released list of January without rows of its own. */
async function listOf(commune: CommuneRow): Promise<StoredList> {
  const list = await submitOwed(town.database, commune, january, [])
  await approve(town.database, list)
  await release(town.database, list)
  return list
}
const seen = ({ id: listId }: StoredList) =>
  as(town.database, treasurer, (tx) => payouts.cash.toCarry(tx, { listId, on: payday }))
const carry = async ({ id: listId }: StoredList, set: Awaited<ReturnType<typeof seen>>) =>
  as(town.database, treasurer, (tx) =>
    payouts.cash.carry(tx, treasurer, { listId, seen: set, on: payday }),
  )

test('is taken over by the successor’s list, from its money, and by no other', async () => {
  await fundSuccessor()
  const other = await listOf(neighbour)
  expect(await seen(other)).toMatchObject({ rowCount: 0, total: 0n })
  const list = await listOf(successor)
  const set = await seen(list)
  expect(set).toMatchObject({ rowCount: 2, total: 2n * AMOUNT })
  const id = await carry(list, set)
  expect(await town.offered(id)).toEqual(['2 2308', '3 2308'])
  expect(await town.balanceOf('3388-UNPAID')).toBe(0n)
  expect(await seen(list)).toMatchObject({ rowCount: 0 })
})

test('goes where the person lives now: what moved elsewhere is not the successor’s', async () => {
  await town.database.admin.query(
    `set session_replication_role = replica;
     update person set commune_id = ${String(neighbour.id)} where right(id::text, 1) = '2' and commune_id = ${String(successor.id)};
     set session_replication_role = origin`,
  )
  expect(await seen(await listOf(successor))).toMatchObject({ rowCount: 1, total: AMOUNT })
})

test('is not fetched there either, and is offered once more by the next list', async () => {
  await fundSuccessor()
  const list = await listOf(successor)
  await carry(list, await seen(list))
  await town.settle(january, 0, ['2 2308'])
  expect(await town.balanceOf('3388-UNPAID')).toBe(AMOUNT)
  const february = month('2025-02')
  await as(town.database, preparer, (tx) => ledger.openPeriod(tx, preparer, february))
  const next = await submitOwed(town.database, successor, february, [])
  await approve(town.database, next)
  await release(town.database, next)
  expect(await seen(next)).toMatchObject({ rowCount: 1, total: AMOUNT })
})
