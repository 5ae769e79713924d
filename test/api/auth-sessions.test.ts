import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { csrfTokenOf } from '../../src/api/auth/csrf.ts'
import { startAuthApp } from '../support/auth-app.ts'
import type { AuthApp } from '../support/auth-app.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { beginSession, cookieOf, enterOfficer } from '../support/signed-in.ts'
import type { Officer } from '../support/signed-in.ts'
import { grantRole } from '../support/users.ts'

const MINUTE_MS = 60_000

let database: FreshDatabase
let app: AuthApp

beforeAll(async () => {
  database = await freshDatabase()
  app = await startAuthApp(database, { accounts: [] })
})

beforeEach(() => {
  app.shiftClock(0)
})

const enter = () => enterOfficer(database, app)
const begin = (officer: Officer, visitor?: Parameters<typeof beginSession>[2]) =>
  beginSession(app, officer, visitor)

/** The status of a request with a session's cookie. */
const statusOf = async (secret: string): Promise<number> =>
  (await fetch(`${app.url}/api/v1/me`, { headers: { cookie: cookieOf(secret) } })).status

/** Whether a session lives so many minutes from now. */
const livesAt = async (secret: string, minutes: number): Promise<boolean> => {
  app.shiftClock(minutes * MINUTE_MS)
  return (await app.authenticate({ cookie: cookieOf(secret), authorization: undefined })) !== null
}

describe('a session', () => {
  test('ends when it lies idle for half an hour, and does not live again', async () => {
    const secret = await begin(await enter())
    expect(await livesAt(secret, 29)).toBe(true)
    expect(await livesAt(secret, 58)).toBe(true)
    expect(await livesAt(secret, 89)).toBe(false)
    expect(await livesAt(secret, 200)).toBe(false)
  })

  test('of a role that moves money ends after a quarter of an hour', async () => {
    const one = await enter()
    await grantRole(database, { user: one.user, role: 'treasury-approver' })
    const other = await enter()
    await grantRole(database, { user: other.user, role: 'commune-officer' })
    const [treasury, commune] = [await begin(one), await begin(other)]
    expect([await livesAt(treasury, 14), await livesAt(commune, 14)]).toEqual([true, true])
    expect([await livesAt(treasury, 30), await livesAt(commune, 30)]).toEqual([false, true])
  })

  test('over midnight is in time for a role of tomorrow', async () => {
    const one = await enter()
    const tomorrow = new Date(Date.now() + (7 + 24) * 3_600_000).toISOString().slice(0, 10)
    await grantRole(database, { user: one.user, role: 'treasury-preparer', from: tomorrow })
    expect(await livesAt(await begin(one), 16)).toBe(false)
  })

  test('ends ten hours after it began, however it is used', async () => {
    const secret = await begin(await enter())
    for (let minutes = 25; minutes < 600; minutes += 25) {
      expect([minutes, await livesAt(secret, minutes)]).toEqual([minutes, true])
    }
    expect(await livesAt(secret, 599)).toBe(true)
    expect(await livesAt(secret, 600)).toBe(false)
  })

  test('is over at once when its user is disabled', async () => {
    const one = await enter()
    const secret = await begin(one)
    expect(await statusOf(secret)).toBe(200)
    await database.admin.query(`update app_user set disabled_at = now() where id = $1`, [one.user])
    expect(await statusOf(secret)).toBe(401)
    await expect(begin(one)).rejects.toThrow('disabled')
  })

  test('is over at once when its user’s roles change', async () => {
    const one = await enter()
    const secret = await begin(one)
    await grantRole(database, { user: one.user, role: 'auditor' })
    expect(await statusOf(secret)).toBe(401)
    expect(await statusOf(await begin(one))).toBe(200)
  })

  test('is over once its user signs out, for whoever kept the cookie', async () => {
    const secret = await begin(await enter())
    const cookie = cookieOf(secret)
    const headers = { cookie, origin: app.url, 'x-csrf-token': csrfTokenOf(cookie) ?? '' }
    const answer = await fetch(`${app.url}/auth/logout`, { method: 'POST', headers })
    expect(answer.status).toBe(200)
    expect(answer.headers.getSetCookie()[0]).toMatch(/^__Host-sid=; .*Max-Age=0$/)
    const { signOutAtIssuer } = (await answer.json()) as { signOutAtIssuer: string }
    expect(signOutAtIssuer).toMatch(new RegExp(`^${app.issuer.url}/session/end[?]`))
    expect(await statusOf(secret)).toBe(401)
  })

  test('is not found by a cookie that is there twice, or is no secret', async () => {
    const secret = await begin(await enter())
    const ask = (cookie: string) => app.authenticate({ cookie, authorization: undefined })
    expect(await ask(`a=1; ${cookieOf(secret)}; b=2`)).not.toBeNull()
    for (const cookie of [
      `${cookieOf(secret)}; ${cookieOf(secret)}`,
      cookieOf(`${secret}x`),
      cookieOf(secret.slice(1)),
      `__Host-sid="${secret}"`,
      `sid=${secret}`,
    ]) {
      expect([cookie, await ask(cookie)]).toEqual([cookie, null])
    }
  })
})
