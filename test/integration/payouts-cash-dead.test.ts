import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { PersonId } from '../../src/lib/act.ts'
import type { LocalDate } from '../../src/lib/time.ts'
import type { StoredList } from '../../src/payouts/payouts-store.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { registry } from '../../src/registry/registry.ts'
import { carriedTown, october, september } from '../support/carried.ts'
import type { CarriedTown } from '../support/carried.ts'
import { codeOf, never } from '../support/list-town.ts'
import { as, named } from '../support/lists.ts'
import { represent, representationOf } from '../support/payees.ts'
import { AMOUNT, august, leader, preparer } from '../support/town.ts'

// Cash of the month in which somebody died, which nobody fetched: it is handed to no representative, and goes to the organiser.

const DIED = '2023-09-20' as LocalDate
const REPORTED = '2023-10-10' as LocalDate
const PAPER = '00000041-0000-7000-8000-000000000077'
let town: CarriedTown
let list: StoredList

beforeEach(async () => {
  town = await carriedTown()
  await town.list(august, [2, 3])
  await town.settle(august, 0, [])
  list = await town.list(september, [2, 3])
  await town.settle(september, 0, ['2 2309'])
  await town.dies(2, DIED)
})
afterEach(() => town.database.drop())

const personOf = (n: number) =>
  `00000002-0000-7000-8000-${String(town.commune.id * 10_000 + n).padStart(12, '0')}` as PersonId

/** The third organises the funeral of the second, and receives what is still owed for them. */
async function organise(): Promise<void> {
  const { id: communeId } = town.commune
  const paper = {
    ...{ id: PAPER, personId: personOf(2), representativeId: personOf(3) },
    ...{ kind: 'funeral_organiser' as const, validFrom: '2023-09-21' as LocalDate },
    validTo: '2023-12-31' as LocalDate,
  }
  await represent(town.database, [representationOf(1, communeId, paper)])
  const payee = {
    ...{ id: PAPER.replace('77', '78'), personId: personOf(2), payeeId: personOf(3), communeId },
    ...{ programme: 'BTXH', from: october, representationId: PAPER, paymentAccountId: null },
  }
  await as(town.database, preparer, (tx) =>
    registry.payees.assign(tx, preparer, [payee], leader.actor),
  )
}

/** The place of the n-th person's row on the list. */
async function rowOf(n: number): Promise<number> {
  const { rows } = await town.database.admin.query<{ row: number }>(
    'select row from entitlement where list_id = $1 and person_id = $2',
    [list.id, personOf(n)],
  )
  return rows[0]?.row ?? never()
}
async function stop(row: number): Promise<void> {
  const seen = await named(town.database, list, [row])
  const order = { listId: list.id, set: [row], seen, on: REPORTED }
  const why = { reasonCode: 'death', reason: 'Đã chết, giải quyết với thân nhân' }
  await as(town.database, leader, (tx) => payouts.lists.stop(tx, leader, { ...order, ...why }))
}
const owedToTheDead = async () => {
  const lines = await as(town.database, preparer, (tx) =>
    payouts.lists.due(tx, town.commune.id, october),
  )
  return lines
    .filter(({ personId }) => personId === personOf(2))
    .map(({ period, amount, payeeId, relation, hold }) =>
      [period.slice(0, 7), amount, Number(payeeId.slice(-1)), relation, hold].join(' '),
    )
}

test('is on no later offer and somebody’s task until it is stopped; then the law owes it to the organiser', async () => {
  const next = await town.list(october, [3])
  const set = await town.seen(next)
  expect([set.rowCount, [...set.held.values()]]).toEqual([0, ['beneficiary-dead']])
  expect(await town.carry(next, set)).toBeNull()
  expect(await owedToTheDead()).toEqual([])
  await town.takeBack(await town.balanceOf('1121-FREE'))
  await stop(await rowOf(2))
  // Nothing is owed or carried for the row any more, and no money was asked of a unit that has none.
  expect(await town.balanceOf('3388-UNPAID')).toBe(0n)
  expect(await town.balanceOf('1121-FREE')).toBe(0n)
  expect((await town.seen(next)).held.size).toBe(0)
  expect(await owedToTheDead()).toEqual([`2023-09 ${String(AMOUNT)} 2 self beneficiary-dead`])
  await organise()
  expect(await owedToTheDead()).toEqual([`2023-09 ${String(AMOUNT)} 3 funeral_organiser `])
})

test('cash that was fetched, or is offered and not reported yet, is stopped by nobody', async () => {
  const fetched = await rowOf(3)
  expect(await codeOf(stop(fetched))).toBe('state-transition')
  list = await town.list(october, [3])
  const offered = await rowOf(3)
  expect(await codeOf(stop(offered))).toBe('state-transition')
})
