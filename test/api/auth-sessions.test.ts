import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { csrfTokenOf } from '../../src/api/auth/csrf.ts'
import { endAllSessions, endSession, listSessions } from '../../src/api/auth/sessions.ts'
import { signIn } from '../../src/api/auth/signing-in.ts'
import type { Act, PersonId } from '../../src/lib/act.ts'
import { act } from '../support/act.ts'
import { startAuthApp } from '../support/auth-app.ts'
import type { AuthApp } from '../support/auth-app.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { enterUser, grantRole } from '../support/users.ts'

const MINUTE_MS = 60_000

let database: FreshDatabase
let app: AuthApp
let serial = 0

beforeAll(async () => {
  database = await freshDatabase()
  app = await startAuthApp(database, { accounts: [] })
})

beforeEach(() => {
  app.shiftClock(0)
})

/** A user of their own for each test, whom the issuer vouches for. */
const enter = async () => {
  serial += 1
  const login = { issuer: app.issuer.url, subject: `user-${String(serial)}` }
  const user = await enterUser(database, {
    ...{ name: `Cán bộ ${String(serial)}`, login },
    idNumber: `9990000${String(serial).padStart(5, '0')}`,
  })
  return { user, login }
}

const begin = async (
  { login }: Awaited<ReturnType<typeof enter>>,
  visitor: Partial<Parameters<typeof signIn>[2]> = {},
): Promise<string> => {
  const proof = { login, assurance: 2, provenAt: new Date(), idNumber: null } as const
  const from = { agent: undefined, address: undefined, previous: null, ...visitor }
  const result = await signIn(app.deps, proof, from)
  if (result.kind === 'refused') throw new Error(result.reason)
  return result.secret
}

const cookieOf = (secret: string) => `__Host-sid=${secret}`

/** The status of a request with a session's cookie. */
const statusOf = async (secret: string): Promise<number> =>
  (await fetch(`${app.url}/api/v1/me`, { headers: { cookie: cookieOf(secret) } })).status

/** Whether a session lives so many minutes from now. */
const livesAt = async (secret: string, minutes: number): Promise<boolean> => {
  app.shiftClock(minutes * MINUTE_MS)
  return (await app.authenticate({ cookie: cookieOf(secret), authorization: undefined })) !== null
}

const byUser = (actor: PersonId): Act => ({ actor, via: 'api', scope: 'province' })

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

describe('the sessions of a user', () => {
  test('are five at the most: a sixth ends the oldest', async () => {
    const one = await enter()
    const secrets: string[] = []
    for (let n = 0; n < 6; n += 1) {
      app.shiftClock(n * 1_000)
      secrets.push(await begin(one))
    }
    const lives = await Promise.all(secrets.map(statusOf))
    expect(lives).toEqual([401, 200, 200, 200, 200, 200])
  })

  test('are five at the most however many begin at once', async () => {
    const one = await enter()
    await Promise.all(Array.from({ length: 12 }, () => begin(one)))
    const at = new Date()
    expect(
      await database.app.transact(act, (tx) => listSessions(tx, { user: one.user, at })),
    ).toHaveLength(5)
  })

  test('are listed masked, and ended by the user or an administrator', async () => {
    const one = await enter()
    const agent = 'Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/140.0.1.2 Safari/537.36'
    const first = await begin(one, { agent, address: '203.0.113.77' })
    app.shiftClock(1_000)
    const second = await begin(one, { agent: 'curl/8', address: '2001:db8:12:34::5' })
    const at = new Date(Date.now() + 2_000)
    const list = () => database.app.transact(act, (tx) => listSessions(tx, { user: one.user, at }))
    const shown = (await list()).map(({ agent, address }) => ({ agent, address }))
    expect(shown).toEqual([
      { agent: 'Trình duyệt khác', address: '2001:db8:12::x' },
      { agent: 'Chrome · Windows', address: '203.0.113.x' },
    ])
    const [newer, older] = await list()
    const stranger = await enter()
    const end = (by: Act, id: string | undefined, user: PersonId) =>
      database.app.transact(by, (tx) => endSession(tx, by, { id: id ?? '', user, at }))
    await expect(end(byUser(stranger.user), older?.id, stranger.user)).rejects.toMatchObject({
      kind: 'not-found',
      code: 'session-missing',
    })
    expect(await statusOf(first)).toBe(200)
    await end(byUser(one.user), older?.id, one.user)
    expect([await statusOf(first), await statusOf(second)]).toEqual([401, 200])
    await end(act, newer?.id, one.user)
    expect(await statusOf(second)).toBe(401)
    const { rows } = await database.admin.query(
      `select ended_by, end_reason from session where user_id = $1 order by created_at`,
      [one.user],
    )
    const reason = { end_reason: 'ended' }
    expect(rows).toEqual([
      { ended_by: one.user, ...reason },
      { ended_by: act.actor, ...reason },
    ])
    const { rows: audit } = await database.admin.query(
      `select act, actor from audit_event where subject = $1 order by id`,
      [`session:${older?.id ?? ''}`],
    )
    expect(audit).toEqual([
      { act: 'session.begin', actor: one.user },
      { act: 'session.end', actor: one.user },
    ])
  })

  test('are all ended in one act', async () => {
    const one = await enter()
    const secrets = [await begin(one), await begin(one)]
    const of = { user: one.user, at: new Date(Date.now() + 1_000) }
    expect(await database.app.transact(act, (tx) => endAllSessions(tx, act, of))).toBe(2)
    expect(await Promise.all(secrets.map(statusOf))).toEqual([401, 401])
  })
})

describe('the table of sessions', () => {
  test('does not hold what a browser holds, in any table or column', async () => {
    const secret = await begin(await enter())
    const bytes = Buffer.from(secret, 'base64url')
    const { rows } = await database.admin.query<{ all: string }>(
      `select query_to_xml('select * from session', true, false, '')::text
           || query_to_xml('select * from audit_event', true, false, '')::text as all`,
    )
    expect(rows[0]?.all).toContain('session.begin')
    for (const form of [secret, bytes.toString('hex'), bytes.toString('base64')]) {
      expect(rows[0]?.all).not.toContain(form)
    }
  })

  test('lets nobody bring a session back to life, or make it another’s', async () => {
    const one = await enter()
    await begin(one)
    const change = async (set: string) => {
      const client = await database.connect()
      return client.query(`update session set ${set} where user_id = $1`, [one.user])
    }
    await expect(change(`user_id = gen_random_uuid()`)).rejects.toMatchObject({ code: '42501' })
    await expect(change(`seen_at = seen_at - interval '1 hour'`)).rejects.toMatchObject({
      code: 'LB001',
    })
    await change(`ended_at = now(), ended_by = user_id, end_reason = 'ended'`)
    await expect(
      change(`ended_at = null, ended_by = null, end_reason = null`),
    ).rejects.toMatchObject({ code: 'LB001' })
  })
})
