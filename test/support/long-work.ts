import { expect } from '@jest/globals'
import { createLog } from '../../src/lib/log.ts'
import { invariant } from '../../src/lib/errors.ts'
import { operations } from '../../src/operations/operations.ts'
import { testApi, usersOfRoles } from './api.ts'
import type { TestApi, TestUser } from './api.ts'
import { freshDatabase } from './database.ts'
import type { FreshDatabase } from './database.ts'
import { enterTown, fund, FUNDS, payday } from './town.ts'
import { vault } from './vault.ts'

/** Long work as whoever asked reads it. */
export interface Job {
  readonly id: string
  readonly state: string
  readonly rowsDone: string
  readonly rowsTotal: string | null
  readonly problem: string | null
  readonly result: { readonly sha256?: string; readonly lists?: readonly string[] } | null
}

/** An export of the people that an officer sees, who are six. */
export const sixPeople = {
  ...{ what: 'people', format: 'csv', communeId: null, on: payday, count: 6, purpose: null },
} as const

/** Papers that nobody signs, with no page to check them on. */
export const UNSIGNED = { signer: 'unsigned', checkUrl: null, nowMs: () => Date.now() } as const

/** Asks for long work over the interface, does it as a worker would, and reads what came of it. */
export function longWork(
  database: Pick<FreshDatabase, 'app' | 'admin'>,
  api: TestApi,
  papers: Parameters<typeof operations.runJobs>[0]['papers'] = UNSIGNED,
) {
  return {
    ask: async (who: TestUser, path: string, body?: object) => {
      const { status, body: answer } = await api.call(who, 'POST', `/jobs/${path}`, { body })
      expect({ status, answer }).toMatchObject({ status: 202, answer: { state: 'QUEUED' } })
      return (answer as Job).id
    },
    read: async (who: TestUser, id: string) => {
      const { body } = await api.call(who, 'GET', `/jobs/${id}`)
      return body as Job
    },
    work: () =>
      operations.runJobs({
        ...{ db: database.app, vault, today: () => payday, log: createLog('silent'), papers },
      }),
    fileOf: (who: TestUser, id: string) =>
      fetch(`${api.url}/api/v1/jobs/${id}/result`, {
        headers: { authorization: `Test ${who.id}` },
      }),
    sql: async (text: string, values: readonly unknown[] = []) =>
      (await database.admin.query(text, [...values])).rows as Record<string, unknown>[],
  }
}

/** Three communes with their people and money; a user per role for the first two, and another of the officer's role. */
export async function longWorkTown() {
  const database = await freshDatabase()
  const woken: string[] = []
  const api = await testApi(database, {
    wake: (jobId) => {
      woken.push(jobId)
      return Promise.resolve()
    },
  })
  const communes = await enterTown(database, [{ bank: 3, cash: 1 }, { wallet: 2 }, { bank: 2 }])
  for (const unit of new Set(communes.map(({ payingUnit }) => payingUnit))) {
    await fund(database, unit, FUNDS)
  }
  const users = usersOfRoles(communes.slice(0, 2).map(({ id }) => id))
  for (const one of users.values()) await api.enter(one)
  const user = (role: string): TestUser => {
    const found = users.get(role)
    invariant(found, `a user with the role ${role}`)
    return found
  }
  const other: TestUser = {
    ...user('commune-officer'),
    id: '00000009-0000-7000-8000-000000000779' as never,
  }
  await api.enter(other)
  return { ...longWork(database, api), database, api, communes, woken, user, other }
}
