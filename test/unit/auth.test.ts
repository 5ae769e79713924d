import { describe, expect, test } from '@jest/globals'
import { attemptFrom, newAttempt } from '../../src/api/auth/attempt.ts'
import { cookieOf } from '../../src/api/auth/cookies.ts'
import { userIdIndex } from '../../src/access/id-index.ts'
import { maskedAddress, maskedAgent } from '../../src/api/auth/masked.ts'
import { authSettingsOf } from '../../src/api/auth/settings.ts'
import { readConfig } from '../../src/config.ts'
import { ID_NUMBER } from '../../src/registry/blind-fields.ts'
import { vault } from '../support/vault.ts'

describe('where a browser goes after sign-in', () => {
  test.each(['/', '/danh-sach?thang=2023-08&xa=19750', '/a/b#c', '/authx'])('is %s', (path) => {
    expect(newAttempt(path).returnTo).toBe(path)
  })

  test.each([
    ...['//evil.example', '/\\evil.example', 'https://evil.example', 'evil.example', ''],
    ...['/\t/evil.example', '/a\\..\\b', 'javascript:alert(1)', '/auth/login', '/\u2028', '/a b'],
    `/${'a'.repeat(500)}`,
  ])('is never %j', (path) => {
    expect(newAttempt(path).returnTo).toBe('/')
  })

  test('is the same after the way over the issuer, and not what somebody put into the cookie', () => {
    const attempt = newAttempt('/x?y=1')
    expect(attemptFrom(attempt.cookie)).toEqual(attempt)
    const [secret = ''] = attempt.cookie.split('.')
    const elsewhere = Buffer.from('//evil.example').toString('base64url')
    expect(attemptFrom(`${secret}.${elsewhere}`)?.returnTo).toBe('/')
    for (const bad of [null, '', secret, `${secret}x.Lw`, `${secret}.!`]) {
      expect(attemptFrom(bad)).toBeNull()
    }
  })

  test('is reached by an attempt of which no two parts tell one another', () => {
    const { cookie, state, nonce, verifier } = newAttempt('/')
    expect(new Set([cookie.slice(0, 43), state, nonce, verifier]).size).toBe(4)
    for (const part of [state, nonce, verifier]) expect(part).toMatch(/^[\w-]{43}$/)
    expect(newAttempt('/').state).not.toBe(state)
  })
})

test.each([
  ['a=1; __Host-sid=x; b=2', 'x'],
  ['__Host-sid=x=y', 'x=y'],
  ['__Host-sid=', ''],
  ['__Host-sid=x; __Host-sid=y', null],
  ['x__Host-sid=x', null],
  ['__host-sid=x', null],
  [undefined, null],
])('the cookie in %j is %j', (header, value) => {
  expect(cookieOf(header, '__Host-sid')).toBe(value)
})

test.each([
  ['203.0.113.77', '203.0.113.x'],
  ['::ffff:203.0.113.77', '203.0.113.x'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1::x'],
  ['2001:db8::1', '2001:db8::x'],
  ['::1', '::x'],
  ['nonsense', 'x'],
  [undefined, 'x'],
])('the address %j is kept as %j', (address, masked) => {
  expect(maskedAddress(address)).toBe(masked)
})

test.each([
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0',
    'Edge · Windows',
  ],
  [
    'Mozilla/5.0 (Linux; Android 14; SM-A146) Chrome/140.0 Mobile Safari/537.36',
    'Chrome · Android',
  ],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1', 'Safari · iPhone'],
  ['<script>', 'Trình duyệt khác'],
  [undefined, 'Trình duyệt khác'],
])('the browser %j is kept as %j', (agent, masked) => {
  expect(maskedAgent(agent)).toBe(masked)
})

test('the index of a user’s identity number is not that of the register', () => {
  const number = '999000000001'
  expect(userIdIndex(vault, number)).toMatch(/^[0-9a-f]{64}$/)
  expect(userIdIndex(vault, number)).not.toBe(vault.index(ID_NUMBER, number).toString('hex'))
  for (const bad of ['99900000000', '9990000000011', '99900000000a', '']) {
    expect(() => userIdIndex(vault, bad)).toThrow('12 chữ số')
  }
})

describe('the settings of sign-in', () => {
  const good = {
    ...{ PUBLIC_URL: 'https://ansinh.example.vn', OIDC_ISSUER: 'https://id.example.vn' },
    ...{ OIDC_CLIENT_ID: 'ansinh', OIDC_CLIENT_SECRET: 's'.repeat(32) },
  }
  const refusalOf = (change: Readonly<Record<string, string>>) => {
    try {
      authSettingsOf(readConfig({ ...good, ...change }))
      return null
    } catch (error) {
      expect(error).toMatchObject({ kind: 'invalid', code: 'config' })
      return (error as Error).message
    }
  }

  test('have the limits of reliability.md, and no secret of their own', () => {
    const settings = authSettingsOf(readConfig(good))
    expect(settings.sessions).toEqual({
      ...{ idleSeconds: 1_800, treasuryIdleSeconds: 900, seconds: 36_000, perUser: 5 },
    })
    expect(settings.tokens).toEqual({
      ...{ audience: 'https://ansinh.example.vn/api/v1', secondsMax: 300 },
    })
    for (const name of Object.keys(good)) expect(refusalOf({ [name]: '' })).toContain(name)
    expect(refusalOf({})).toBeNull()
  })

  test.each([
    ['PUBLIC_URL', 'http://ansinh.example.vn'],
    ['PUBLIC_URL', 'https://ansinh.example.vn/here'],
    ['OIDC_ISSUER', 'http://id.example.vn'],
    ['OIDC_ISSUER', 'http://127.0.0.1.evil.example'],
    ['OIDC_CLIENT_SECRET', 'changeme'],
  ])('refuse %s=%s', (name, value) => {
    expect(refusalOf({ [name]: value })).toContain(name)
  })

  test('take http on this machine', () => {
    expect(
      refusalOf({ PUBLIC_URL: 'http://localhost:8080', OIDC_ISSUER: 'http://127.0.0.1:9000' }),
    ).toBeNull()
  })
})
