import { beforeEach, expect, test } from '@jest/globals'
import type { PersonId } from '../../src/lib/act.ts'
import { localDate, month } from '../../src/lib/time.ts'
import type { StoredList } from '../../src/payouts/list.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { registry } from '../../src/registry/registry.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import { markApproved, never } from '../support/list-town.ts'
import { by, openRegistry, second } from '../support/registry-town.ts'
import type { Registry } from '../support/registry-town.ts'
import { preparer } from '../support/town.ts'

const AUGUST = month('2023-08')
let town: Registry
let communes: readonly CommuneRow[]

beforeEach(async () => {
  town = await openRegistry(await freshDatabase())
  communes = town.communes.slice(0, 3)
})

const at = (n: number) => communes[n] ?? never()

/** Who belongs to one commune, has moved into another, or died in one and lived in another. */
async function enterEverybody(): Promise<void> {
  for (const { id: communeId } of communes) {
    const person = await town.person()
    await town.grant(person, 'HIV_NGHEO', '2023-01-05', { communeId })
  }
  const mover = await town.person()
  await town.grant(mover, 'HIV_NGHEO', '2023-01-05')
  const move = { personId: mover, toCommuneId: at(1).id, from: month('2023-07') }
  await town.as(preparer, (tx) =>
    registry.enrolments.moveWithin(tx, preparer, { ...move, ...by('2023-07-03') }),
  )
  const [dead, organiser] = [await town.person(), await town.person({ commune: at(2) })]
  await town.grant(dead, 'HIV_NGHEO', '2023-01-05')
  await bury(dead, organiser)
  await town.database.admin.query('update enrolment set commune_id = $2 where person_id = $1', [
    dead,
    at(2).id,
  ])
}

/** Somebody whom one commune carried last month, with little money, and another carries now. */
async function moveAfterList(): Promise<void> {
  const mover = await town.person()
  await town.grant(mover, 'HIV_NGHEO', '2023-07-05')
  await town.list('2023-07')
  const july = await town.as(preparer, (tx) => payouts.lists.of(tx, month('2023-07')))
  await markApproved(town.database, ...july)
  await town.database.admin.query('alter table entitlement disable trigger user')
  await town.database.admin.query('update entitlement set amount = 1000')
  await town.database.admin.query('alter table entitlement enable trigger user')
  const move = { personId: mover, toCommuneId: at(1).id, from: AUGUST, ...by('2023-08-03') }
  await town.as(preparer, (tx) => registry.enrolments.moveWithin(tx, preparer, move))
}

async function bury(personId: PersonId, organiserId: PersonId): Promise<void> {
  const death = { personId, diedOn: localDate('2023-07-15'), certificate: '12/TLKT' }
  const id = await town.as(preparer, (tx) => registry.deaths.report(tx, preparer, death))
  await town.as(second, (tx) =>
    registry.deaths.confirm(tx, second, { ids: [id], on: localDate('2023-07-20') }),
  )
  const opened = await town.as(preparer, (tx) =>
    registry.deaths.openFuneral(tx, preparer, {
      ...{ personId, organiserId, certificate: '1', stated: [] },
    }),
  )
  const { decision } = by('2023-07-25')
  await town.as(second, (tx) =>
    registry.deaths.decideFuneral(tx, second, { id: opened.id, decision }),
  )
}

/** What lists say in a transaction that leaves nothing behind. */
async function tried(
  draw: (tx: Parameters<typeof payouts.lists.submit>[0]) => Promise<readonly StoredList[]>,
) {
  const end = new Error('rolled back')
  let lists: readonly StoredList[] = []
  await town
    .as(preparer, async (tx) => {
      lists = await draw(tx)
      throw end
    })
    .catch((error: unknown) => {
      if (error !== end) throw error
    })
  return lists.map(({ number, state, rowCount, total, contentHash }) => ({
    ...{ number, state, rowCount, total, contentHash },
  }))
}

test('lists drawn up together are those drawn up one by one, row for row', async () => {
  await enterEverybody()
  const single = await tried(async (tx) => {
    const lists: StoredList[] = []
    for (const one of communes) lists.push(await payouts.lists.submit(tx, preparer, one, AUGUST))
    return lists
  })
  const together = await tried((tx) => payouts.lists.submitAll(tx, preparer, communes, AUGUST))
  expect(together).toEqual(single)
  expect(single.map(({ rowCount }) => rowCount)).toEqual([9, 16, 15])
})

test('a row is compared with last month on the lists that its own commune follows', async () => {
  await moveAfterList()
  await town.as(preparer, (tx) => payouts.lists.submitAll(tx, preparer, communes, AUGUST))
  const sql = `select commune_id, amount::integer, warnings from entitlement where month = $1`
  const { rows } = await town.database.admin.query<object>(sql, [AUGUST])
  expect(rows).toEqual([{ commune_id: at(1).id, amount: 540_000, warnings: [] }])
})

test('a list that is there is returned as it is, the others are drawn up', async () => {
  await enterEverybody()
  await town.list('2023-08', at(1))
  const lists = await town.as(preparer, (tx) =>
    payouts.lists.submitAll(tx, preparer, communes, AUGUST),
  )
  expect(lists.map(({ communeId }) => communeId)).toEqual(communes.map(({ id }) => id))
  expect(lists.map(({ version, state }) => `${version} ${state}`)).toEqual(
    Array(3).fill('1 SUBMITTED'),
  )
  const again = await town.as(preparer, (tx) =>
    payouts.lists.submitAll(tx, preparer, communes, AUGUST),
  )
  expect(again).toEqual(lists)
})
