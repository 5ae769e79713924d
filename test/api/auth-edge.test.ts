import { beforeAll, describe, expect, test } from '@jest/globals'
import { csrfTokenOf } from '../../src/api/auth/csrf.ts'
import { startAuthApp } from '../support/auth-app.ts'
import type { AuthApp } from '../support/auth-app.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { startRedis } from '../support/redis.ts'
import { beginSession, cookieOf, enterOfficer } from '../support/signed-in.ts'

let database: FreshDatabase

beforeAll(async () => {
  database = await freshDatabase()
})

/** The cookie of somebody signed in. */
const cookieAt = async (app: AuthApp): Promise<string> =>
  cookieOf(await beginSession(app, await enterOfficer(database, app)))

describe('an act by cookie', () => {
  let app: AuthApp
  let cookie: string
  let token: string

  beforeAll(async () => {
    app = await startAuthApp(database, { accounts: [] })
    cookie = await cookieAt(app)
    token = csrfTokenOf(cookie) ?? ''
  })

  const post = async (headers: Readonly<Record<string, string>>, path = '/api/v1/acts') => {
    const answer = await fetch(app.url + path, { method: 'POST', headers, body: '{}' })
    const { code } = (await answer.json()) as { code?: string }
    return [answer.status, code]
  }
  const json = { 'content-type': 'application/json' }

  test('of a page of ours is done', async () => {
    const own = { ...json, cookie, 'x-csrf-token': token }
    const origin = app.url
    expect(await post({ ...own, origin })).toEqual([201, undefined])
    expect(await post({ ...own, origin, 'sec-fetch-site': 'same-origin' })).toEqual([
      201,
      undefined,
    ])
    expect(await post({ ...own, 'sec-fetch-site': 'same-origin' })).toEqual([201, undefined])
    const { csrf } = (await (
      await fetch(`${app.url}/api/v1/me`, { headers: { cookie } })
    ).json()) as { csrf: string }
    expect(csrf).toBe(token)
  })

  test.each([
    ['of another site', { origin: 'https://evil.example' }],
    ['of another port', { origin: 'http://127.0.0.1:1' }],
    ['of a page without origin', { origin: 'null' }],
    ['of a site beside ours', { 'sec-fetch-site': 'same-site' }],
    ['across sites', { 'sec-fetch-site': 'cross-site' }],
    ['that a page had the browser send by itself', { 'sec-fetch-site': 'none' }],
    ['that does not say where it comes from', {}],
  ])('%s is refused, whatever token it brings', async (_, headers) => {
    const said = headers as Readonly<Record<string, string>>
    expect(await post({ ...json, cookie, 'x-csrf-token': token, ...said })).toEqual([
      403,
      'cross-site',
    ])
  })

  test('of two minds about where it comes from is refused', async () => {
    const own = { ...json, cookie, 'x-csrf-token': token }
    const ours = { origin: app.url, 'sec-fetch-site': 'cross-site' }
    expect(await post({ ...own, ...ours })).toEqual([403, 'cross-site'])
    const theirs = { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }
    expect(await post({ ...own, ...theirs })).toEqual([403, 'cross-site'])
  })

  test('without the token of its own session is refused', async () => {
    const own = { ...json, cookie, origin: app.url }
    const other = csrfTokenOf(await cookieAt(app)) ?? ''
    expect(await post(own)).toEqual([403, 'csrf-token'])
    for (const wrong of ['', 'x', other, token.slice(1), `${token}A`]) {
      expect(await post({ ...own, 'x-csrf-token': wrong })).toEqual([403, 'csrf-token'])
    }
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml'])(
    'with a body of %s is refused',
    async (type) => {
      const own = { cookie, origin: app.url, 'x-csrf-token': token }
      expect(await post({ ...own, 'content-type': type })).toEqual([415, 'media-type'])
    },
  )

  test('of a page elsewhere does not sign anybody out', async () => {
    const elsewhere = { ...json, cookie, origin: 'https://evil.example' }
    expect(await post(elsewhere, '/auth/logout')).toEqual([403, 'cross-site'])
    expect(await post({ ...json, cookie, origin: app.url }, '/auth/logout')).toEqual([
      403,
      'csrf-token',
    ])
    expect(await app.authenticate({ cookie, authorization: undefined })).not.toBeNull()
  })
})

describe('too many requests', () => {
  const many = async (count: number, ask: (n: number) => Promise<Response>) => {
    const answers: Response[] = []
    for (let n = 0; n < count; n += 1) answers.push(await ask(n))
    return answers
  }
  const login =
    (app: AuthApp) =>
    (n: number, headers: Readonly<Record<string, string>> = {}) =>
      fetch(`${app.url}/auth/login`, {
        redirect: 'manual',
        headers: { 'x-n': String(n), ...headers },
      })

  test('to sign in are answered 429 with the time to wait, whatever address they claim', async () => {
    const app = await startAuthApp(database, {
      accounts: [],
      env: { RATE_SIGN_IN_PER_MINUTE: '4' },
    })
    const answers = await many(6, (n) =>
      login(app)(n, {
        'x-forwarded-for': `203.0.113.${String(n)}`,
        forwarded: `for=198.51.100.${String(n)}`,
      }),
    )
    expect(answers.map(({ status }) => status)).toEqual([302, 302, 302, 302, 429, 429])
    const [last] = answers.slice(-1)
    expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(Number(last?.headers.get('retry-after'))).toBeLessThanOrEqual(60)
    expect(await last?.json()).toMatchObject({ status: 429, code: 'rate-limited' })
  })

  test('behind one proxy are counted by the address that it saw', async () => {
    const env = { RATE_SIGN_IN_PER_MINUTE: '3', TRUSTED_PROXIES: '1' }
    const app = await startAuthApp(database, { accounts: [], env })
    const by = (address: string) => (n: number) =>
      login(app)(n, { 'x-forwarded-for': `10.9.9.${String(n)}, ${address}` })
    const one = await many(4, by('203.0.113.7'))
    expect(one.map(({ status }) => status)).toEqual([302, 302, 302, 429])
    const other = await many(1, by('203.0.113.8'))
    expect(other.map(({ status }) => status)).toEqual([302])
    // One house has many addresses of IPv6.
    const house = await many(4, (n) => by(`2001:db8:1:2::${String(n + 1)}`)(n))
    expect(house.map(({ status }) => status)).toEqual([302, 302, 302, 429])
  })

  test('of one user are counted wherever they come from, and do not shut out another', async () => {
    const env = { RATE_USER_PER_MINUTE: '3', TRUSTED_PROXIES: '1' }
    const app = await startAuthApp(database, { accounts: [], env })
    const [one, other] = [await cookieAt(app), await cookieAt(app)]
    const me = (cookie: string) => (n: number) =>
      fetch(`${app.url}/api/v1/me`, {
        headers: { cookie, 'x-forwarded-for': `203.0.113.${String(n)}` },
      })
    expect((await many(5, me(one))).map(({ status }) => status)).toEqual([200, 200, 200, 429, 429])
    expect((await many(1, me(other))).map(({ status }) => status)).toEqual([200])
  })

  test('of one address are refused before anybody is looked up', async () => {
    const app = await startAuthApp(database, {
      accounts: [],
      env: { RATE_ADDRESS_PER_MINUTE: '2' },
    })
    const ask = () => fetch(`${app.url}/api/v1/me`, { headers: { authorization: 'Bearer x.y.z' } })
    expect((await many(4, ask)).map(({ status }) => status)).toEqual([401, 401, 429, 429])
  })

  test('are counted together by processes that share a Redis, and let through when it is away', async () => {
    const redis = await startRedis()
    const env = { RATE_SIGN_IN_PER_MINUTE: '3', REDIS_URL: redis.url }
    const [one, other] = [
      await startAuthApp(database, { accounts: [], env }),
      await startAuthApp(database, { accounts: [], env }),
    ]
    const answers = await many(5, (n) => login(n % 2 === 0 ? one : other)(n))
    expect(answers.map(({ status }) => status)).toEqual([302, 302, 302, 429, 429])
    expect(Number(answers[4]?.headers.get('retry-after'))).toBeGreaterThan(0)
    await redis.stop()
    expect((await login(one)(9)).status).toBe(302)
    expect(one.logged()).toContain('rate.trouble')
  })
})
