import { Router } from 'express'
import type { Request, Response } from 'express'
import { ATTEMPT_COOKIE, cookieOf, SESSION_COOKIE, sessionSecretOf, setCookie } from './cookies.ts'
import { attemptFrom, newAttempt } from './attempt.ts'
import { authorizationUrl, isUnreachable, redeem, signOutUrl } from './code-flow.ts'
import type { Vouched } from './code-flow.ts'
import { refuseCrossSite } from './csrf.ts'
import type { AuthDeps } from './deps.ts'
import { limitSignIns } from './rate-limits.ts'
import type { LimitDeps } from './rate-limits.ts'
import { endOwnSession } from './sessions.ts'
import { signInFaultPage } from './sign-in-page.ts'
import type { SignInFault } from './sign-in-page.ts'
import { DOORKEEPER, signIn } from './signing-in.ts'

const ATTEMPT_SECONDS = 600

/**
 * The routes of sign-in, to be mounted at /auth: GET /login?return=/path&fresh=1 (`fresh` has the person prove anew who
 * they are), GET /callback, POST /logout with the CSRF token, which answers where to sign out at the issuer.
 */
export function signInRoutes(deps: AuthDeps, limits: LimitDeps): Router {
  const router = Router()
  router.use((_, response, next) => {
    response.set({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
    next()
  })
  router.use(limitSignIns(limits))
  router.get('/login', (request, response) => login(deps, request, response))
  router.get('/callback', (request, response) => callback(deps, request, response))
  router.post('/logout', refuseCrossSite(deps.settings), (request, response) =>
    logout(deps, request, response),
  )
  return router
}

async function login(deps: AuthDeps, request: Request, response: Response): Promise<void> {
  const { return: wanted, fresh } = request.query
  const attempt = newAttempt(typeof wanted === 'string' ? wanted : '/')
  try {
    const url = await authorizationUrl(deps, attempt, { fresh: fresh === '1' })
    response.append('set-cookie', setCookie(ATTEMPT_COOKIE, attempt.cookie, ATTEMPT_SECONDS))
    response.redirect(302, url.href)
  } catch (error) {
    fail(deps, response, { fault: 'unreachable', why: error })
  }
}

async function callback(deps: AuthDeps, request: Request, response: Response): Promise<void> {
  const { cookie } = request.headers
  const attempt = attemptFrom(cookieOf(cookie, ATTEMPT_COOKIE))
  // Whatever comes of it, an attempt is used once.
  response.append('set-cookie', setCookie(ATTEMPT_COOKIE, null))
  if (attempt === null) {
    fail(deps, response, { fault: 'stale' })
    return
  }
  let vouched: Vouched
  try {
    vouched = await redeem(deps, attempt, new URL(request.originalUrl, 'http://own').search)
  } catch (error) {
    fail(deps, response, { fault: isUnreachable(error) ? 'unreachable' : 'declined', why: error })
    return
  }
  const visitor = {
    ...{ agent: request.get('user-agent'), address: request.ip },
    previous: sessionSecretOf(cookie),
  }
  const result = await signIn(deps, vouched, visitor)
  if (result.kind === 'refused') {
    fail(deps, response, { fault: result.reason, name: vouched.name })
    return
  }
  deps.log.info({ event: 'sign-in.done', user: result.user })
  response.append('set-cookie', setCookie(SESSION_COOKIE, result.secret))
  response.redirect(303, attempt.returnTo)
}

async function logout(deps: AuthDeps, request: Request, response: Response): Promise<void> {
  const secret = sessionSecretOf(request.headers.cookie)
  if (secret !== null) {
    const at = new Date(deps.nowMs())
    const origin = request.ip === undefined ? {} : { source: request.ip }
    const act = { ...DOORKEEPER, scope: 'province', origin } as const
    await deps.db.transact(act, (tx) => endOwnSession(tx, secret, at))
  }
  response.append('set-cookie', setCookie(SESSION_COOKIE, null))
  // Signed out here, whether or not the issuer answers.
  const url = await signOutUrl(deps).catch(() => null)
  response.json({ signOutAtIssuer: url?.href ?? null })
}

/** Errors of the libraries carry what was sent and received: only their names go into the log. */
function fail(
  { log, loginFailed }: AuthDeps,
  response: Response,
  what: { readonly fault: SignInFault; readonly why?: unknown; readonly name?: string | null },
): void {
  const { fault, why, name = null } = what
  const code = why instanceof Error && 'code' in why ? why.code : undefined
  loginFailed(fault)
  log.warn({ event: 'sign-in.refused', reason: fault, error: code ?? errorName(why) })
  const page = signInFaultPage(fault, name)
  response.status(page.status).type('html').send(page.html)
}

const errorName = (error: unknown) => (error instanceof Error ? error.constructor.name : undefined)
