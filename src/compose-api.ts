import { createServer } from 'node:http'
import { createApp, requesterOf } from './api/app.ts'
import type { AppParts } from './api/app.ts'
import type { Kernel } from './api/answering.ts'
import { routes } from './api/api.ts'
import { rememberingHeld } from './api/permitting.ts'
import { Refusal } from './api/problem.ts'
import type { Services } from './api/route.ts'
import { openAuth } from './compose-auth.ts'
import { readTargets, wakerOf } from './compose-operations.ts'
import { signerOf, warnUnsigned } from './compose-documents.ts'
import { headSignerOf } from './compose-heads.ts'
import { queueBackend } from './compose-queue.ts'
import { openWatch } from './compose-watch.ts'
import { openApp, vaultOf } from './compose.ts'
import type { Config } from './config.ts'
import type { Database } from './lib/db.ts'
import { listenOn } from './lib/listener.ts'
import type { Listener } from './lib/listener.ts'
import type { Logger } from './lib/log.ts'
import { openMetrics } from './lib/metrics.ts'
import type { DatabaseUrls } from './lib/provision.ts'
import { openQueue } from './lib/queue.ts'
import { renewing } from './lib/renewing.ts'
import { today, unixMs } from './lib/time.ts'
import { OPERATIONS_QUEUE } from './operations/schedule.ts'
import { orderLimitsOf } from './payouts/channels/open.ts'

/** Connections of the interface: requests wait their turn, the longest for two seconds. */
const POOL_SIZE = 16

/**
 * The interface with sign-in, as the settings say (API_HOST, API_PORT). Throws DomainError `config` when the settings of
 * sign-in are missing or weak or WEBHOOK_TARGETS is wrong, `paper-signer`, `port-taken` when one of its ports cannot be had.
 */
export async function openInterface(
  config: Config,
  urls: DatabaseUrls,
  log: Logger,
): Promise<Listener> {
  const vault = vaultOf(config)
  const signer = signerOf(config)
  warnUnsigned(signer, log)
  const db = openApp(urls, 'online', POOL_SIZE)
  const tooMany = () => {
    throw new Refusal(429, 'rate-limited')
  }
  const metrics = openMetrics('api')
  const { loginFailed } = metrics
  const auth = openAuth(config, { db, vault, log, nowMs: unixMs, tooMany, loginFailed })
  const queue = openQueue(OPERATIONS_QUEUE, queueBackend(config, urls))
  const closings: (() => void | Promise<void>)[] = [
    () => db.close(),
    () => queue.close(),
    () => {
      auth.close()
    },
  ]
  const close = async () => {
    for (const one of closings.toReversed()) await one()
  }
  try {
    await readTargets(config, db)
    const watch = await openWatch(config, { db, queue, log, metrics })
    closings.push(() => watch.close())
    const api = await openApi({
      ...{ host: config.API_HOST, port: config.API_PORT, db, vault, log, today },
      orderLimits: orderLimitsOf(config),
      ...{ publicUrl: config.PUBLIC_URL ?? null, signer, signHead: headSignerOf(config) },
      ...{ authenticate: auth.authenticate, before: [auth.doors], proxies: config.TRUSTED_PROXIES },
      known: [auth.limitUsers(requesterOf), auth.limitLookUps(requesterOf)],
      coverageFreshMs: config.COVERAGE_FRESH_MS,
      ...{ wake: wakerOf(queue, log), health: watch.readiness, seen: metrics.requestSeen },
    })
    closings.push(() => api.close())
    return { port: api.port, close }
  } catch (error) {
    // A process that nobody can watch answers nobody, and ends.
    await close()
    throw error
  }
}

/** Requests under way get so long to finish when the process ends; then their connections are closed. */
const ENDING_MS = 10_000

/** Listens for requests on an address; port 0 takes a free one. Without an age that counts as fresh coverage is counted for each. */
export async function openApi(
  options: {
    readonly host: string
    readonly port: number
    readonly db: Database
    readonly log: Logger
    readonly coverageFreshMs?: number
  } & Omit<Services, 'nowMs' | 'coverage'> &
    Pick<AppParts, 'authenticate' | 'before' | 'known' | 'proxies' | 'health' | 'seen'>,
): Promise<Listener> {
  const { db, vault, today: day, wake, orderLimits, publicUrl, signer, signHead } = options
  const own = { orderLimits, publicUrl, signer, signHead, wake }
  const coverage: Services['coverage'] = renewing(options.coverageFreshMs ?? 0, unixMs)
  const services = { vault, today: day, nowMs: unixMs, db, coverage, ...own }
  const kernel = kernelOf(db, services)
  const ending = new AbortController()
  const app = createApp({ ...options, routes, kernel, stopping: ending.signal })
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, app)
  const listener = await listenOn(server, options)
  return {
    port: listener.port,
    close: async () => {
      ending.abort()
      const cut = setTimeout(() => server.closeAllConnections(), ENDING_MS)
      await listener.close()
      clearTimeout(cut)
    },
  }
}

/** What requests share: the connections, the vault, the clock, what users' roles allow, and the routes. */
function kernelOf(db: Database, services: Services): Kernel {
  const byOperation = new Map(routes.map((one) => [one.operation, one]))
  return {
    db,
    services,
    heldOf: rememberingHeld(db, services.today),
    routeOf: (operation) => byOperation.get(operation),
  }
}
