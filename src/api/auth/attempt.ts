import { createHmac, randomBytes } from 'node:crypto'

/**
 * A sign-in under way. All of it follows from 256 random bits that only the browser keeps, in a cookie: nothing is stored
 * for somebody who may never come back.
 */
export interface Attempt {
  readonly cookie: string
  readonly state: string
  readonly nonce: string
  readonly verifier: string
  /** Where the browser wanted to go. */
  readonly returnTo: string
}

/** Begins an attempt. */
export function newAttempt(returnTo: string): Attempt {
  return attemptOf(randomBytes(32).toString('base64url'), returnTo)
}

/** The attempt that a cookie holds; null when it holds none. */
export function attemptFrom(cookie: string | null): Attempt | null {
  const [, secret, path] = /^([\w-]{43})\.([\w-]{0,700})$/.exec(cookie ?? '') ?? []
  if (secret === undefined || path === undefined) return null
  return attemptOf(secret, Buffer.from(path, 'base64url').toString('utf8'))
}

function attemptOf(secret: string, wanted: string): Attempt {
  const part = (label: string) => createHmac('sha256', secret).update(label).digest('base64url')
  const returnTo = pathWithin(wanted)
  return {
    cookie: `${secret}.${Buffer.from(returnTo).toString('base64url')}`,
    ...{ state: part('state'), nonce: part('nonce'), verifier: part('verifier'), returnTo },
  }
}

const PATH_CHARS_MAX = 500

/** A path of ours as it is; for anything else, or anything that a browser may read as another host, the first page. */
function pathWithin(wanted: string): string {
  const isPath = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(wanted)
  return isPath && wanted.length <= PATH_CHARS_MAX && !wanted.startsWith('/auth/') ? wanted : '/'
}
