import type { Config } from './config.ts'
import type { DatabaseUrls } from './lib/provision.ts'
import type { QueueBackend } from './lib/queue.ts'

/** Where jobs are kept: Redis when REDIS_URL names it, else the application's own database. */
export function queueBackend(config: Config, urls: DatabaseUrls): QueueBackend {
  const { REDIS_URL: url, REDIS_SENTINELS, REDIS_SENTINEL_NAME, REDIS_CLUSTER } = config
  if (url === undefined) return { kind: 'postgres', url: urls.app }
  const group = { sentinels: REDIS_SENTINELS, sentinelName: REDIS_SENTINEL_NAME }
  return { kind: 'redis', url, ...group, cluster: REDIS_CLUSTER }
}
