import { beforeAll, expect, test } from '@jest/globals'
import { invariant } from '../../src/lib/errors.ts'
import { newKey, testApi, usersOfRoles } from '../support/api.ts'
import type { TestApi, TestUser } from '../support/api.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { enterTown, fund, FUNDS } from '../support/town.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'

let database: FreshDatabase
let api: TestApi
let communes: readonly CommuneRow[]
let users: ReadonlyMap<string, TestUser>

const user = (role: string): TestUser => {
  const found = users.get(role)
  invariant(found, `a user with the role ${role}`)
  return found
}
const commune = (at: number): CommuneRow => {
  const found = communes[at]
  invariant(found, 'a commune')
  return found
}
const month = '2023-08-01'

beforeAll(async () => {
  database = await freshDatabase()
  api = await testApi(database)
  communes = await enterTown(database, [{ bank: 3, cash: 1 }, { wallet: 2 }, { bank: 2 }])
  for (const unit of new Set(communes.map(({ payingUnit }) => payingUnit))) {
    await fund(database, unit, FUNDS)
  }
  users = usersOfRoles([commune(0).id])
  for (const one of users.values()) await api.enter(one)
})

const submitted = async () => {
  const { body } = await api.call(user('commune-officer'), 'GET', `/lists?month=${month}`)
  const { items } = body as {
    items: { id: string; rowCount: number; total: string; contentHash: string }[]
  }
  const [list] = items
  invariant(list, 'a list')
  const { id, rowCount, total, contentHash } = list
  return { id, seen: { rowCount, total, contentHash } }
}

test('nobody unknown is answered', async () => {
  const { status, body, headers } = await api.call(null, 'GET', '/me')
  expect(status).toBe(401)
  expect(body).toMatchObject({ code: 'unauthenticated', title: 'Hãy đăng nhập' })
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json/)
  expect(headers.get('cache-control')).toBe('no-store')
})

test('a list goes from its maker to its release by three people, each within their role', async () => {
  const body = { communeId: commune(0).id, month }
  const officer = user('commune-officer')
  const made = await api.call(officer, 'POST', '/lists', { body })
  expect(made).toMatchObject({
    status: 201,
    body: { state: 'SUBMITTED', rowCount: 4, total: '1440000' },
  })
  const { id, seen } = await submitted()
  const decide = (who: string, what: string, more: object) =>
    api.call(user(who), 'POST', `/lists/${id}/${what}`, { body: { seen, ...more } })
  // Not his: neither the role nor, in another role, the person.
  expect(await decide('commune-officer', 'approvals', { set: 'all' })).toMatchObject({
    status: 403,
    body: { code: 'not-permitted' },
  })
  const other = { ...seen, total: '1440001' }
  const wrong = { body: { seen: other, set: 'all' } }
  expect(
    await api.call(user('commune-leader'), 'POST', `/lists/${id}/approvals`, wrong),
  ).toMatchObject({ status: 409, body: { code: 'list-differs' } })
  const leader = user('commune-leader')
  const { body: waiting } = await api.call(leader, 'GET', `/lists/${id}/rows`)
  const rows = (waiting as { items: { row: number }[] }).items.map(({ row }) => row)
  await api.call(leader, 'POST', `/lists/${id}/openings`, { body: { rows } })
  expect(await decide('commune-leader', 'approvals', { set: 'all' })).toMatchObject({
    status: 200,
    body: { state: 'APPROVED' },
  })
  expect(await decide('treasury-approver', 'release', {})).toMatchObject({ status: 200 })
  const { body: timeline } = await api.call(user('auditor'), 'GET', `/lists/${id}/timeline`)
  const { items } = timeline as { items: { act: string; actor: string }[] }
  expect(items.map(({ act, actor }) => [act, actor])).toEqual([
    ['list.submit', officer.id],
    ['list.approve-rows', leader.id],
    ['list.approve', leader.id],
    ['list.release', user('treasury-approver').id],
  ])
  const { rows: events } = await database.admin.query(
    `select role, source, request_id is not null as asked from audit_event where act = 'list.release'`,
  )
  expect(events).toEqual([{ role: 'treasury-approver', source: '127.0.0.1', asked: true }])
})

