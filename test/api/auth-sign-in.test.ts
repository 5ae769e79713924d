import { beforeAll, describe, expect, test } from '@jest/globals'
import type { PersonId } from '../../src/lib/act.ts'
import { startAuthApp } from '../support/auth-app.ts'
import type { AuthApp } from '../support/auth-app.ts'
import { openBrowser } from '../support/browser.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { enterUser } from '../support/users.ts'

const account = (subject: string, idNumber: string, assurance: 1 | 2 = 2) => ({
  ...{ subject, name: `Người ${subject} <b>`, duty: 'Cán bộ xã', idNumber, assurance },
})

let database: FreshDatabase
let app: AuthApp
let officer: PersonId

beforeAll(async () => {
  database = await freshDatabase()
  const accounts = [
    ...[account('lan', '999000000001'), account('lan-hai', '999000000001', 1)],
    ...[account('la', '999000000009'), account('hoa', '999000000002')],
  ]
  app = await startAuthApp(database, { accounts })
  officer = await enterUser(database, { name: 'Nguyễn Thị Lan', idNumber: '999000000001' })
  await enterUser(database, { name: 'Lê Hoa', idNumber: '999000000002' })
})

const me = async (browser = openBrowser()) => {
  const answer = await browser.get(`${app.url}/api/v1/me`)
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

describe('a sign-in', () => {
  test('leads over the issuer back to where the browser wanted to go, with a cookie of ours', async () => {
    const browser = openBrowser()
    const page = await browser.signIn(app.url, 'lan', '?return=/?xa=19750')
    expect(page).toMatchObject({ status: 200, url: `${app.url}/?xa=19750`, text: 'trang đầu' })
    const at = new URL(page.trail[1] ?? '').searchParams
    expect([at.get('response_type'), at.get('code_challenge_method')]).toEqual(['code', 'S256'])
    const [set] = page.set.filter((header) => header.startsWith('__Host-sid='))
    expect(set).toMatch(/^__Host-sid=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax$/)
    const { status, body } = await me(browser)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      user: officer,
      kind: 'officer',
      name: 'Nguyễn Thị Lan',
      assurance: 2,
    })
    expect(Math.abs(Date.parse(String(body['provenAt'])) - Date.now())).toBeLessThan(60_000)
  })

  test('by a second account of one person is the same user, and is remembered', async () => {
    await openBrowser().signIn(app.url, 'lan')
    const browser = openBrowser()
    await browser.signIn(app.url, 'lan-hai')
    expect((await me(browser)).body).toMatchObject({ user: officer, assurance: 1 })
    const { rows } = await database.admin.query(
      `select subject from user_login where user_id = $1 and issuer = $2 order by subject`,
      [officer, app.issuer.url],
    )
    expect(rows).toEqual([{ subject: 'lan' }, { subject: 'lan-hai' }])
    const audit = await database.admin.query(
      `select actor, detail ->> 'subject' as subject, source from audit_event where act = 'user.add-login' order by id`,
    )
    const from = { actor: officer, source: '127.0.0.1' }
    expect(audit.rows.filter(({ subject }) => String(subject).startsWith('lan'))).toEqual([
      { ...from, subject: 'lan' },
      { ...from, subject: 'lan-hai' },
    ])
  })

  test('of somebody who is no user is refused in words, and leaves nothing', async () => {
    const browser = openBrowser()
    const page = await browser.signIn(app.url, 'la')
    expect(page.status).toBe(403)
    expect(await app.counted()).toMatch(
      /^login_failed_total\{reason="unknown",process="api"\} [1-9]/m,
    )
    expect(page.text).toContain('chưa là người dùng của hệ thống')
    expect(page.text).toContain('Người la &#60;b&#62;')
    expect((await me(browser)).status).toBe(401)
    const { rows } = await database.admin.query(`select from user_login where subject = 'la'`)
    expect(rows).toEqual([])
    // The page leads on: with another account they come in.
    const again = /href="\/auth\/login([^"]+)"/.exec(page.text)?.[1] ?? ''
    expect(await browser.signIn(app.url, 'lan', again)).toMatchObject({ status: 200 })
    expect((await me(browser)).body).toMatchObject({ user: officer })
  })

  test('by an account whose identity number became another’s is refused', async () => {
    await openBrowser().signIn(app.url, 'hoa')
    await app.issuer.enter([account('hoa', '999000000001')])
    const browser = openBrowser()
    expect((await browser.signIn(app.url, 'hoa')).text).toContain('Số định danh không khớp')
    expect((await me(browser)).status).toBe(401)
  })

  test('anew asks for proof again, and is proven anew', async () => {
    const browser = openBrowser()
    await browser.signIn(app.url, 'lan')
    const before = (await me(browser)).body
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    // The issuer still knows the browser: without `fresh` it does not ask, and nothing is proven.
    const silent = await browser.signIn(app.url, 'lan')
    expect(silent.trail.some((url) => url.includes('/interaction/'))).toBe(false)
    expect((await me(browser)).body['provenAt']).toBe(before['provenAt'])
    const asked = await browser.signIn(app.url, 'lan', '?fresh=1')
    expect(asked.trail.some((url) => url.includes('/interaction/'))).toBe(true)
    const after = (await me(browser)).body
    expect(Date.parse(String(after['provenAt']))).toBeGreaterThan(
      Date.parse(String(before['provenAt'])),
    )
  })
})

