import { readFileSync } from 'node:fs'
import { beforeAll, expect, test } from '@jest/globals'
import { demoAccounts } from '../../scripts/simulators/sign-in/launch.ts'
import { startAuthApp } from '../support/auth-app.ts'
import type { AuthApp } from '../support/auth-app.ts'
import { openBrowser } from '../support/browser.ts'
import { freshDatabase } from '../support/database.ts'

let app: AuthApp

beforeAll(async () => {
  app = await startAuthApp(await freshDatabase(), { accounts: await demoAccounts() })
})

test('the issuer of the demo has a person for each role of people, each with a number of their own', async () => {
  const accounts = await demoAccounts()
  const names = readFileSync('prisma/access/roles.csv', 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',')[1])
  const duties = accounts.map(({ duty }) => duty)
  expect(names.filter((name) => !duties.includes(name ?? ''))).toEqual(['Hệ thống kết nối'])
  expect(new Set(accounts.map(({ idNumber }) => idNumber)).size).toBe(accounts.length)
})

test('its page names everybody, runs no script and cannot be framed', async () => {
  const browser = openBrowser()
  const page = await browser.follow(`${app.url}/auth/login`)
  for (const { name, duty } of await demoAccounts()) {
    expect(page.text).toContain(name)
    expect(page.text).toContain(duty)
  }
  expect(page.text).not.toMatch(/<script|\son\w+=|style=/i)
  const policy = (await browser.get(page.url)).headers.get('content-security-policy')
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).not.toMatch(/unsafe|script-src/)
  expect(policy).toContain(`form-action 'self' ${app.url}`)
})

test('it takes nobody who is not on its page, and no code without PKCE', async () => {
  const browser = openBrowser()
  const page = await browser.follow(`${app.url}/auth/login`)
  const answer = await browser.post(page.url, new URLSearchParams({ subject: 'nobody' }))
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('Không có')])
  const bare = new URL(page.trail[1] ?? '')
  bare.searchParams.delete('code_challenge')
  bare.searchParams.delete('code_challenge_method')
  const refused = await openBrowser().get(bare.href)
  expect(new URL(refused.headers.get('location') ?? '').searchParams.get('error')).toBe(
    'invalid_request',
  )
})

test('its console takes JSON only, and only under its own name', async () => {
  const post = (headers: Readonly<Record<string, string>>) =>
    fetch(`${app.issuer.url}/console/accounts`, { method: 'POST', headers, body: '[]' })
  expect((await post({ 'content-type': 'application/json' })).status).toBe(200)
  expect((await post({ 'content-type': 'text/plain' })).status).toBe(400)
  const { port } = new URL(app.issuer.url)
  const { request } = await import('node:http')
  const status = await new Promise((resolve) => {
    request({ host: '127.0.0.1', port, path: '/jwks', headers: { host: `evil.example:${port}` } })
      .on('response', (response) => resolve(response.resume().statusCode))
      .end()
  })
  expect(status).toBe(421)
})

test('signed out here and there, a browser is asked who it is', async () => {
  const browser = openBrowser()
  const asked = async () =>
    (await browser.signIn(app.url, 'so')).trail.some((url) => url.includes('/interaction/'))
  expect([await asked(), await asked()]).toEqual([true, false])
  const end = new URL(`${app.issuer.url}/session/end`)
  end.search = String(
    new URLSearchParams({ client_id: app.web.id, post_logout_redirect_uri: `${app.url}/` }),
  )
  const page = await browser.follow(end.href)
  const [, xsrf = ''] = /name="xsrf" value="(\w+)"/.exec(page.text) ?? []
  const form = new URLSearchParams({ xsrf, logout: 'yes' })
  const back = await browser.post(`${app.issuer.url}/session/end/confirm`, form)
  expect(back.headers.get('location')).toBe(`${app.url}/`)
  expect(await asked()).toBe(true)
})
