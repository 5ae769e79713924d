import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createApp } from './api/app.ts'
import type { AppParts } from './api/app.ts'
import type { Kernel } from './api/answering.ts'
import { routes } from './api/api.ts'
import { rememberingHeld } from './api/permitting.ts'
import type { Services } from './api/route.ts'
import type { Database } from './lib/db.ts'
import type { Logger } from './lib/log.ts'
import type { LocalDate } from './lib/time.ts'
import type { Vault } from './lib/vault.ts'

/** A running interface. */
export interface Api {
  readonly port: number
  /** Takes no new request, lets those under way finish. */
  close(): Promise<void>
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

/** Listens for requests on an address; port 0 takes a free one. */
export async function openApi(
  options: {
    readonly host: string
    readonly port: number
    readonly db: Database
    readonly vault: Vault
    /** The business day: today's in production. */
    readonly today: () => LocalDate
    readonly log: Logger
  } & Pick<AppParts, 'authenticate' | 'before' | 'proxies'>,
): Promise<Api> {
  const { db, vault, today } = options
  const app = createApp({ ...options, routes, kernel: kernelOf(db, { vault, today }) })
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, app)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeIdleConnections()
      }),
  }
}
