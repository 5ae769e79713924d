import { createHmac } from 'node:crypto'
import type { LookupAddress } from 'node:dns'
import { lookup } from 'node:dns/promises'
import type { LookupFunction } from 'node:net'
import { Agent } from 'undici'
import { exchangeOnce } from '../lib/http-exchange.ts'
import { refusedAddress } from './outgoing-addresses.ts'
import type { OutgoingTarget } from './outgoing-targets.ts'

/** What came of one delivery. */
export interface Delivered {
  readonly status: number | null
  /** Short, of ours: an answer's content is kept by nobody. */
  readonly error: string | null
}

/** An event as it goes out. */
export interface OutgoingMessage {
  readonly id: string
  /** Seconds since 1970: a receiver refuses what is older than five minutes. */
  readonly sentAt: number
  readonly body: string
}

const TIMEOUT_MS = 10_000
const ANSWER_BYTES_MAX = 64 * 1024

/**
 * The headers of a message as Standard Webhooks has them: HMAC-SHA-256 over id, time and body, so that neither can be
 * exchanged or sent again later.
 */
function signedHeaders(
  secret: Uint8Array,
  { id, sentAt, body }: OutgoingMessage,
): Readonly<Record<string, string>> {
  const signed = `${id}.${String(sentAt)}.${body}`
  const signature = createHmac('sha256', secret).update(signed).digest('base64')
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(sentAt),
    'webhook-signature': `v1,${signature}`,
  }
}

/** Finds the addresses of a name. */
type Find = (hostname: string) => Promise<readonly LookupAddress[]>

const findAddresses: Find = (hostname) => lookup(hostname, { all: true })

/**
 * Looks a target's name up once, refuses what must not be reached, and connects to that very address: a name that answers
 * otherwise the second time gains nothing (D3 row 12).
 */
function pinned(find: Find): LookupFunction {
  return (hostname, options, found) => {
    find(hostname).then(
      (addresses) => {
        const [first] = addresses
        if (first === undefined || addresses.some(({ address }) => refusedAddress(address))) {
          found(Object.assign(new Error('refused address'), { code: 'REFUSED_ADDRESS' }), '')
        } else if (options.all === true) found(null, [...addresses])
        else found(null, first.address, first.family)
      },
      (error: unknown) => found(error instanceof Error ? error : new Error('no address'), ''),
    )
  }
}

/** Sends one message once: no retry, no redirect. A 2xx is a delivery; a redirect is none. */
export async function deliverOnce(
  target: OutgoingTarget,
  message: OutgoingMessage,
  find: Find = findAddresses,
): Promise<Delivered> {
  const { origin, pathname, search, protocol } = new URL(target.url)
  const connect = {
    timeout: TIMEOUT_MS,
    ...(protocol === 'https:' && { lookup: pinned(find) }),
  }
  const agent = new Agent({
    ...{ connect, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS },
    maxResponseSize: ANSWER_BYTES_MAX,
  })
  const headers = Object.entries(signedHeaders(target.secret, message)).flat()
  const request = {
    origin,
    path: pathname + search,
    method: 'POST',
    body: message.body,
    headers,
  } as const
  try {
    const { status } = await exchangeOnce(agent, request, 2 * TIMEOUT_MS)
    const ok = status >= 200 && status < 300
    return { status, error: ok ? null : 'refused' }
  } catch (error) {
    return { status: null, error: codeOf(error) }
  } finally {
    await agent.destroy()
  }
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null
  return typeof code === 'string' ? code : 'no-answer'
}
