import { beforeAll, expect, test } from '@jest/globals'
import { invariant } from '../../src/lib/errors.ts'
import { createLog } from '../../src/lib/log.ts'
import { localDate } from '../../src/lib/time.ts'
import { operations } from '../../src/operations/operations.ts'
import type { PersonId } from '../../src/lib/act.ts'
import { testApi, usersOfRoles } from '../support/api.ts'
import type { TestApi, TestUser } from '../support/api.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { proposing } from '../support/proposing.ts'
import { astray } from '../support/rehoming.ts'
import { enterTown } from '../support/town.ts'
import { UNSIGNED } from '../support/long-work.ts'
import { vault } from '../support/vault.ts'

// Two of the department bring residents onto a new map; it is long work, and they watch it.

const NEW_MAP = '2025-07-01'
const today = () => localDate('2025-07-02')

let database: FreshDatabase
let api: TestApi
let department: TestUser
let other: TestUser

beforeAll(async () => {
  database = await freshDatabase()
  api = await testApi(database, { today })
  const [commune] = await enterTown(database, [{ bank: 1 }, { cash: 1 }])
  const one = usersOfRoles([commune?.id ?? 0]).get('welfare-department')
  invariant(one, 'somebody of the department')
  department = one
  other = { ...one, id: '00000009-0000-7000-8000-000000000902' as PersonId }
  for (const user of [department, other]) await api.enter(user)
})

const work = () =>
  operations.runJobs({ db: database.app, vault, today, log: createLog('silent'), papers: UNSIGNED })

test('what communes are on another map is there', async () => {
  const path = `/communes/on-map?month=2023-08-01&mapDay=${NEW_MAP}`
  const { items } = (await api.call(department, 'GET', path)).body as {
    readonly items: readonly { readonly relation: string; readonly onMap: { validFrom: string } }[]
  }
  expect(items).toHaveLength(141)
  expect(items[0]).toMatchObject({ relation: 'became', share: '1' })
})

test('residents go over on the word of two, once, as whoever confirms can see', async () => {
  const acts = proposing(api)
  const late = await api.call(department, 'POST', '/communes/rehomings', {
    body: { on: '2025-07-03' },
  })
  expect(late).toMatchObject({ status: 422, body: { code: 'day-to-come' } })
  const ask = () => acts.ask(department, '/communes/rehomings', { on: NEW_MAP })
  const asked = await ask()
  expect(await acts.confirm(department, asked)).toMatchObject({ code: 'same-person' })
  expect(await astray(database, NEW_MAP)).toBe(2)
  const { answer } = await acts.confirm(other, asked)
  expect(answer).toMatchObject({ kind: 'rehoming', state: 'QUEUED' })
  expect(await work()).toBe(1)
  const path = `/jobs/${(answer as { readonly id: string }).id}`
  expect((await api.call(other, 'GET', path)).body).toMatchObject({
    // From the map of 2023 to that of January, and on to that of July.
    ...{ state: 'DONE', rowsDone: '4', result: { people: 4, enrolments: 4 } },
  })
  expect(await astray(database, NEW_MAP)).toBe(0)
  const { rows } = await database.admin.query(
    'select distinct entered_by, confirmed_by from commune_rehoming',
  )
  expect(rows).toEqual([{ entered_by: department.id, confirmed_by: other.id }])
  await acts.confirm(other, await ask())
  expect(await work()).toBe(1)
  const { body } = await api.call(other, 'GET', '/jobs')
  expect(body).toMatchObject({ items: [{ state: 'DONE', result: { people: 0 } }, {}] })
})
