import { beforeAll, expect, test } from '@jest/globals'
import { operations } from '../../src/operations/operations.ts'
import type { TestUser } from '../support/api.ts'
import { openOfficeDesk } from '../support/office-desk.ts'
import type { OfficeDesk } from '../support/office-desk.ts'
import { treasurer } from '../support/town.ts'

// Users and who stands in for them, the trail, what others are told, files and long work, by the interface alone.

let desk: OfficeDesk['desk']
let commune: OfficeDesk['commune']
let second: OfficeDesk['second']

interface Items<T = { readonly id: string }> {
  readonly items: readonly T[]
}

beforeAll(async () => {
  ;({ desk, commune, second } = await openOfficeDesk())
})

const admin = () => desk.user('administrator')
const two = (path: string, body: object) => desk.two(admin(), second, path, body)

test('a user is entered, given a role by two, covered while on leave, and disabled', async () => {
  const { id } = await desk.post<{ readonly id: string }>('administrator', '/users', {
    ...{ idNumber: '046090000001', fullName: 'Lê Văn Mẫu' },
  })
  const grant = {
    ...{ role: 'commune-leader', communes: [commune], since: '2023-08-01', until: null },
    document: 'QĐ 12',
  }
  await two(`/users/${id}/grants`, grant)
  const grants = await desk.read<Items>('auditor', `/users/${id}/grants`)
  expect(grants.items).toMatchObject([{ role: 'commune-leader', confirmedBy: second.id }])
  const leave = {
    ...{ fromUser: id, toUser: desk.user('commune-leader').id, role: 'commune-leader' },
    ...{ since: '2023-08-01', until: '2023-08-05', reason: 'Nghỉ phép' },
  }
  const cover = (await two('/delegations', leave)) as { readonly id: string }
  const of = `/users/${id}/delegations`
  expect(await desk.read('auditor', of)).toMatchObject({ items: [{ ...leave, endedBy: null }] })
  await desk.post('administrator', `/delegations/${cover.id}/end`)
  await desk.post('administrator', `/grants/${grants.items[0]?.id ?? ''}/end`)
  expect(await desk.read('auditor', of)).toMatchObject({ items: [{ endedBy: admin().id }] })
  await desk.change('administrator', `/users/${id}`, '/disablement')
  expect(await desk.read('auditor', `/users/${id}`)).toMatchObject({ disabled: true })
  const users = await desk.read<Items<{ readonly fullName: string }>>('auditor', '/users')
  expect(users.items.length).toBeGreaterThan(8)
  const roles = await desk.read<Items<{ readonly code: string }>>('auditor', '/roles')
  expect(roles.items).toContainEqual(
    expect.objectContaining({ code: 'auditor', scope: 'province' }),
  )
})

test('a machine is entered by two, by its client at the issuer, once', async () => {
  const machine = { issuer: 'https://sso.example.vn', subject: 'cong-dl' }
  const body = { fullName: 'Cổng dữ liệu tỉnh', ...machine }
  const { id } = (await two('/users/services', body)) as { readonly id: string }
  expect(await desk.read('auditor', `/users/${id}`)).toMatchObject({ kind: 'service' })
  const logins = 'select issuer, subject from user_login where user_id = $1'
  expect((await desk.database.admin.query(logins, [id])).rows).toEqual([machine])
  const again = await desk.ask(admin(), '/users/services', body)
  expect(await desk.confirm(second, again)).toMatchObject({ code: 'user-known' })
})

test('sessions are seen and ended by their user and by an administrator', async () => {
  const [one, officer] = [admin(), desk.user('commune-officer')]
  const begin = (user: TestUser) =>
    desk.database.admin.query(
      `with login as (insert into user_login (issuer, subject, user_id) values ('x', $1::text, $1::uuid) on conflict do nothing)
       select`,
      [user.id],
    )
  for (const user of [one, officer]) {
    await begin(user)
    await desk.database.admin.query(
      `insert into session (secret_hash, user_id, user_version, issuer, subject, assurance, proven_at, created_at, seen_at, idle_seconds,
                            ends_at, agent, address)
       select sha256(convert_to($1::text, 'UTF8')), u.id, u.version, 'x', $1::text, 2, now(), now(), now(), 1800,
              now() + interval '1 hour', 'Chrome · Windows', '203.0.113.x' from app_user u where u.id = $1::uuid`,
      [user.id],
    )
  }
  const own = await desk.read<Items>('administrator', '/me/sessions')
  expect(own.items).toMatchObject([{ assurance: 2, address: '203.0.113.x' }])
  await desk.post('administrator', `/me/sessions/${own.items[0]?.id ?? ''}/end`)
  const of = `/users/${officer.id}/sessions`
  const theirs = await desk.read<Items>('administrator', of)
  await desk.post('administrator', `${of}/${theirs.items[0]?.id ?? ''}/end`)
  expect([
    await desk.read('administrator', '/me/sessions'),
    await desk.read('administrator', of),
  ]).toEqual([{ items: [] }, { items: [] }])
})

test('what happened is told to others, told again, and stands in the trail', async () => {
  await desk.database.app.transact(treasurer, (tx) =>
    operations.outgoing.setTargets(tx, [{ name: 'cong-dl', kinds: ['list.approved'] }]),
  )
  const list = await desk.post<Readonly<Record<string, string>>>('commune-officer', '/lists', {
    ...{ communeId: commune, month: '2023-08-01' },
  })
  const { rowCount, total, contentHash } = list
  const seen = { rowCount, total, contentHash }
  await desk.post('commune-leader', `/lists/${String(list['id'])}/approvals`, { set: 'all', seen })
  const told = await desk.read<Items<{ readonly eventId: string }>>('auditor', '/outgoing')
  expect(told.items).toMatchObject([
    { kind: 'list.approved', target: 'cong-dl', communeId: commune, state: 'PENDING' },
  ])
  const of = `/outgoing/${told.items[0]?.eventId ?? ''}/cong-dl`
  await desk.post('administrator', `${of}/replays`)
  await desk.database.admin.query(
    `insert into outgoing_attempt (event_id, target, status, error) select event_id, target, 503, 'refused' from outgoing_delivery`,
  )
  expect(await desk.read('auditor', `${of}/log`)).toMatchObject({ items: [{ status: 503 }] })
  const trail = await desk.read<Items<{ readonly act: string }>>('auditor', '/audit?limit=150')
  expect(trail.items.map(({ act }) => act)).toContain('outgoing.replay')
  expect(await desk.read('auditor', `/audit/list:${String(list['number'])}`)).toMatchObject({
    items: [
      { act: 'list.submit', role: 'commune-officer' },
      { act: 'list.approve-rows' },
      { act: 'list.approve' },
    ],
  })
})
