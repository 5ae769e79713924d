import { beforeAll, expect, test } from '@jest/globals'
import type { PersonId } from '../../src/lib/act.ts'
import { invariant } from '../../src/lib/errors.ts'
import { registry } from '../../src/registry/registry.ts'
import { testApi, usersOfRoles } from '../support/api.ts'
import type { TestApi, TestUser } from '../support/api.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import * as p from '../support/payees.ts'
import { refusal } from '../support/sql.ts'
import { accountant } from '../support/town.ts'

// What an officer enters for a relative takes three people, also over the interface.

let database: FreshDatabase
let api: TestApi
let officer: TestUser
let leader: TestUser
let other: TestUser
let administrators: readonly [TestUser, TestUser]

interface Asked {
  readonly proposal: string
  readonly contentHash: string
}
const ask = async (who: TestUser, path: string, body: object) => {
  const answer = await api.call(who, 'POST', path, { body })
  expect(answer).toMatchObject({ status: 202 })
  return answer.body as Asked
}
const decide = async (who: TestUser, act: string, { proposal, contentHash }: Asked) => {
  const path = `/proposals/${proposal}/${act}`
  const { status, body } = await api.call(who, 'POST', path, { body: { contentHash } })
  return status === 200 ? 200 : (body as { code: string }).code
}
const waitingFor = async (who: TestUser) => {
  const { body } = await api.call(who, 'GET', '/proposals')
  return (body as { items: { id: string }[] }).items.map(({ id }) => id)
}
const payee = (n: number) => ({
  ...{ programme: 'BTXH', from: '2023-09-01', payeeId: p.wardId(n), representationId: null },
  ...{ paymentAccountId: p.accountId(n), forCitizen: null },
})

beforeAll(async () => {
  database = await freshDatabase()
  const communeId = (await p.firstCommune(database)).id
  await p.enterPairs(database, communeId, [{ n: 1 }, { n: 2 }])
  api = await testApi(database)
  const users = usersOfRoles([communeId])
  const [one, two, admin] = ['commune-officer', 'commune-leader', 'administrator'].map((role) =>
    users.get(role),
  )
  invariant(one && two && admin, 'a user of each role')
  const again = (user: TestUser, at: number): TestUser => ({
    ...user,
    id: `00000009-0000-7000-8000-${String(900 + at).padStart(12, '0')}` as PersonId,
  })
  ;[officer, leader, other] = [one, two, again(two, 1)]
  administrators = [admin, again(admin, 2)]
  for (const user of [officer, leader, other, ...administrators]) await api.enter(user)
  const relative = { officerId: officer.id, relatedId: p.wardId(1), communeId, relation: 'mẹ' }
  await p.asPreparer(database, (tx) =>
    registry.accounts.declareRelatives(tx, accountant, [relative]),
  )
})

test("a relative's payee is approved by one person and confirmed by another", async () => {
  const asked = await ask(officer, `/people/${p.wardId(1)}/payee`, payee(1))
  expect(await decide(leader, 'confirmation', asked)).toBe('relative-needs-second')
  expect(await decide(officer, 'endorsement', asked)).toBe('not-permitted')
  expect(await decide(leader, 'endorsement', { ...asked, contentHash: 'f'.repeat(64) })).toBe(
    'proposal-differs',
  )
  expect(await waitingFor(leader)).toEqual([asked.proposal])
  expect(await decide(leader, 'endorsement', asked)).toBe(200)
  expect([await waitingFor(leader), await waitingFor(other)]).toEqual([[], [asked.proposal]])
  expect(await decide(other, 'endorsement', asked)).toBe('proposal-endorsed')
  expect(await decide(leader, 'confirmation', asked)).toBe('same-person')
  const raw = (sql: string) => refusal(database.admin, sql, [asked.proposal])
  expect(await raw(`update proposal set endorsed_by = proposed_by where id = $1`)).toBe('LB051')
  const alone = `update proposal set state = 'CONFIRMED', decided_by = endorsed_by, decided_at = now() where id = $1`
  expect(await raw(alone)).toBe('23514 proposal_three_people')
  expect(await decide(other, 'confirmation', asked)).toBe(200)
  const { rows } = await database.admin.query(
    `select entered_by, confirmed_by, second_confirmed_by from payee where person_id = $1`,
    [p.wardId(1)],
  )
  expect(rows).toEqual([
    { entered_by: officer.id, confirmed_by: leader.id, second_confirmed_by: other.id },
  ])
  const acts = `select act, actor from audit_event where subject = $1 order by id`
  expect((await database.admin.query(acts, [`proposal:${asked.proposal}`])).rows).toEqual([
    { act: 'proposal.make', actor: officer.id },
    { act: 'proposal.endorse', actor: leader.id },
    { act: 'proposal.confirm', actor: other.id },
  ])
})

test('anybody else needs two; what two decide takes no third', async () => {
  const asked = await ask(officer, `/people/${p.wardId(2)}/payee`, payee(2))
  expect(await decide(leader, 'confirmation', asked)).toBe(200)
  const [first, second] = administrators
  const role = { role: 'auditor', communes: null, since: '2023-01-01', until: null }
  const grant = await ask(first, `/users/${officer.id}/grants`, { ...role, document: 'QĐ 7' })
  expect(await decide(second, 'endorsement', grant)).toBe('proposal-of-two')
})
