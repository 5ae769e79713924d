/** The cookie of a session. The prefix has browsers take it from us over TLS only, for this host and all of it. */
export const SESSION_COOKIE = '__Host-sid'

/** The cookie of a sign-in under way. */
export const ATTEMPT_COOKIE = '__Host-sign-in'

const SECRET = /^[A-Za-z0-9_-]{43}$/

/** The value of a cookie in a request's Cookie header; null when it is missing, or there twice: one is not ours. */
export function cookieOf(header: string | undefined, name: string): string | null {
  const values = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1))
  return values.length === 1 ? (values[0] ?? null) : null
}

/** What of a request's cookies names a session: 256 bits in base64url, or null. */
export function sessionSecretOf(header: string | undefined): string | null {
  const value = cookieOf(header, SESSION_COOKIE)
  return value !== null && SECRET.test(value) ? value : null
}

/** A Set-Cookie header that scripts cannot read and other sites' posts do not carry; without a value it is taken back. */
export function setCookie(name: string, value: string | null, seconds?: number): string {
  const age = value === null ? 0 : seconds
  const head = `${name}=${value ?? ''}; Path=/; Secure; HttpOnly; SameSite=Lax`
  return age === undefined ? head : `${head}; Max-Age=${age}`
}
