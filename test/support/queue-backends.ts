import { Redis } from 'ioredis'
import { setUpQueue } from '../../src/lib/queue.ts'
import type { QueueBackend } from '../../src/lib/queue.ts'
import { freshDatabase } from './database.ts'
import type { FreshDatabase } from './database.ts'
import { startRedis } from './redis.ts'
import type { TestRedis } from './redis.ts'

/** One suite for both backends: what we rely on must hold on each (reliability.md, finding 4). */
export interface Backend {
  readonly backend: QueueBackend
  /** Loses every job, as a flushed Redis or truncated tables would. */
  readonly lose: () => Promise<void>
  readonly close: () => Promise<void>
}

/** The queue in a database of its own. */
export async function onPostgres(): Promise<Backend> {
  const database: FreshDatabase = await freshDatabase()
  await setUpQueue(database.urls.owner, decodeURIComponent(new URL(database.urls.app).username))
  const { rows } = await database.admin.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
      where schemaname = 'bullmq' and tablename !~ 'migration'`,
  )
  return {
    backend: { kind: 'postgres', url: database.urls.app },
    lose: async () => {
      await database.admin.query(`truncate ${rows.map(({ name }) => name).join(', ')}`)
    },
    close: () => database.drop(),
  }
}

/** The queue on a Redis of its own. */
export async function onRedis(): Promise<Backend> {
  const redis: TestRedis = await startRedis()
  const client = new Redis(redis.url)
  return {
    backend: { kind: 'redis', url: redis.url },
    lose: async () => {
      await client.flushall()
    },
    close: async () => {
      await client.quit()
      await redis.stop()
    },
  }
}
