import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { decodeJwt, decodeProtectedHeader, SignJWT, UnsecuredJWT } from 'jose'
import type { JWTHeaderParameters } from 'jose'
import { attemptFrom } from '../../src/api/auth/attempt.ts'
import { createAuthenticate } from '../../src/api/auth/authenticate.ts'
import { openIssuer } from '../../src/api/auth/issuer.ts'
import type { PersonId } from '../../src/lib/act.ts'
import { OTHER_AUDIENCE, startAuthApp } from '../support/auth-app.ts'
import type { AuthApp } from '../support/auth-app.ts'
import { openBrowser } from '../support/browser.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { beginSession, cookieOf, enterOfficer } from '../support/signed-in.ts'
import { enterUser } from '../support/users.ts'

let database: FreshDatabase
let app: AuthApp
let service: PersonId

beforeAll(async () => {
  database = await freshDatabase()
  app = await startAuthApp(database, {
    accounts: [{ subject: 'lan', name: 'Lan', duty: 'Xã', idNumber: '999000000001', assurance: 2 }],
    env: { API_TOKEN_SECONDS_MAX: '120' },
  })
  const login = { issuer: app.issuer.url, subject: 'so' }
  service = await enterUser(database, { kind: 'service', name: 'Hệ thống Sở', login })
})

beforeEach(() => {
  app.shiftClock(0)
})

const basic = ({ id, secret }: { readonly id: string; readonly secret: string }) =>
  `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`

const askIssuer = async (client: AuthApp['web'], form: Readonly<Record<string, string>>) => {
  const headers = { authorization: basic(client) }
  const body = new URLSearchParams(form)
  const answer = await fetch(`${app.issuer.url}/token`, { method: 'POST', headers, body })
  return (await answer.json()) as Readonly<Record<string, string>>
}

/** A machine's token, as the issuer gives it. */
const tokenOf = async (at = 0, resource = app.audience): Promise<string> => {
  const client = app.machines[at] ?? app.web
  const { access_token } = await askIssuer(client, { grant_type: 'client_credentials', resource })
  return access_token ?? ''
}

const whoIs = (token: string, cookie?: string) =>
  app.authenticate({ cookie, authorization: `Bearer ${token}` })

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })

/** The machine's true token with another header or other claims, signed by a key of ours. */
const forged = async (
  header: Partial<JWTHeaderParameters>,
  key: Parameters<SignJWT['sign']>[0] = privateKey,
): Promise<string> => {
  const token = await tokenOf()
  const head = { ...decodeProtectedHeader(token), ...header } as JWTHeaderParameters
  return new SignJWT(decodeJwt(token)).setProtectedHeader(head).sign(key)
}

