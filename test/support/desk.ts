import { expect } from '@jest/globals'
import { invariant } from '../../src/lib/errors.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import { testApi, usersOfRoles } from './api.ts'
import type { TestUser } from './api.ts'
import { freshDatabase } from './database.ts'
import { proposing } from './proposing.ts'
import { enterTown } from './town.ts'
import type { Cases } from './town.ts'

/** The id of the n-th person of a commune of a town. */
export const residentOf = (communeId: number, n: number): string =>
  `00000002-0000-7000-8000-${String(communeId * 10_000 + n).padStart(12, '0')}`

/** A town, the interface, and a user of each role for all its communes: what officers do from their desks. */
export async function openDesk(cases: readonly Cases[], more: Parameters<typeof testApi>[1] = {}) {
  const database = await freshDatabase()
  const api = await testApi(database, more)
  const communes: readonly CommuneRow[] = await enterTown(database, cases)
  const users = usersOfRoles(communes.map(({ id }) => id))
  for (const one of users.values()) await api.enter(one)
  const user = (role: string): TestUser => {
    const found = users.get(role)
    invariant(found, `a user with the role ${role}`)
    return found
  }
  /** What a read answers. */
  const read = async <T>(role: string, path: string): Promise<T> => {
    const { status, body } = await api.call(user(role), 'GET', path)
    expect([status, body]).toEqual([200, body])
    return body as T
  }
  /** What an act answers, whatever its success is called. */
  const post = async <T>(role: string, path: string, body: object = {}): Promise<T> => {
    const answer = await api.call(user(role), 'POST', path, { body })
    expect([answer.status < 300, answer.body]).toEqual([true, answer.body])
    return answer.body as T
  }
  /** An act about what was just read: with its ETag. */
  const change = async (role: string, path: string, act: string, body: object = {}) => {
    const { headers } = await api.call(user(role), 'GET', path)
    const sent = { body, headers: { 'if-match': headers.get('etag') ?? '' } }
    const answer = await api.call(user(role), act === '' ? 'PUT' : 'POST', `${path}${act}`, sent)
    expect([answer.status < 300, answer.body]).toEqual([true, answer.body])
    return answer.body
  }
  return { ...proposing(api), database, api, communes, user, read, post, change }
}
