import type { NextFunction, Request, RequestHandler, Response } from 'express'
import { ipKeyGenerator, rateLimit } from 'express-rate-limit'
import type { Logger } from '../../lib/log.ts'
import type { AuthSettings } from './settings.ts'

/** Counts requests for all processes together; without one each process counts for itself. */
export interface SharedCounter {
  /** Counts one more under a key; returns the count of its window and when that ends (milliseconds from now). */
  readonly increment: (
    key: string,
    windowMs: number,
  ) => Promise<{ readonly hits: number; readonly endsInMs: number }>
}

/** Answers a request that is one too many, or passes an error on; Retry-After is set already (seconds). */
export type AnswerTooMany = (request: Request, response: Response, next: NextFunction) => void

/** What the limits work with. */
export interface LimitDeps {
  readonly limits: AuthSettings['limits']
  readonly nowMs: () => number
  readonly log: Logger
  readonly counter?: SharedCounter | undefined
  readonly tooMany?: AnswerTooMany
}

const WINDOW_MS = 60_000
const DAY_MS = 24 * 3_600_000

/** Where people are looked up one by one, which adds up to a list (D3 row 23). */
const LOOK_UPS = new Set(['/people/search', '/people/reveal', '/accounts/reveal'])

/** How many sign-ins may come from an address. `request.ip` is believed: the application sets `trust proxy` to a number. */
export function limitSignIns(deps: LimitDeps): RequestHandler {
  return limitOf(deps, { name: 'sign-in', limit: deps.limits.signIn, keyOf: addressOf })
}

/** How many requests may come from an address, whoever sends them; goes before authentication. */
export function limitAddresses(deps: LimitDeps): RequestHandler {
  return limitOf(deps, { name: 'address', limit: deps.limits.address, keyOf: addressOf })
}

/** How many requests a user may send, from wherever; `userOf` names who sends one, null leaves it uncounted. */
export function limitUsers(
  deps: LimitDeps,
  userOf: (request: Request) => string | null,
): RequestHandler {
  const skip = (request: Request) => userOf(request) === null
  const keyOf = (request: Request) => userOf(request) ?? ''
  return limitOf(deps, { name: 'user', limit: deps.limits.user, keyOf, skip })
}

/** How many times a day a user may look people up or see numbers in clear; goes with `limitUsers`, after authentication. */
export function limitLookUps(
  deps: LimitDeps,
  userOf: (request: Request) => string | null,
): RequestHandler {
  const skip = (request: Request) => userOf(request) === null || !LOOK_UPS.has(request.path)
  const seeker = (request: Request) => userOf(request) ?? ''
  const { lookUps: limit } = deps.limits
  return limitOf(deps, { name: 'look-up', limit, keyOf: seeker, skip, windowMs: DAY_MS })
}

function limitOf(
  { counter, nowMs, log, tooMany = answerTooMany }: LimitDeps,
  what: {
    readonly name: string
    readonly limit: number
    readonly keyOf: (request: Request) => string
    readonly skip?: (request: Request) => boolean
    readonly windowMs?: number
  },
): RequestHandler {
  const { name, limit, keyOf, skip, windowMs = WINDOW_MS } = what
  return rateLimit({
    ...{ windowMs, limit, keyGenerator: keyOf, ...(skip && { skip }) },
    ...{ standardHeaders: 'draft-8', legacyHeaders: false, identifier: name },
    ...(counter && { store: sharedStore(counter, { name, windowMs }, nowMs) }),
    // A counter that is away must not shut everybody out.
    passOnStoreError: true,
    // The application fixes the number of proxies; these would tell us on the console of every spoofed header.
    validate: { xForwardedForHeader: false, forwardedHeader: false, trustProxy: false },
    handler: (request, response, next) => {
      log.warn({ event: 'rate.limited', limit: name })
      tooMany(request, response, next)
    },
    logger: loggerOf(log),
  })
}

/** What the library has to say goes into our log; an error may name addresses, so it is not told whole. */
function loggerOf(log: Logger) {
  const tell = (level: 'error' | 'warn') => (error: unknown, message?: string) =>
    log[level]({
      event: 'rate.trouble',
      error: message ?? (error instanceof Error ? error.message : 'unknown'),
    })
  return { error: tell('error'), warn: tell('warn') }
}

function sharedStore(
  counter: SharedCounter,
  { name, windowMs }: { readonly name: string; readonly windowMs: number },
  nowMs: () => number,
) {
  return {
    increment: async (key: string) => {
      const { hits, endsInMs } = await counter.increment(`rate:${name}:${key}`, windowMs)
      return { totalHits: hits, resetTime: new Date(nowMs() + endsInMs) }
    },
    decrement: () => undefined,
    resetKey: () => undefined,
  }
}

/** A house has one IPv6 network and changes addresses within it as it likes. */
function addressOf({ ip }: Request): string {
  return ip === undefined ? 'unknown' : ipKeyGenerator(ip)
}

function answerTooMany(_: Request, response: Response): void {
  response
    .status(429)
    .type('application/problem+json')
    .send(JSON.stringify({ status: 429, code: 'rate-limited', title: 'Quá nhiều yêu cầu' }))
}
