import { createHmac, timingSafeEqual } from 'node:crypto'
import { HttpError } from './input.ts'

/**
 * The wallet's keys, as it hands them to its customer; a simulator's are no secret. Written down a second time here, from
 * the wallet's own manual so to say: code shared with the product would share its mistakes.
 */
export const walletKeys = {
  calls:
    'sim-2:c2ltdWxhdG9yLWtleS1udW1iZXItdHdvLW9mLWNhbGxz,sim-1:c2ltdWxhdG9yLWtleS1udW1iZXItb25lLW9mLWNhbGxz',
  callbacks: 'sim-cb:c2ltdWxhdG9yLWtleS1vZi1jYWxsYmFja3MtYWxvbmUtMQ',
} as const

/** What may be wrong with a signature that we give, on demand. */
export type Spoil = 'bad-signature' | 'unsigned' | 'replay' | `skew:${string}`

export interface Asked {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly raw: string
}
type Headers = Readonly<Record<string, string>>

const windowSeconds = 300
const noncesMax = 200_000

const read = (text: string): ReadonlyMap<string, Buffer> =>
  new Map(
    text.split(',').map((pair) => {
      const [id = '', secret = ''] = pair.split(':')
      return [id, Buffer.from(secret, 'base64url')]
    }),
  )
const calls = read(walletKeys.calls)
const callbacks = read(walletKeys.callbacks)

const seconds = (): number => Math.floor(Date.now() / 1000)
const mac = (key: Buffer | undefined, text: string): string =>
  createHmac('sha256', key ?? Buffer.alloc(32))
    .update(text)
    .digest('hex')
const skewOf = (spoil: Spoil | undefined): number =>
  spoil?.startsWith('skew:') ? Number(spoil.slice(5)) : 0
const wrong = (signature: string): string => signature.replace(/^./, (c) => (c === '0' ? '1' : '0'))

/** The wallet's door: whom it lets in, and how it signs what it says. */
export const createDoor = () => {
  const seen = new Set<string>()
  let last: { readonly headers: Headers; readonly text: string } | undefined

  const admit = ({ method, url, headers, raw }: Asked): void => {
    const header = (name: string): string => String(headers[`x-hues-${name}`] ?? '')
    const [stamp, nonce] = [header('timestamp'), header('nonce')]
    const key = calls.get(header('key'))
    const right = Buffer.from(mac(key, `${method}\n${url}\n${stamp}\n${nonce}\n${raw}`))
    const given = Buffer.from(header('signature'))
    if (!key || given.length !== right.length || !timingSafeEqual(given, right)) {
      throw new HttpError(401, 'the signature is wrong')
    }
    if (Math.abs(seconds() - Number(stamp)) > windowSeconds) throw new HttpError(401, 'your clock')
    if (nonce === '' || seen.has(nonce)) throw new HttpError(401, 'this call was made before')
    if (seen.size >= noncesMax) seen.clear()
    seen.add(nonce)
  }

  /** Headers that sign an answer; the text changes only when an earlier answer is given again. */
  const sign = (asked: Asked, status: number, text: string, spoil?: Spoil) => {
    const nonce = String(asked.headers['x-hues-nonce'] ?? '')
    const id = String(asked.headers['x-hues-key'] ?? '')
    if (spoil === 'unsigned' || nonce === '') return { headers: {}, text }
    if (spoil === 'replay' && last) return last
    const stamp = String(seconds() + skewOf(spoil))
    const signature = mac(calls.get(id), `answer\n${String(status)}\n${nonce}\n${stamp}\n${text}`)
    const headers: Headers = {
      'x-hues-key': id,
      'x-hues-nonce': nonce,
      'x-hues-timestamp': stamp,
      'x-hues-signature': spoil === 'bad-signature' ? wrong(signature) : signature,
    }
    if (spoil === undefined) last = { headers, text }
    return { headers, text }
  }
  return { admit, sign }
}

/** Headers of a callback: signed over `timestamp.body`. */
export const signCallback = (body: string, spoil?: Spoil): Headers => {
  const [[id, key] = []] = callbacks
  const stamp = String(seconds() + skewOf(spoil))
  const signature = mac(key, `${stamp}.${body}`)
  return {
    'content-type': 'application/json',
    'x-hues-key': id ?? '',
    'x-hues-timestamp': stamp,
    'x-hues-signature': spoil === 'bad-signature' ? wrong(signature) : signature,
  }
}
