import { beforeAll, expect, test } from '@jest/globals'
import { invariant } from '../../src/lib/errors.ts'
import { testApi, usersOfRoles } from '../support/api.ts'
import type { TestApi, TestUser } from '../support/api.ts'
import { countsOf } from '../support/sending.ts'
import { dayAfter } from '../support/statements.ts'
import { payday } from '../support/town.ts'
import { unknownPayments } from '../support/unknown-payments.ts'

// Unknown payments are sent again, and that is taken back, by the interface alone.

let api: TestApi
let it: Awaited<ReturnType<typeof unknownPayments>>
let users: ReadonlyMap<string, TestUser>

const user = (role: string): TestUser => {
  const found = users.get(role)
  invariant(found, `a user with the role ${role}`)
  return found
}

beforeAll(async () => {
  it = await unknownPayments()
  api = await testApi(it.database)
  users = usersOfRoles([it.list.communeId])
  for (const one of users.values()) await api.enter(one)
  await it.take([], payday)
})

/** Asks as the treasury's preparer, confirms as its approver. */
async function decide(path: string, rows: unknown) {
  const asked = await api.call(user('treasury-preparer'), 'POST', path, { body: { rows } })
  expect(asked.status).toBe(202)
  const { proposal, contentHash } = asked.body as { proposal: string; contentHash: string }
  const body = { contentHash }
  return api.call(user('treasury-approver'), 'POST', `/proposals/${proposal}/confirmation`, {
    body,
  })
}
const row = (at: number, day: string) => ({
  ...{ reference: it.ref(at), attempt: 1, statementId: `st-${day}` },
})

test('two of the treasury send again what the statements cover, and nothing else', async () => {
  const path = '/instructions/covered-unknowns?month=2023-08-01&channel=hue-s'
  const covered = () => api.call(user('treasury-preparer'), 'GET', path)
  expect(await covered()).toMatchObject({ status: 200, body: { items: [] } })
  const early = await decide('/resends', [row(0, payday)])
  expect(early).toMatchObject({ status: 409, body: { code: 'resend-not-covered' } })
  await it.take([], dayAfter(1))
  const { items } = (await covered()).body as { readonly items: readonly unknown[] }
  expect(items[0]).toEqual(row(0, dayAfter(1)))
  const nobodys = { ...row(0, dayAfter(1)), reference: 'NOBODYKNOWSTHIS0' }
  expect(await decide('/resends', [items[1], nobodys])).toMatchObject({
    ...{ status: 404, body: { code: 'instruction-missing' } },
  })
  expect(await decide('/resends', [items[0], items[0]])).toMatchObject({ status: 409 })
  const asked = { body: { rows: items } }
  const alone = await api.call(user('treasury-approver'), 'POST', '/resends', asked)
  expect(alone).toMatchObject({ status: 403, body: { code: 'not-permitted' } })
  expect(await decide('/resends', items.slice(0, 2))).toMatchObject({
    ...{ status: 200, body: { answer: { count: 2 } } },
  })
  expect(await countsOf(it.database)).toEqual({ UNKNOWN: 2, QUEUED: 2 })
})

test('and take it back of what is held', async () => {
  const early = await decide('/resends/withdrawals', [row(0, dayAfter(1))])
  expect(early).toMatchObject({ status: 409, body: { code: 'resend-not-covered' } })
  await it.database.admin.query(`set session_replication_role = replica;
    update instruction set state = 'HELD', moved_at = clock_timestamp() where reference = '${it.ref(0)}';
    set session_replication_role = origin`)
  await it.take([], dayAfter(2))
  expect(await decide('/resends/withdrawals', [row(0, dayAfter(2))])).toMatchObject({
    ...{ status: 200, body: { answer: { count: 1 } } },
  })
})
