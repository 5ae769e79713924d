import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { endAllSessions, endSession, listSessions } from '../../src/api/auth/sessions.ts'
import type { Act, PersonId } from '../../src/lib/act.ts'
import { act } from '../support/act.ts'
import { startAuthApp } from '../support/auth-app.ts'
import type { AuthApp } from '../support/auth-app.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { beginSession, cookieOf, enterOfficer } from '../support/signed-in.ts'
import type { Officer } from '../support/signed-in.ts'

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

const byUser = (actor: PersonId): Act => ({ actor, via: 'api', scope: 'province' })

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
