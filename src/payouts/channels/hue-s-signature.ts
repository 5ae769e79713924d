import { createHmac, createSecretKey, randomUUID, timingSafeEqual } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { z } from 'zod'
import { DomainError } from '../../lib/errors.ts'
import type { MessageSeal } from '../../lib/http.ts'

/** Shared secrets by id. The first signs what we send; all of them are believed (rotation). */
export type SignatureKeys = readonly { readonly id: string; readonly secret: KeyObject }[]

/** How far the other side's clock may be from ours, in seconds. */
const CLOCK_WINDOW_SECONDS = 300

const SECRET_BYTES_MIN = 32
const keyId = z.string().regex(/^[a-z0-9-]{1,32}$/)

/**
 * Keys as the settings name them: "id:base64url,id:base64url". Throws DomainError `signature-keys` when an id is wrong or
 * used twice, or a secret is shorter than 32 bytes.
 */
export function signatureKeys(text: string): SignatureKeys {
  const keys = text.split(',').map((pair) => {
    const [id = '', secret = ''] = pair.split(':')
    // Made once: of bytes a key would be made for each signature.
    return { id, secret: createSecretKey(secret, 'base64url') }
  })
  const whole = ({ id, secret }: SignatureKeys[number]) =>
    keyId.safeParse(id).success && (secret.symmetricKeySize ?? 0) >= SECRET_BYTES_MIN
  if (!keys.every(whole) || new Set(keys.map(({ id }) => id)).size !== keys.length) {
    throw new DomainError(
      'invalid',
      'signature-keys',
      'Khóa ký của ví phải có dạng "mã:base64url", mỗi mã một khóa, ít nhất 32 byte',
    )
  }
  return keys
}

/** What both sides sign. A request, an answer and a callback can never be taken for one another: they begin differently. */
function requestText(call: Call, timestamp: string, nonce: string): string {
  return `${call.method}\n${call.target}\n${timestamp}\n${nonce}\n${call.body}`
}

interface Call {
  readonly method: string
  readonly target: string
  readonly body: string
}

/** Reads the wallet's own headers. Made here, for a named function made in each call costs as much as a signature. */
function sealsIn(headers: Readonly<Record<string, string | string[] | undefined>>) {
  return (name: string): string => String(headers[`x-hues-${name}`] ?? '')
}

/** HMAC-SHA256 in hex over text and bytes, one after the other. */
export function signatureOf(
  secret: KeyObject,
  head: string,
  body: Uint8Array | string = '',
): string {
  return createHmac('sha256', secret).update(head).update(body).digest('hex')
}

/** Whether a signature is right under the key that it names, in constant time. */
export function isSignedBy(
  keys: SignatureKeys,
  named: { readonly key: string; readonly signature: string },
  head: string,
  body: Uint8Array,
): boolean {
  const key = keys.find(({ id }) => id === named.key)
  if (key === undefined) return false
  const expected = Buffer.from(signatureOf(key.secret, head, body), 'utf8')
  const given = Buffer.from(named.signature, 'utf8')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** Whether a time stamp in seconds is within the window around `nowMs`. */
export function isWithinWindow(timestamp: string, nowMs: number): boolean {
  if (!/^\d{1,12}$/.test(timestamp)) return false
  return Math.abs(nowMs / 1000 - Number(timestamp)) <= CLOCK_WINDOW_SECONDS
}

/**
 * The wallet's signature over both directions (docs/adr/0014). A request is signed over method, path with query, time
 * stamp, nonce and body; its answer over status, the request's nonce, the answer's time stamp and body, so that an
 * answer to another call is never believed. `nowMs` is the clock.
 */
export function hueSSeal(keys: SignatureKeys, nowMs: () => number): MessageSeal {
  const [current] = keys
  if (current === undefined) throw new DomainError('invalid', 'signature-keys', 'Thiếu khóa ký')
  return {
    begin: (call) => {
      const timestamp = String(Math.floor(nowMs() / 1000))
      const nonce = randomUUID()
      return {
        headers: {
          'x-hues-key': current.id,
          'x-hues-timestamp': timestamp,
          'x-hues-nonce': nonce,
          'x-hues-signature': signatureOf(current.secret, requestText(call, timestamp, nonce)),
        },
        check: ({ status, headers, body }) => {
          const header = sealsIn(headers)
          const stamp = header('timestamp')
          const named = { key: header('key'), signature: header('signature') }
          const head = `answer\n${status}\n${nonce}\n${stamp}\n`
          if (header('nonce') !== nonce) return 'the answer belongs to another call'
          if (!isSignedBy(keys, named, head, body)) return 'the answer is not signed by the wallet'
          if (!isWithinWindow(stamp, nowMs())) return 'the clock of the answer is wrong'
          return null
        },
      }
    },
  }
}
