import { expect, test } from '@jest/globals'
import type { PersonId } from '../../src/lib/act.ts'
import type { TestUser } from '../support/api.ts'
import { openDesk } from '../support/desk.ts'

// A role that is given and used within the hour is flagged, for whoever audits (D3 row 4).

const today = () => new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10)

test('what is done with a role in its first hour is flagged, and nothing later or with an older one', async () => {
  const desk = await openDesk([{ bank: 2 }])
  const [commune] = desk.communes
  const { admin } = desk.database
  const flagged = async () => {
    const path = `/audit/fresh-roles?from=${today()}&to=${today()}&limit=150`
    const { items } = await desk.read<{
      readonly items: readonly { readonly act: string; readonly actor: string; role: string }[]
    }>('auditor', path)
    return items.map(({ act, actor }) => [act, actor])
  }
  const officer = desk.user('commune-officer')
  const leave = { ...officer, id: '0000000b-0000-7000-8000-000000000041' as PersonId }
  await desk.api.enter(leave)
  /** As if all roles had been given two hours ago. */
  const older = (table: string) =>
    admin.query(`set session_replication_role = replica;
      update ${table} set confirmed_at = confirmed_at - interval '2 hours';
      set session_replication_role = origin`)
  await older('role_grant')
  const submit = (who: TestUser, month: string) =>
    desk.api.call(who, 'POST', '/lists', { body: { communeId: commune?.id, month } })
  expect((await submit(officer, '2023-08-01')).status).toBe(201)
  expect(await flagged()).toEqual([])

  // Somebody new acts at once.
  const fresh = { ...officer, id: '0000000b-0000-7000-8000-000000000042' as PersonId }
  await desk.api.enter(fresh)
  expect((await submit(fresh, '2023-09-01')).status).toBe(201)
  expect(await flagged()).toEqual([['list.submit', fresh.id]])

  // Who had the role before, by another grant, is not flagged for the new one.
  const again = {
    ...{ role: 'commune-officer', communes: [commune?.id], since: '2020-01-01', until: null },
    document: 'QĐ 9',
  }
  const second = { ...desk.user('administrator'), id: '0000000b-0000-7000-8000-000000000043' }
  await desk.api.enter(second as TestUser)
  const first = desk.user('administrator')
  await desk.two(first, second as TestUser, `/users/${officer.id}/grants`, again)
  expect((await submit(officer, '2023-10-01')).status).toBe(201)
  const acts = (await flagged()).filter(([act]) => act === 'list.submit')
  expect(acts).toEqual([['list.submit', fresh.id]])

  // Leave cover counts from when it was given.
  const cover = {
    ...{
      fromUser: officer.id,
      toUser: desk.user('welfare-department').id,
      role: 'commune-officer',
    },
    ...{ since: '2023-08-01', until: '2023-08-05', reason: 'Nghỉ phép' },
  }
  await desk.two(first, second as TestUser, '/delegations', cover)
  expect((await submit(desk.user('welfare-department'), '2023-11-01')).status).toBe(201)
  const covered = (await flagged()).filter(([act]) => act === 'list.submit')
  expect(covered).toEqual([
    ['list.submit', fresh.id],
    ['list.submit', desk.user('welfare-department').id],
  ])
})
