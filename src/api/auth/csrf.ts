import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Request, RequestHandler } from 'express'
import { DomainError } from '../../lib/errors.ts'
import { hasBody } from '../bodies.ts'
import { Refusal } from '../problem.ts'
import { sessionSecretOf } from './cookies.ts'

/** The header that carries the token of a session with whatever changes something. */
const CSRF_HEADER = 'x-csrf-token'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * The token that pages of ours send back in `X-CSRF-Token`; null without a session. It follows from the cookie's secret,
 * so that it is of use with this session only and is kept nowhere.
 */
export function csrfTokenOf(cookie: string | undefined): string | null {
  const secret = sessionSecretOf(cookie)
  return secret === null ? null : tokenOf(secret)
}

/**
 * Refuses what a page elsewhere may have made a browser send: of requests that change something and come with a cookie
 * instead of a token of their own, those of another origin, without the session's CSRF token, or with a body of another
 * type than `types` (files are taken by the few routes that say so). Passes DomainError `cross-site` or `csrf-token`, or
 * Refusal 415 `media-type` on.
 */
export function refuseCrossSite(options: {
  readonly publicOrigin: string
  /** Media types of bodies, as Express's `request.is` takes them. */
  readonly types?: readonly string[]
}): RequestHandler {
  const { publicOrigin, types = ['application/json', 'multipart/form-data'] } = options
  return (request, _, next) => {
    if (SAFE.has(request.method) || request.headers.authorization !== undefined) next()
    else if (!isOurs(request, publicOrigin))
      next(refusal('cross-site', 'Yêu cầu đến từ trang khác'))
    else if (!hasToken(request)) next(refusal('csrf-token', 'Thiếu mã X-CSRF-Token của phiên'))
    else if (hasBody(request) && request.is([...types]) === false)
      next(new Refusal(415, 'media-type'))
    else next()
  }
}

/** Browsers say where a request comes from; one that says neither is none that we know. */
function isOurs(request: Request, publicOrigin: string): boolean {
  const { origin } = request.headers
  const site = request.headers['sec-fetch-site']
  if (origin === undefined && site === undefined) return false
  return (
    (origin === undefined || origin === publicOrigin) &&
    (site === undefined || site === 'same-origin')
  )
}

function hasToken(request: Request): boolean {
  const expected = csrfTokenOf(request.headers.cookie)
  const given = request.get(CSRF_HEADER)
  if (expected === null || given === undefined) return false
  const [one, other] = [Buffer.from(expected), Buffer.from(given)]
  return one.length === other.length && timingSafeEqual(one, other)
}

function tokenOf(secret: string): string {
  return createHmac('sha256', secret).update('csrf').digest('base64url')
}

const refusal = (code: string, message: string) => new DomainError('forbidden', code, message)