describe('a machine', () => {
  test('comes in by the token of its own client credentials', async () => {
    const token = await tokenOf()
    expect(await whoIs(token)).toMatchObject({
      ...{ user: service, kind: 'service', name: 'Hệ thống Sở', session: null },
    })
    const answer = await fetch(`${app.url}/api/v1/me`, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(answer.status).toBe(200)
  })

  test('that nobody entered is nobody', async () => {
    expect(await whoIs(await tokenOf(1))).toBeNull()
    expect(app.logged()).toContain('"event":"token.refused"')
  })

  test('whose account is an officer’s is nobody: officers come by sign-in', async () => {
    const login = { issuer: app.issuer.url, subject: 'kho-bac' }
    await enterUser(database, { name: 'Phạm Toán', idNumber: '999000000002', login })
    expect(await whoIs(await tokenOf(1))).toBeNull()
  })

  test('that is disabled is nobody, with the token it has', async () => {
    const token = await tokenOf()
    const set = (value: string) =>
      database.admin.query(`update app_user set disabled_at = ${value} where id = $1`, [service])
    await set('now()')
    expect(await whoIs(token)).toBeNull()
    await set('null')
    expect(await whoIs(token)).not.toBeNull()
  })
})

describe('a token lets nobody in', () => {
  test('when it is for another audience', async () => {
    const token = await tokenOf(0, OTHER_AUDIENCE)
    expect(decodeJwt(token).aud).toBe(OTHER_AUDIENCE)
    expect(await whoIs(token)).toBeNull()
  })

  test('when it has expired, or is older than tokens may be', async () => {
    const token = await tokenOf()
    for (const [seconds, good] of [
      [110, true],
      [180, false],
      [360, false],
      [-60, false],
    ] as const) {
      app.shiftClock(seconds * 1_000)
      expect([seconds, (await whoIs(token)) !== null]).toEqual([seconds, good])
    }
  })

  test('when it is not signed', async () => {
    const bare = new UnsecuredJWT(decodeJwt(await tokenOf())).encode()
    const [, body = ''] = bare.split('.')
    const head = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')
    for (const token of [bare, `${head}.${body}.`]) expect(await whoIs(token)).toBeNull()
  })

  test('when the public key was used as a shared secret', async () => {
    const keys = (await (await fetch(`${app.issuer.url}/jwks`)).json()) as { keys: unknown[] }
    const [jwk] = keys.keys
    const pem = createPublicKey({ key: jwk, format: 'jwk' } as never).export({
      ...{ type: 'spki', format: 'pem' },
    })
    const token = await forged({ alg: 'HS256' }, Buffer.from(pem))
    expect(await whoIs(token)).toBeNull()
  })

  test('when another key signed it under the issuer’s key id', async () => {
    expect(await whoIs(await forged({}))).toBeNull()
  })

  test('when it brings its own key, or says where to get it', async () => {
    let asked = 0
    const { n = '', e = '', kty = '' } = createPublicKey(privateKey).export({ format: 'jwk' })
    const jwk = { n, e, kty, kid: 'mine', alg: 'RS256' }
    const server = createServer((_, response) => {
      asked += 1
      response.end(JSON.stringify({ keys: [jwk] }))
    })
    await new Promise<void>((resolve) => server.unref().listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/jwks`
    for (const header of [
      { kid: url },
      { kid: 'mine', jku: url },
      { kid: 'mine', x5u: url },
      { kid: 'mine', jwk },
      { kid: '../../../../dev/null' },
      { kid: '/proc/self/environ' },
      { kid: "' or '1'='1" },
    ]) {
      expect([header.kid, await whoIs(await forged(header))]).toEqual([header.kid, null])
    }
    expect(asked).toBe(0)
    await new Promise((resolve) => server.close(resolve))
  })

  test('when it is the ID token of somebody', async () => {
    const login = { issuer: app.issuer.url, subject: 'lan' }
    await enterUser(database, { kind: 'service', name: 'Không phải máy', login })
    const { id_token = '' } = await codeFlow()
    expect(decodeJwt(id_token)).toMatchObject({ sub: 'lan', iss: app.issuer.url })
    expect(await whoIs(id_token)).toBeNull()
  })

  test('when it is no token', async () => {
    for (const text of ['', 'x', 'a.b.c', '..', 'x'.repeat(9_000)])
      expect(await whoIs(text)).toBeNull()
    for (const authorization of ['Basic eDp5', 'Bearer', `Bearer ${await tokenOf()} x`]) {
      expect(await app.authenticate({ cookie: undefined, authorization })).toBeNull()
    }
  })

  test('when it is bad and a good cookie comes with it', async () => {
    const cookie = cookieOf(await beginSession(app, await enterOfficer(database, app)))
    expect(await app.authenticate({ cookie, authorization: undefined })).not.toBeNull()
    expect(await whoIs('x.y.z', cookie)).toBeNull()
  })
})

/** Does as our client does, up to the tokens. */
async function codeFlow() {
  const browser = openBrowser()
  const { url: page } = await browser.follow(`${app.url}/auth/login`)
  const attempt = attemptFrom(browser.cookie(app.url, '__Host-sign-in') ?? null)
  let url = page
  let answer = await browser.post(url, new URLSearchParams({ subject: 'lan' }))
  while (!url.includes('code=')) {
    url = new URL(answer.headers.get('location') ?? '', url).href
    if (!url.includes('code=')) answer = await browser.get(url)
  }
  return askIssuer(app.web, {
    ...{ grant_type: 'authorization_code', code: new URL(url).searchParams.get('code') ?? '' },
    ...{ redirect_uri: `${app.url}/auth/callback`, code_verifier: attempt?.verifier ?? '' },
  })
}

describe('an issuer that is away', () => {
  test('lets nobody in, and the log says so; who signs in is told', async () => {
    const token = await tokenOf()
    await app.issuer.stop()
    // The keys are known: a token goes on being good until then.
    expect(await whoIs(token)).not.toBeNull()
    const fresh = { ...app.deps, issuer: openIssuer(app.deps.settings) }
    const ask = createAuthenticate(fresh)
    expect(await ask({ cookie: undefined, authorization: `Bearer ${token}` })).toBeNull()
    expect(app.logged()).toContain('issuer.unreachable')
    expect(app.logged()).not.toContain(token)
    const away = await startAuthApp(database, { accounts: [] })
    await away.issuer.stop()
    const page = await openBrowser().follow(`${away.url}/auth/login`)
    expect(page.status).toBe(503)
    expect(page.text).toContain('Không liên lạc được với nơi cấp định danh')
  })
})
