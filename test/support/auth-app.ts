import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll } from '@jest/globals'
import express from 'express'
import type { NextFunction, Request, Response } from 'express'
import { pino } from 'pino'
import { launchIssuer } from '../../scripts/simulators/sign-in/launch.ts'
import type { Account, Issuer } from '../../scripts/simulators/sign-in/launch.ts'
import { csrfTokenOf } from '../../src/api/auth/csrf.ts'
import type { AuthDeps } from '../../src/api/auth/deps.ts'
import type { Authenticate } from '../../src/api/auth/identity.ts'
import { Refusal } from '../../src/api/problem.ts'
import { openAuth } from '../../src/compose-auth.ts'
import type { Auth } from '../../src/compose-auth.ts'
import { readConfig } from '../../src/config.ts'
import { DomainError } from '../../src/lib/errors.ts'
import { openMetrics } from '../../src/lib/metrics.ts'
import type { FreshDatabase } from './database.ts'
import { vault } from './vault.ts'

/** Secrets of the clients, fresh for each run. */
const secret = () => randomBytes(32).toString('base64url')

/** The audience of a service that is not ours. */
export const OTHER_AUDIENCE = 'https://elsewhere.example.vn/api'

/** An issuer in its own process, and sign-in with a small API behind it, all over HTTP. */
export interface AuthApp {
  readonly url: string
  readonly issuer: Issuer
  readonly deps: AuthDeps
  readonly authenticate: Authenticate
  readonly web: { readonly id: string; readonly secret: string }
  readonly machines: readonly { readonly id: string; readonly secret: string }[]
  readonly audience: string
  /** All that was logged until now. */
  readonly logged: () => string
  /** What the process counts, as Prometheus reads it. */
  readonly counted: () => Promise<string>
  /** Moves the clock of sessions and tokens; 0 is the true time. */
  readonly shiftClock: (ms: number) => void
}

const open = new Set<() => Promise<void>>()

afterAll(async () => {
  for (const close of open) await close()
})

/** Starts both. `env` are settings beside what sign-in needs. */
export async function startAuthApp(
  { app: db }: Pick<FreshDatabase, 'app'>,
  options: {
    readonly accounts: readonly Account[]
    readonly env?: Readonly<Record<string, string>>
  },
): Promise<AuthApp> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
  const web = { id: 'an-sinh', secret: secret() }
  const machines = ['so', 'kho-bac'].map((id) => ({ id, secret: secret() }))
  const audience = `${url}/api/v1`
  const issuer = await launchIssuer({
    ...{ port: 0, audiences: [audience, OTHER_AUDIENCE], accounts: options.accounts },
    web: [{ ...web, redirectUris: [`${url}/auth/callback`], afterSignOut: [`${url}/`] }],
    machines,
    claims: { idNumber: 'so_dinh_danh', name: 'ho_ten', assurance: 'muc_do' },
  })
  const config = readConfig({
    ...{ PUBLIC_URL: url, OIDC_ISSUER: issuer.url, OIDC_CLIENT_ID: web.id },
    ...{ OIDC_CLIENT_SECRET: web.secret, OIDC_CLAIM_ID_NUMBER: 'so_dinh_danh' },
    ...{ OIDC_CLAIM_NAME: 'ho_ten', OIDC_CLAIM_ASSURANCE: 'muc_do', ...options.env },
  })
  let [text, shift] = ['', 0]
  const log = pino({ level: 'trace' }, { write: (line: string) => void (text += line) })
  const metrics = openMetrics('api')
  const { loginFailed } = metrics
  const nowMs = () => Date.now() + shift
  const auth = openAuth(config, { db, vault, log, nowMs, loginFailed })
  server.on('request', appOf(auth, config.TRUSTED_PROXIES))
  open.add(async () => {
    await issuer.stop()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    auth.close()
  })
  return {
    ...{
      url,
      issuer,
      deps: auth.deps,
      authenticate: auth.authenticate,
      web,
      machines,
      audience,
      logged: () => text,
      counted: () => metrics.text([]),
    },
    shiftClock: (ms) => void (shift = ms),
  }
}

function appOf({ doors, authenticate, limitUsers }: Auth, proxies: number) {
  const app = express().set('trust proxy', proxies)
  app.use(doors)
  const api = express.Router()
  api.use(async (request, response, next) => {
    const { cookie, authorization } = request.headers
    const identity = await authenticate({ cookie, authorization })
    response.locals['identity'] = identity
    if (identity === null) response.status(401).json({})
    else next()
  })
  api.use(limitUsers(({ res }) => userOf(res)))
  api.get('/me', (request, response) => {
    const csrf = csrfTokenOf(request.headers.cookie)
    response.json({ ...(response.locals['identity'] as object), csrf })
  })
  api.post('/acts', express.json(), (_, response) => void response.status(201).json({}))
  app.use('/api/v1', api)
  app.get('/', (_, response) => void response.send('trang đầu'))
  app.use((error: unknown, _: Request, response: Response, _next: NextFunction) => {
    const refused = error instanceof Refusal ? error.status : 500
    const status =
      error instanceof DomainError
        ? { forbidden: 403, invalid: 400 }[error.kind as 'invalid']
        : refused
    const known = error instanceof DomainError || error instanceof Refusal
    response.status(status).json({ code: known ? error.code : String(error) })
  })
  return app
}

const userOf = (response: Response | undefined): string | null =>
  (response?.locals['identity'] as { readonly user: string } | null | undefined)?.user ?? null
