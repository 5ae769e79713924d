import { randomUUID } from 'node:crypto'
import express from 'express'
import type {
  ErrorRequestHandler,
  Express,
  Request as HttpRequest,
  RequestHandler,
  Response,
  Router,
} from 'express'
import helmet from 'helmet'
import { sqlState } from '../lib/db-errors.ts'
import type { Logger } from '../lib/log.ts'
import type { RequestSeen } from '../lib/metrics.ts'
import { stopwatch } from '../lib/time.ts'
import { answer } from './answering.ts'
import type { Kernel, Request } from './answering.ts'
import { csrfTokenOf } from './auth/csrf.ts'
import type { Authenticate, Identity } from './auth/identity.ts'
import { bodyReaders, multipartOf } from './bodies.ts'
import { documentRoutes } from './document.ts'
import { languageOf, problemOf, Refusal } from './problem.ts'
import { asRefusal } from './refusing.ts'
import { HEADERS } from './headers.ts'
import { healthRoutes } from './health-routes.ts'
import type { AskHealth } from './health-routes.ts'
import { send, streamReads, wantsStream } from './replying.ts'
import type { Route } from './route.ts'
import { verifyPage } from './verify-page.ts'

/** What an application is made of. */
export interface AppParts {
  readonly kernel: Kernel
  readonly routes: readonly Route[]
  readonly authenticate: Authenticate
  /** Mounted before the routes: sign-in, limits and the defence against other sites. */
  readonly before: readonly RequestHandler[]
  /** Asked of a request as soon as it is known who sends it: limits by user. */
  readonly known: readonly RequestHandler[]
  readonly log: Logger
  /** Told of every request that was answered. */
  readonly seen: (request: RequestSeen) => void
  readonly health: AskHealth
  /** Ends what would otherwise go on for minutes. */
  readonly stopping: AbortSignal
  /** How many proxies stand in front, whose X-Forwarded-For is believed. */
  readonly proxies: number
}

/** Builds the Express application. Nothing is listened to yet. */
export function createApp(parts: AppParts): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('trust proxy', parts.proxies)
  app.set('query parser', 'simple')
  app.use(identify, watched(parts.seen), helmet(HEADERS), noStore)
  app.use(healthRoutes(parts.health))
  for (const handler of parts.before) app.use(handler)
  app.use(documentRoutes(parts.routes))
  app.use(verifyPage(parts.kernel))
  // A hundred and fifty paths are tried one after the other: of those, the ones that begin as the request does.
  const byBeginning = new Map<string, Router>()
  const paths = new Map<string, Route[]>()
  for (const route of parts.routes) {
    const path = route.path.replaceAll(/\{(\w+)\}/g, ':$1')
    paths.set(path, [...(paths.get(path) ?? []), route])
  }
  // A word before a parameter: "/people/search" is nobody's id.
  const wordsFirst = [...paths].toSorted(([one], [other]) =>
    sortKey(one) < sortKey(other) ? -1 : 1,
  )
  for (const [path, of] of wordsFirst) {
    const beginning = beginningOf(path)
    const some = byBeginning.get(beginning) ?? express.Router({ caseSensitive: true, strict: true })
    byBeginning.set(beginning, some)
    mount(some, path, of, parts)
  }
  app.use('/api/v1', (request, response, next) => {
    const some = byBeginning.get(beginningOf(request.path))
    if (some === undefined) next()
    else some(request, response, next)
  })
  app.use(() => {
    throw new Refusal(404, 'route-missing')
  })
  app.use(refuse(parts.log))
  return app
}

/** "/people/{personId}" → "people". */
const beginningOf = (path: string): string => path.split('/', 2)[1] ?? ''

const sortKey = (path: string): string => path.replaceAll(':', '~')

type Next = (error?: unknown) => void

function identify(_request: HttpRequest, response: Response, next: Next): void {
  const requestId = randomUUID()
  response.locals['requestId'] = requestId
  response.setHeader('X-Request-Id', requestId)
  next()
}

