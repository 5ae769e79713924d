import { createSecretKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import {
  hueSSeal,
  isSignedBy,
  isWithinWindow,
  signatureKeys,
  signatureOf,
} from '../../src/payouts/channels/hue-s-signature.ts'

/** 32 bytes 00…1f and 20…3f. */
const bytesFrom = (first: number) => Buffer.from(Array.from({ length: 32 }, (_, n) => n + first))
const OLD = createSecretKey(bytesFrom(0))
const NEW = createSecretKey(bytesFrom(32))
const text = `new:${bytesFrom(32).toString('base64url')},old:${bytesFrom(0).toString('base64url')}`
const keys = signatureKeys(text)
const NOW = 1_700_000_000_000

const sealed = (nowMs = () => NOW) =>
  hueSSeal(keys, nowMs).begin({ method: 'POST', target: '/payments?a=1', body: '{"a":"ử"}' })

/** The wallet's side, written down a second time. */
function answerTo(call: ReturnType<typeof sealed>, change: Record<string, unknown> = {}) {
  const said = {
    ...{ status: 200, body: '{"ok":true}', key: 'old', secret: OLD },
    ...{ nonce: call.headers['x-hues-nonce'] ?? '', stamp: String(NOW / 1000) },
    ...change,
  }
  const head = `answer\n${said.status}\n${said.nonce}\n${said.stamp}\n`
  return {
    status: 200,
    headers: {
      'x-hues-key': said.key,
      'x-hues-nonce': said.nonce,
      'x-hues-timestamp': said.stamp,
      'x-hues-signature': signatureOf(said.secret, head, said.body),
    },
    body: Buffer.from('{"ok":true}'),
  }
}

describe('a signature', () => {
  test('is that of the fixed vectors', () => {
    // openssl dgst -sha256 -mac HMAC -macopt hexkey:000102…1f over the same bytes.
    expect(signatureOf(OLD, 'POST\n/payments\n1700000000\nn-1\n', '{"reference":"R1"}')).toBe(
      'a7985f50f48aac5b8471a50fa13bccfb1d3ca8122dde0b8d7a5544967517290f',
    )
    expect(signatureOf(OLD, '1700000000.', '{"eventId":"E-1"}')).toBe(
      '8ec22db9d37716e25c9d3c1262000167ecce9cc5b9d437fef577bfee033388b5',
    )
  })

  test('of a request covers method, path with query, time, nonce and body, under the first key', () => {
    const { headers } = sealed()
    const { 'x-hues-nonce': nonce, 'x-hues-timestamp': stamp } = headers
    expect(headers['x-hues-key']).toBe('new')
    expect(stamp).toBe('1700000000')
    const head = `POST\n/payments?a=1\n${String(stamp)}\n${String(nonce)}\n`
    expect(headers['x-hues-signature']).toBe(signatureOf(NEW, head, '{"a":"ử"}'))
    expect(sealed().headers['x-hues-nonce']).not.toBe(nonce)
  })

  test('is believed under every key and under no other', () => {
    const head = 'x'
    const by = (key: string, secret: KeyObject) =>
      isSignedBy(keys, { key, signature: signatureOf(secret, head) }, head, Buffer.alloc(0))
    expect([by('old', OLD), by('new', NEW)]).toEqual([true, true])
    expect([by('old', NEW), by('other', OLD), by('', OLD)]).toEqual([false, false, false])
    expect(isSignedBy(keys, { key: 'old', signature: '' }, head, Buffer.alloc(0))).toBe(false)
  })
})

describe('an answer', () => {
  test('that is signed for this call is believed', () => {
    const call = sealed()
    expect(call.check(answerTo(call))).toBeNull()
    expect(call.check(answerTo(call, { key: 'new', secret: NEW }))).toBeNull()
  })

  test.each([
    ['another status', { status: 500 }, 'not signed'],
    ['another body', { body: '{"ok":false}' }, 'not signed'],
    ['another key', { secret: NEW }, 'not signed'],
    ['the nonce of another call', { nonce: 'n' }, 'another call'],
    ['a clock 301 s late', { stamp: String(NOW / 1000 - 301) }, 'clock'],
    ['a clock 301 s early', { stamp: String(NOW / 1000 + 301) }, 'clock'],
    ['no time', { stamp: '' }, 'clock'],
  ])('signed over %s is not', (_, change, why) => {
    const call = sealed()
    expect(call.check(answerTo(call, change))).toMatch(why)
  })

  test('without a signature is not', () => {
    const call = sealed()
    expect(call.check({ status: 200, headers: {}, body: Buffer.alloc(0) })).not.toBeNull()
  })
})

test('the window is 300 seconds on both sides', () => {
  const at = (seconds: number) => isWithinWindow(String(NOW / 1000 + seconds), NOW)
  expect([at(-301), at(-300), at(0), at(300), at(301)]).toEqual([false, true, true, true, false])
  expect(
    ['', '-1', 'NaN', '1e9', '9'.repeat(13)].filter((one) => isWithinWindow(one, 1e12)),
  ).toEqual([])
})

test.each([
  '',
  'a',
  'a:',
  'A:' + bytesFrom(0).toString('base64url'),
  'a:c2hvcnQ',
  `${text},old:${bytesFrom(32).toString('base64url')}`,
])('keys as "%s" are refused', (wrong) => {
  expect(() => signatureKeys(wrong)).toThrow(expect.objectContaining({ code: 'signature-keys' }))
})
