import { expect, test } from '@jest/globals'
import { testApi, usersOfRoles } from '../support/api.ts'
import { freshDatabase } from '../support/database.ts'
import { enterTown, releaseLists } from '../support/town.ts'

// A count of coverage is remembered for a moment: of whom it was made, and never for another.

test('what was counted for one is not told to who sees less, and is told again while it is fresh', async () => {
  const database = await freshDatabase()
  const [first, second] = await enterTown(database, [{ wallet: 1 }, { wallet: 2 }])
  const communes = [first, second].flatMap((one) => (one === undefined ? [] : [one]))
  const api = await testApi(database, { coverageFreshMs: 600_000 })
  const users = usersOfRoles(communes.slice(0, 1).map(({ id }) => id))
  const read = async (role: string) => {
    const user = users.get(role) ?? null
    const { body } = await api.call(user, 'GET', '/coverage?month=2023-08-01')
    return body as { readonly cases: number; readonly countedAt: string }
  }
  for (const one of users.values()) await api.enter(one)
  expect(await read('commune-leader')).toMatchObject({ cases: 0 })
  await releaseLists(database, communes)
  const told = [await read('auditor'), await read('commune-officer'), await read('auditor')]
  // The leader and the officer see the same commune: what was counted for one is what the other is told.
  expect(told.map(({ cases }) => cases)).toEqual([3, 0, 3])
  expect(told[2]?.countedAt).toBe(told[0]?.countedAt)
})