/** Tells of each request how it was answered, by the name of its route alone. */
function watched(seen: AppParts['seen']): RequestHandler {
  return ({ method }, response, next) => {
    const elapsed = stopwatch()
    response.once('finish', () => {
      const { operation = 'none', code = null } = response.locals as Partial<RequestSeen>
      const replayed = response.hasHeader('idempotency-replayed')
      const { statusCode: status } = response
      seen({ operation, method, status, code, replayed, seconds: elapsed() / 1_000 })
    })
    next()
  }
}

function noStore(_request: HttpRequest, response: Response, next: Next): void {
  response.setHeader('Cache-Control', 'no-store')
  next()
}

function mount(api: Router, path: string, routes: readonly Route[], parts: AppParts): void {
  for (const route of routes) {
    const method = route.method.toLowerCase() as Lowercase<Route['method']>
    const named: RequestHandler = (_request, response, next) => {
      response.locals['operation'] = route.operation
      next()
    }
    const before = [named, authenticated(parts), ...parts.known, ...bodyReaders(route)]
    api[method](path, ...before, handle(route, parts))
  }
  const allowed = routes.map(({ method }) => method).join(', ')
  api.all(path, () => {
    throw new Refusal(405, 'method-not-allowed', { headers: { allow: allowed } })
  })
}

/** Nobody unknown gets as far as having a body read. */
function authenticated({ authenticate }: AppParts) {
  return async (request: HttpRequest, response: Response, next: Next): Promise<void> => {
    const { cookie, authorization } = request.headers
    const identity = await authenticate({ cookie, authorization })
    if (identity === null) {
      throw new Refusal(401, 'unauthenticated', { headers: { 'www-authenticate': 'Bearer' } })
    }
    response.locals['identity'] = identity
    response.locals['csrf'] = csrfTokenOf(cookie)
    next()
  }
}

function handle(route: Route, { kernel, authenticate, stopping }: AppParts) {
  return async (request: HttpRequest, response: Response): Promise<void> => {
    const asked = askedOf(route, request, response)
    const { watch } = route
    if (watch === undefined || !wantsStream(request)) {
      await send(response, await answer(kernel, route, asked))
      return
    }
    const { cookie, authorization } = request.headers
    const read = async () => {
      const identity = await authenticate({ cookie, authorization })
      if (identity === null) throw new Refusal(401, 'unauthenticated')
      return answer(kernel, route, { ...asked, identity })
    }
    await streamReads(response, { read, isOver: watch, stopping })
  }
}

function askedOf(route: Route, request: HttpRequest, response: Response): Request {
  return {
    params: request.params,
    query: request.query,
    body: route.takesFile === true ? {} : (request.body as unknown),
    upload: multipartOf(request),
    identity: identityOf(response),
    csrf: (response.locals['csrf'] ?? null) as string | null,
    requestId: String(response.locals['requestId']),
    source: request.ip ?? '',
    idempotencyKey: request.get('idempotency-key'),
    ifMatch: request.get('if-match'),
    ifNoneMatch: request.get('if-none-match'),
  }
}

/** The user who sends a request, for counting; null before it is known. */
export const requesterOf = ({ res }: HttpRequest): string | null =>
  res === undefined ? null : identityOf(res).user

/** Who sends a request that was let in. */
const identityOf = (response: Response): Identity => response.locals['identity'] as Identity

function refuse(log: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error)
      return
    }
    const requestId = String(response.locals['requestId'])
    const language = languageOf(request.get('accept-language'))
    const known = asRefusal(error)
    const problem = problemOf(known, { language, requestId, state: sqlState(error) })
    response.locals['code'] = problem.code
    if (problem.status >= 500 || problem.code === 'content-refused') {
      const told = error instanceof Error ? (error.stack ?? error.message) : String(error)
      log.error({ event: 'request.failed', requestId, error: told })
    }
    if (known instanceof Refusal) response.set(known.headers)
    if (problem.status === 503) response.set('Retry-After', '2')
    response.set('Content-Language', language).status(problem.status)
    response.type('application/problem+json').send(JSON.stringify(problem, digits))
  }
}

/** Amounts in what a refusal adds, as digits. */
const digits = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value
