import { beforeAll, expect, test } from '@jest/globals'
import { invariant } from '../../src/lib/errors.ts'
import { testApi, usersOfRoles } from '../support/api.ts'
import type { TestApi, TestUser } from '../support/api.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { longWork } from '../support/long-work.ts'
import { textOf } from '../support/pdf.ts'
import { enterTown, releaseLists } from '../support/town.ts'

// Numbers of people on a list: masked for everybody, in clear for whose role may see them and says what for.

let database: FreshDatabase
let api: TestApi
let users: ReadonlyMap<string, TestUser>
let listId: string
let accounts: readonly string[]

beforeAll(async () => {
  database = await freshDatabase()
  api = await testApi(database)
  const communes = await enterTown(database, [{ bank: 2 }])
  const [list] = await releaseLists(database, communes)
  invariant(list !== undefined, 'a list')
  listId = list.id
  accounts = [1, 2].map((n) => `999${String(list.communeId * 10_000 + n).padStart(9, '0')}`)
  users = usersOfRoles([list.communeId])
  for (const one of users.values()) await api.enter(one)
})

const user = (role: string): TestUser => {
  const found = users.get(role)
  invariant(found, role)
  return found
}
const purpose = 'Đối chiếu với ngân hàng'
const body = (more: object = {}) => ({
  ...{ document: { kind: 'payout-list', listId }, format: 'pdf', ...more },
})
const view = (role: string, more?: object) =>
  api.call(user(role), 'POST', '/documents/view', { body: body(more) })
const purposes = async () =>
  (
    await database.admin.query<{ purpose: string | null }>(
      `select detail->>'purpose' as purpose from audit_event where act = 'document.view' order by id`,
    )
  ).rows.map(({ purpose: said }) => said)

test('numbers are masked unless a purpose is said, which the paper and the trail keep', async () => {
  const masked = textOf((await view('commune-officer')).bytes)
  const clear = textOf((await view('commune-officer', { purpose })).bytes)
  for (const account of accounts) {
    expect(masked).not.toContain(account)
    expect(clear.replaceAll(' ', '')).toContain(account)
  }
  expect(masked).toContain('••••')
  expect(clear).toContain(`Số đầy đủ, để: ${purpose}.`)
  expect(await purposes()).toEqual([null, purpose])
})

test('whose role may not see them is refused, also as long work', async () => {
  expect(await view('auditor')).toMatchObject({ status: 200 })
  expect(await view('auditor', { purpose })).toMatchObject({ status: 403 })
  const job = await api.call(user('auditor'), 'POST', '/jobs/papers', { body: body({ purpose }) })
  expect(job).toMatchObject({ status: 403 })
})

test('long work has them too, for who may see them when it is fetched', async () => {
  const desk = longWork(database, api)
  const id = await desk.ask(user('commune-officer'), 'papers', body({ purpose }))
  await desk.work()
  const answer = await desk.fileOf(user('commune-officer'), id)
  const text = textOf(Buffer.from(await answer.arrayBuffer()))
  for (const account of accounts) expect(text.replaceAll(' ', '')).toContain(account)
  await desk.sql(
    `delete from role_action where role = 'commune-officer' and action = 'people.reveal'`,
  )
  // Whoever’s roles change is asked anew what they may.
  const name = `Test ${user('commune-officer').id}`
  const identity = api.identities.get(name)
  invariant(identity, 'the officer signs in')
  api.identities.set(name, { ...identity, version: identity.version + 1 })
  expect((await desk.fileOf(user('commune-officer'), id)).status).toBe(403)
})

test('a paper without such numbers is not asked for them', async () => {
  const document = { kind: 'coverage-report', month: '2023-08-01', mapDay: '2023-08-01' }
  expect(await view('welfare-department', { document, purpose })).toMatchObject({
    status: 422,
    body: { code: 'nothing-to-reveal', errors: [{ pointer: '/document/kind' }] },
  })
})
