import { beforeAll, expect, test } from '@jest/globals'
import type { PersonId } from '../../src/lib/act.ts'
import { decisionExample, forNobody } from '../../src/api/routes/papers.ts'
import { invariant } from '../../src/lib/errors.ts'
import { month } from '../../src/lib/time.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { testApi, usersOfRoles } from '../support/api.ts'
import type { TestApi, TestUser } from '../support/api.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { officerOf } from '../support/people.ts'
import { enterTown } from '../support/town.ts'

// A move between two communes (Art 8.3, 8.4) is asked for by the commune that is left; whoever confirms sees both.

let database: FreshDatabase
let api: TestApi
let [from, to] = [0, 0]
let person = '' as PersonId
let officer: TestUser
let leader: TestUser
let welfare: TestUser
let elsewhere: TestUser

beforeAll(async () => {
  database = await freshDatabase()
  const [one, other] = await enterTown(database, [{ cash: 1 }, {}])
  invariant(one && other, 'two communes')
  ;[from, to] = [one.id, other.id]
  const { rows } = await database.admin.query<{ id: PersonId }>('select id from person')
  person = rows[0]?.id ?? person
  api = await testApi(database)
  const users = usersOfRoles([from])
  const roles = ['commune-officer', 'commune-leader', 'welfare-department']
  const [first, second, third] = roles.map((role) => users.get(role))
  invariant(first && second && third, 'a user of each role')
  ;[officer, leader, welfare] = [first, second, third]
  const id = '00000009-0000-7000-8000-000000000999' as PersonId
  elsewhere = { ...officer, id, communes: [to] }
  for (const user of [officer, leader, welfare, elsewhere]) await api.enter(user)
})

const ask = async (path: string, body: object) => {
  const asked = await api.call(officer, 'POST', `/people/${person}${path}`, {
    body: { ...body, ...forNobody },
  })
  expect([asked.status, asked.body]).toMatchObject([202, {}])
  return asked.body as { readonly proposal: string; readonly contentHash: string }
}
const confirm = async (who: TestUser, asked: Awaited<ReturnType<typeof ask>>) => {
  const { proposal, contentHash } = asked
  const path = `/proposals/${proposal}/confirmation`
  const { status, body } = await api.call(who, 'POST', path, { body: { contentHash } })
  return status === 200 ? 200 : (body as { readonly code: string }).code
}
const owedIn = async (communeId: number, of: string) => {
  const lines = await database.app.transact(officerOf(communeId), (tx) =>
    payouts.lists.due(tx, communeId, month(of)),
  )
  return lines.map(({ period, amount }) => `${period.slice(0, 7)} ${String(amount)}`)
}

test('the department confirms a move that neither commune may write alone; no month twice, none left out', async () => {
  const benefit = await ask('/enrolments/moves-within', {
    ...{ toCommuneId: to, from: '2023-09-01', decision: decisionExample },
  })
  expect(await confirm(leader, benefit)).toBe('move-scope')
  expect(await confirm(welfare, benefit)).toBe(200)
  const home = await ask('/moves', { toCommuneId: to, on: '2023-08-28', document: 'CT07 12' })
  expect(await confirm(leader, home)).toBe('move-scope')
  expect((await api.call(elsewhere, 'GET', `/people/${person}`)).status).toBe(404)
  expect(await confirm(welfare, home)).toBe(200)
  expect(await api.call(elsewhere, 'GET', `/people/${person}`)).toMatchObject({
    ...{ status: 200, body: { communeId: to } },
  })
  expect([await owedIn(from, '2023-08'), await owedIn(to, '2023-08')]).toEqual([
    ...[['2023-08 360000'], []],
  ])
  expect([await owedIn(from, '2023-09'), await owedIn(to, '2023-09')]).toMatchObject([
    ...[expect.not.arrayContaining(['2023-09 360000']), ['2023-09 360000']],
  ])
})
