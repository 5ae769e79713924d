import { expect } from '@jest/globals'
import { createLog } from '../../src/lib/log.ts'
import { operations } from '../../src/operations/operations.ts'
import type { TestApi, TestUser } from './api.ts'
import type { FreshDatabase } from './database.ts'
import { payday } from './town.ts'
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

/** Asks for long work over the interface, does it as a worker would, and reads what came of it. */
export function longWork(database: Pick<FreshDatabase, 'app' | 'admin'>, api: TestApi) {
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
        ...{ db: database.app, vault, today: () => payday, log: createLog('silent') },
      }),
    fileOf: (who: TestUser, id: string) =>
      fetch(`${api.url}/api/v1/jobs/${id}/result`, {
        headers: { authorization: `Test ${who.id}` },
      }),
    sql: async (text: string, values: readonly unknown[] = []) =>
      (await database.admin.query(text, [...values])).rows as Record<string, unknown>[],
  }
}