describe('a callback', () => {
  /** Goes as far as the issuer's answer, which is not yet taken. */
  const untilBack = async (browser = openBrowser()) => {
    const page = await browser.follow(`${app.url}/auth/login`)
    let url = page.url
    let answer = await browser.post(url, new URLSearchParams({ subject: 'lan' }))
    for (let hop = 0; hop < 4; hop += 1) {
      url = new URL(answer.headers.get('location') ?? '', url).href
      if (url.startsWith(`${app.url}/auth/callback`)) return { browser, url }
      answer = await browser.get(url)
    }
    throw new Error(`not back: ${url}`)
  }

  test('with another state is refused', async () => {
    const { browser, url } = await untilBack()
    const forged = url.replace(/state=[^&]+/, `state=${'x'.repeat(43)}`)
    expect((await browser.follow(forged)).status).toBe(400)
    expect((await me(browser)).status).toBe(401)
  })

  test('in a browser that did not begin the sign-in is refused', async () => {
    const { url } = await untilBack()
    const victim = openBrowser()
    expect((await victim.follow(url)).status).toBe(400)
    const { browser: other } = await untilBack(victim)
    expect((await other.follow(url)).status).toBe(400)
    expect((await me(victim)).status).toBe(401)
  })

  test('twice is taken once, even with the cookie put back', async () => {
    const { browser, url } = await untilBack()
    const attempt = browser.cookie(app.url, '__Host-sign-in') ?? ''
    expect((await browser.follow(url)).url).toBe(`${app.url}/`)
    expect(browser.cookie(app.url, '__Host-sign-in')).toBeUndefined()
    expect((await browser.follow(url)).status).toBe(400)
    const thief = openBrowser()
    thief.setCookie(app.url, '__Host-sign-in', attempt)
    expect((await thief.follow(url)).status).toBe(400)
    expect((await me(thief)).status).toBe(401)
  })

  test('of an issuer that refuses says so', async () => {
    const { browser, url } = await untilBack()
    const state = new URL(url).searchParams.get('state') ?? ''
    const said = new URLSearchParams({ error: 'access_denied', state, iss: app.issuer.url })
    const page = await browser.follow(`${app.url}/auth/callback?${String(said)}`)
    expect(page).toMatchObject({ status: 400 })
    expect(page.text).toContain('không xác nhận')
  })

  test('never keeps the session id that a browser brings', async () => {
    const planted = 'A'.repeat(43)
    const browser = openBrowser()
    browser.setCookie(app.url, '__Host-sid', planted)
    await browser.signIn(app.url, 'lan')
    expect(browser.cookie(app.url, '__Host-sid')).not.toBe(planted)
    const first = browser.cookie(app.url, '__Host-sid') ?? ''
    await browser.signIn(app.url, 'lan')
    expect(browser.cookie(app.url, '__Host-sid')).not.toBe(first)
    // The old one is over, and so is what was planted.
    for (const old of [planted, first]) {
      expect(
        await app.authenticate({ cookie: `__Host-sid=${old}`, authorization: undefined }),
      ).toBeNull()
    }
  })
})

test('neither secrets nor who somebody is stand in the log', async () => {
  const browser = openBrowser()
  await browser.signIn(app.url, 'la')
  await browser.signIn(app.url, 'lan', '?fresh=1')
  const secret = browser.cookie(app.url, '__Host-sid') ?? ''
  expect(app.logged()).toContain('"event":"sign-in.done"')
  expect(app.logged()).toContain('"reason":"unknown"')
  for (const word of [secret, app.web.secret, '999000000001', 'code=', 'Lan', 'eyJ']) {
    expect(app.logged()).not.toContain(word)
  }
})
