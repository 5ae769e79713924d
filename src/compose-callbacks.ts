import { barrierOf, openApp } from './compose.ts'
import type { Config } from './config.ts'
import { DomainError } from './lib/errors.ts'
import { openListener } from './lib/listener.ts'
import type { Listener } from './lib/listener.ts'
import type { Logger } from './lib/log.ts'
import type { DatabaseUrls } from './lib/provision.ts'
import { unixMs } from './lib/time.ts'
import { takeCallback } from './payouts/callbacks.ts'
import { signatureKeys } from './payouts/channels/hue-s-signature.ts'

/** Connections of the listener: a burst of callbacks waits its turn. */
const CALLBACK_POOL_SIZE = 4

/**
 * Listens for the wallet's callbacks (POST /callbacks/hue-s). Throws DomainError `config` without
 * HUES_CALLBACK_KEYS, `port-taken` when its port cannot be had.
 */
export async function openCallbacks(
  config: Config,
  urls: DatabaseUrls,
  log: Logger,
): Promise<Listener> {
  const { HUES_CALLBACK_KEYS, CALLBACK_HOST: host, CALLBACK_PORT: port } = config
  if (HUES_CALLBACK_KEYS === undefined)
    throw new DomainError('invalid', 'config', 'Cần HUES_CALLBACK_KEYS để nhận báo của ví Hue-S')
  const db = openApp(urls, 'online', CALLBACK_POOL_SIZE)
  const barrier = barrierOf(config)
  const deps = { db, keys: signatureKeys(HUES_CALLBACK_KEYS), nowMs: unixMs, barrier, log }
  const listener = await openListener({
    host,
    port,
    routes: {
      '/callbacks/hue-s': (request) => takeCallback(deps, request),
    },
    onError: (error) => {
      log.error({ event: 'callback.failed', error: String(error) })
    },
  }).catch(async (error: unknown) => {
    await db.close()
    throw error
  })
  return {
    port: listener.port,
    close: async () => {
      await listener.close()
      await db.close()
    },
  }
}
