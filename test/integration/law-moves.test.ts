import { beforeEach, describe, expect, test } from '@jest/globals'
import type { Act } from '../../src/lib/act.ts'
import { month } from '../../src/lib/time.ts'
import { NO_FACTS } from '../../src/registry/enrolment-decisions.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { registry } from '../../src/registry/registry.ts'
import { freshDatabase } from '../support/database.ts'
import { never } from '../support/list-town.ts'
import { refusalOf } from '../support/outcome.ts'
import { day, enterPeople, officerOf, personNo, someone } from '../support/people.ts'
import { by, openRegistry } from '../support/registry-town.ts'
import type { Registry } from '../support/registry-town.ts'
import { preparer } from '../support/town.ts'

// Who moves within a district (Art 8.3) is on the lists of two communes whose officers do not see each other's: what one of them
// carried the other does not owe again, and no list is refused as a whole because of one person.

let town: Registry
let [from, to] = [0, 0]
const person = personNo(1)

beforeEach(async () => {
  town = await openRegistry(await freshDatabase())
  const [one = never(), other = never()] = town.communes
  ;[from, to] = [one.id, other.id]
  const resident = { birthDate: day('1990-03-07'), communeId: from, idNumber: '046190900001' }
  await enterPeople(town.database, [someone(1, resident)])
  await town.grant(person, 'HIV_NGHEO', '2023-06-05')
})

/** The home and the benefit, from August on, by a decision of then. */
async function moveInAugust(): Promise<void> {
  const home = { personId: person, toCommuneId: to, on: day('2023-08-20'), document: 'CT07' }
  const benefit = { personId: person, toCommuneId: to, from: month('2023-08'), ...by('2023-08-20') }
  await town.as(preparer, async (tx) => {
    await registry.people.move(tx, preparer, [home])
    await registry.enrolments.moveWithin(tx, preparer, benefit)
  })
}

/** A better head since June, by a decision that came after the move. */
const grantLate = () =>
  town.grant(person, 'NKT_DBN', '2023-08-25', {
    ...{ communeId: to, facts: { ...NO_FACTS, certificateMonth: month('2023-06') } },
  })

const due = (communeId: number, of: string, as: Act = officerOf(communeId)) =>
  town.as(as, async (tx) =>
    (await payouts.lists.due(tx, communeId, month(of))).map(
      ({ component, period, amount }) => `${component} ${period.slice(0, 7)} ${String(amount)}`,
    ),
  )
/** Draws up and submits the list of a commune: how many rows it has, or why it is refused. */
const list = (communeId: number, of: string, as: Act = officerOf(communeId)) => {
  const commune = town.communes.find(({ id }) => id === communeId) ?? never()
  return town
    .as(as, (tx) => payouts.lists.submit(tx, as, commune, month(of)))
    .then(({ rowCount }) => rowCount, refusalOf)
}
const everyMonthOnce = async () => {
  const { rows } = await town.database.admin.query<{ period: string; total: string }>(
    `select to_char(month, 'YYYY-MM') as period, sum(amount)::text as total from entitlement where live group by 1 order by 1`,
  )
  return rows.map(({ period, total }) => `${period} ${total}`)
}

describe('a person who moved', () => {
  test('is not owed again what the old commune’s list had carried when the move was decided', async () => {
    for (const each of ['2023-06', '2023-07', '2023-08']) expect(await list(from, each)).toBe(1)
    await moveInAugust()
    expect(await due(to, '2023-09')).toEqual(['monthly 2023-09 540000'])
    expect([await list(to, '2023-09'), await list(from, '2023-09')]).toEqual([1, 0])
    expect(await everyMonthOnce()).toEqual(
      ['06', '07', '08', '09'].map((of) => `2023-${of} 540000`),
    )
  })

  test('is owed the difference of earlier months once, by the new commune, by a decision that came later', async () => {
    for (const each of ['2023-06', '2023-07', '2023-08']) expect(await list(from, each)).toBe(1)
    await moveInAugust()
    await grantLate()
    const late = ['06', '07', '08'].map((of) => `difference 2023-${of} 180000`)
    expect(await due(to, '2023-09')).toEqual([...late, 'monthly 2023-09 720000'])
    expect([await list(to, '2023-09'), await list(from, '2023-09')]).toEqual([4, 0])
    expect([await list(from, '2023-10'), await list(to, '2023-10')]).toEqual([0, 1])
    expect(await everyMonthOnce()).toEqual(
      ['06', '07', '08', '09', '10'].map((of) => `2023-${of} 720000`),
    )
  })

  test('whose earlier months the province put on the new commune’s list is not owed them on the old one’s', async () => {
    await moveInAugust()
    await grantLate()
    expect(await list(to, '2023-08', preparer)).toBe(3)
    expect(await due(from, '2023-08')).toEqual([])
    expect([await list(from, '2023-08'), await list(from, '2023-09')]).toEqual([0, 0])
    expect(await list(to, '2023-09')).toBe(1)
    expect(await everyMonthOnce()).toEqual(
      ['06', '07', '08', '09'].map((of) => `2023-${of} 720000`),
    )
  })
})