test('an officer sees no list, commune or row of elsewhere: it is not there', async () => {
  const elsewhere = { communeId: commune(1).id, month }
  const officer = user('commune-officer')
  expect(await api.call(officer, 'POST', '/lists', { body: elsewhere })).toMatchObject({
    status: 404,
    body: { code: 'commune-missing' },
  })
  const other: TestUser = {
    ...officer,
    id: '00000009-0000-7000-8000-000000000777' as never,
    communes: [commune(1).id],
  }
  await api.enter(other)
  await api.call(other, 'POST', '/lists', { body: elsewhere })
  const { body } = await api.call(other, 'GET', `/lists?month=${month}`)
  const { items } = body as { items: { id: string }[] }
  expect(items).toHaveLength(1)
  for (const path of ['', '/rows', '/changes', '/timeline', '/duties']) {
    const answer = await api.call(officer, 'GET', `/lists/${items[0]?.id ?? ''}${path}`)
    expect({ path, status: answer.status }).toEqual({ path, status: 404 })
  }
})

test('a request with a key is carried out once for ever', async () => {
  const officer = user('commune-officer')
  const third: TestUser = {
    ...officer,
    id: '00000009-0000-7000-8000-000000000778' as never,
    communes: [commune(2).id],
  }
  await api.enter(third)
  const body = { communeId: commune(2).id, month }
  const headers = { 'idempotency-key': newKey() }
  const all = await Promise.all(
    [1, 2, 3].map(() => api.call(third, 'POST', '/lists', { body, headers })),
  )
  const first = all.filter(
    ({ status, headers: h }) => status === 201 && h.get('idempotency-replayed') === null,
  )
  expect(first).toHaveLength(1)
  for (const { status, headers: h } of all) {
    expect([201, 409]).toContain(status)
    if (status === 201 && h.get('idempotency-replayed') === null) continue
  }
  const again = await api.call(third, 'POST', '/lists', { body, headers })
  expect(again.headers.get('idempotency-replayed')).toBe('true')
  expect(again.body).toEqual(first[0]?.body)
  const otherBody = await api.call(third, 'POST', '/lists', {
    body: { ...body, month: '2023-09-01' },
    headers,
  })
  expect(otherBody).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } })
  const none = await api.call(third, 'POST', '/lists', { body, headers: { 'idempotency-key': '' } })
  expect(none).toMatchObject({ status: 400, body: { code: 'idempotency-key-missing' } })
  const { rows } = await database.admin.query('select answer from idempotency_key')
  for (const { answer } of rows as { answer: string }[]) expect(answer).not.toContain('2308')
})

test('faults of a request are named by pointer, and nothing that a contract does not name is taken', async () => {
  const body = { communeId: 'x', month: '2023-08-02', state: 'PAID' }
  const { status, body: problem } = await api.call(user('commune-officer'), 'POST', '/lists', {
    body,
  })
  expect(status).toBe(400)
  const { errors } = problem as { errors: { pointer: string }[] }
  expect(errors.map(({ pointer }) => pointer).toSorted()).toEqual([
    '/communeId',
    '/month',
    '/state',
  ])
  const twice = await api.call(user('auditor'), 'GET', '/lists?month=2023-08-01&month=2023-07-01')
  expect(twice).toMatchObject({ status: 400, body: { code: 'contract' } })
})

test('a release asks for a sign-in of the last minutes', async () => {
  const approver = user('treasury-approver')
  const word = `Test ${approver.id}`
  const identity = api.identities.get(word)
  invariant(identity, 'an identity')
  const seen = { rowCount: 1, total: '1', contentHash: '0'.repeat(64) }
  const id = '00000000-0000-4000-8000-00000000dead'
  const release = () => api.call(approver, 'POST', `/lists/${id}/release`, { body: { seen } })
  api.identities.set(word, { ...identity, provenAt: new Date(Date.now() - 6 * 60_000) })
  const stale = await release()
  expect(stale).toMatchObject({ status: 403, body: { code: 'fresh-sign-in-needed' } })
  expect(stale.headers.get('www-authenticate')).toContain('max_age=300')
  api.identities.set(word, { ...identity, assurance: 1 })
  expect(await release()).toMatchObject({ status: 403, body: { code: 'assurance-needed' } })
  api.identities.set(word, identity)
  // Then it is looked for.
  expect(await release()).toMatchObject({ status: 404, body: { code: 'list-missing' } })
})

test('only what the contract names goes out', async () => {
  const { body } = await api.call(user('auditor'), 'GET', '/me')
  expect(Object.keys(body as object).toSorted()).toEqual([
    'assurance',
    'csrf',
    'kind',
    'name',
    'roles',
    'user',
  ])
})

test('English is spoken to whoever asks for it', async () => {
  const headers = { 'accept-language': 'en-GB,en;q=0.9,vi;q=0.5' }
  const { body, headers: sent } = await api.call(null, 'GET', '/me', { headers })
  expect(body).toMatchObject({ title: 'Sign in first' })
  expect(sent.get('content-language')).toBe('en')
})
