import { expect } from '@jest/globals'
import type { PersonId } from '../../src/lib/act.ts'
import { invariant } from '../../src/lib/errors.ts'
import { testApi, usersOfRoles } from './api.ts'
import type { TestUser } from './api.ts'
import { freshDatabase } from './database.ts'
import { enterTown, fund, FUNDS } from './town.ts'

export type ApprovalsTown = Awaited<ReturnType<typeof approvalsTown>>

/** A funded commune, the interface, a user of each role, and what waits for whom. */
export async function approvalsTown() {
  const database = await freshDatabase()
  const api = await testApi(database)
  const [commune] = await enterTown(database, [{ bank: 3, cash: 1 }])
  invariant(commune, 'a commune')
  await fund(database, commune.payingUnit, FUNDS)
  const users = usersOfRoles([commune.id])
  for (const each of users.values()) await api.enter(each)
  const user = (role: string): TestUser => {
    const found = users.get(role)
    invariant(found, `a user with the role ${role}`)
    return found
  }
  /** Another person with a role. */
  const another = async (role: string, n: number): Promise<TestUser> => {
    const id = `0000000b-0000-7000-8000-${String(n).padStart(12, '0')}` as PersonId
    const one = { ...user(role), id }
    await api.enter(one)
    return one
  }
  const post = (who: TestUser, path: string, body: unknown = {}) =>
    api.call(who, 'POST', path, { body })
  /** What waits for somebody, as kind and subject. */
  const waitingFor = async (who: TestUser): Promise<readonly string[]> => {
    const { status, body } = await api.call(who, 'GET', '/waiting')
    expect(status).toBe(200)
    const { items } = body as { readonly items: readonly { kind: string; subject: string }[] }
    return items.map(({ kind, subject }) => `${kind} ${subject.split(':')[0] ?? ''}`)
  }
  return { database, api, commune, user, another, post, waitingFor }
}
