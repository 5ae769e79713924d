import { beforeAll, expect, test } from '@jest/globals'
import { access } from '../../src/access/access.ts'
import type { Act, PersonId } from '../../src/lib/act.ts'
import { invariant } from '../../src/lib/errors.ts'
import { localDate } from '../../src/lib/time.ts'
import { testApi, usersOfRoles } from '../support/api.ts'
import type { TestApi, TestUser } from '../support/api.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'

let database: FreshDatabase
let api: TestApi
let users: ReadonlyMap<string, TestUser>

const user = (role: string): TestUser => {
  const found = users.get(role)
  invariant(found, `a user with the role ${role}`)
  return found
}

beforeAll(async () => {
  database = await freshDatabase()
  api = await testApi(database)
  users = usersOfRoles([1])
  for (const one of users.values()) await api.enter(one)
})

test('a role is granted by two others, and counts at the next request', async () => {
  const someone: TestUser = {
    ...{ id: '00000009-0000-7000-8000-000000000999' as never, role: 'auditor', communes: null },
  }
  await api.enter(someone)
  const admin = user('administrator')
  const other: TestUser = { ...admin, id: '00000009-0000-7000-8000-000000000998' as never }
  await api.enter(other)
  const body = {
    role: 'treasury-approver',
    communes: null,
    since: '2023-01-01',
    until: null,
    document: 'QĐ 7',
  }
  const asked = await api.call(admin, 'POST', `/users/${someone.id}/grants`, { body })
  expect(asked.status).toBe(202)
  const { proposal, contentHash } = asked.body as { proposal: string; contentHash: string }
  const confirm = (who: TestUser, hash = contentHash) =>
    api.call(who, 'POST', `/proposals/${proposal}/confirmation`, { body: { contentHash: hash } })
  expect(await confirm(admin)).toMatchObject({ status: 403, body: { code: 'same-person' } })
  expect(await confirm(user('auditor'))).toMatchObject({
    status: 403,
    body: { code: 'not-permitted' },
  })
  expect(await confirm(other, 'f'.repeat(64))).toMatchObject({
    status: 409,
    body: { code: 'proposal-differs' },
  })
  const { body: waiting } = await api.call(other, 'GET', '/proposals')
  expect((waiting as { items: { id: string }[] }).items.map((one) => one.id)).toEqual([proposal])
  expect(await confirm(other)).toMatchObject({ status: 200 })
  expect(await confirm(other)).toMatchObject({ status: 409, body: { code: 'proposal-decided' } })
  const { body: me } = await api.call(someone, 'GET', '/me')
  expect((me as { roles: { role: string }[] }).roles.map(({ role }) => role).toSorted()).toEqual([
    'auditor',
    'treasury-approver',
  ])
  // Whoever gets a role is neither of the two, not even as an administrator who asks through another.
  const selfish = await api.call(admin, 'POST', `/users/${other.id}/grants`, { body })
  const { proposal: own, contentHash: hash } = selfish.body as {
    proposal: string
    contentHash: string
  }
  const answer = await api.call(other, 'POST', `/proposals/${own}/confirmation`, {
    body: { contentHash: hash },
  })
  expect(answer).toMatchObject({ status: 403, body: { code: 'same-person' } })
})

test('what is asked for is refused with a reason by another, or taken back by whoever asked', async () => {
  const [admin, someone] = [user('administrator'), user('auditor')]
  const other = { ...admin, id: '0000000b-0000-7000-8000-000000000051' as never }
  await api.enter(other)
  const role = { role: 'auditor', communes: null, since: '2023-01-01', until: null }
  const ask = async (document: string) => {
    const body = { ...role, document }
    const asked = await api.call(admin, 'POST', `/users/${someone.id}/grants`, { body })
    return asked.body as { readonly proposal: string; readonly contentHash: string }
  }
  const decide = async (who: TestUser, path: string, body: object = {}) => {
    const answer = await api.call(who, 'POST', `/proposals/${path}`, { body })
    return [answer.status, (answer.body as { readonly code?: string }).code]
  }
  const [refused, withdrawn] = [await ask('QĐ 8'), await ask('QĐ 9')]
  const why = { contentHash: refused.contentHash, reason: 'Thiếu giấy tờ' }
  expect(await decide(admin, `${refused.proposal}/refusal`, why)).toEqual([403, 'same-person'])
  expect(await decide(other, `${refused.proposal}/refusal`, why)).toEqual([200, undefined])
  expect(await decide(other, `${withdrawn.proposal}/withdrawal`)).toEqual([403, 'not-theirs'])
  expect(await decide(admin, `${withdrawn.proposal}/withdrawal`)).toEqual([200, undefined])
  const { contentHash } = withdrawn
  expect(await decide(other, `${withdrawn.proposal}/confirmation`, { contentHash })).toEqual([
    409,
    'proposal-decided',
  ])
})

test('whoever stands in for somebody is shown what waits for that person, and not what that person asked for', async () => {
  const admin = user('administrator')
  const named = (id: number) => `0000000b-0000-7000-8000-0000000000${String(id)}` as PersonId
  const [other, own, others] = [named(61), named(62), named(63)]
  await api.enter({ ...admin, id: other })
  for (const id of [own, others]) await api.enter({ ...user('auditor'), id })
  const founder: Act = { actor: named(91), via: 'test', scope: 'province' }
  for (const [fromUser, toUser] of [
    [admin.id, own],
    [other, others],
  ] as const) {
    const days = { since: localDate('2020-01-01'), until: localDate('2030-01-01') }
    const cover = { fromUser, toUser, role: 'administrator', ...days, reason: 'Nghỉ phép' }
    const said = { ...cover, requestedBy: founder.actor, confirmedBy: named(92) }
    await database.app.transact(founder, (tx) => access.delegate(tx, founder, said))
  }
  const body = {
    ...{ role: 'auditor', communes: null, since: '2023-01-01', until: null, document: 'QĐ 10' },
  }
  const asked = await api.call(admin, 'POST', `/users/${user('service-client').id}/grants`, {
    body,
  })
  const { proposal, contentHash } = asked.body as Record<'proposal' | 'contentHash', string>
  const shown = async (id: PersonId) => {
    const answer = await api.call({ ...admin, id }, 'GET', '/proposals')
    const { items } = answer.body as { readonly items: readonly { readonly id: string }[] }
    return items.some((one) => one.id === proposal)
  }
  expect([await shown(admin.id), await shown(own)]).toEqual([false, false])
  expect([await shown(other), await shown(others)]).toEqual([true, true])
  const confirm = (id: PersonId) =>
    api.call({ ...admin, id }, 'POST', `/proposals/${proposal}/confirmation`, {
      body: { contentHash },
    })
  expect(await confirm(own)).toMatchObject({ status: 403, body: { code: 'same-person' } })
  expect(await confirm(others)).toMatchObject({ status: 200 })
})
