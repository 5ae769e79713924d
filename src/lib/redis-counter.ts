import { connectRedis } from './queue-redis.ts'
import type { RedisSettings } from './queue-redis.ts'
import { within } from './within.ts'

/** Counts in windows of time, for all processes together. */
export interface RedisCounter {
  /** One more under a key; returns the count of its window and when that ends (milliseconds from now). */
  increment(
    key: string,
    windowMs: number,
  ): Promise<{ readonly hits: number; readonly endsInMs: number }>
  close(): void
}

/** One script, so that no count is left without an end. */
const SCRIPT = `
  local hits = redis.call('incr', KEYS[1])
  if hits == 1 then redis.call('pexpire', KEYS[1], ARGV[1]) end
  return { hits, redis.call('pttl', KEYS[1]) }`

const ANSWER_MS_MAX = 500

/** Opens a counter on a Redis. A Redis that is away, or takes more than half a second, fails the call: nobody waits for it. */
export function openRedisCounter(settings: RedisSettings): RedisCounter {
  const { connection } = connectRedis(settings)
  const ask = async (key: string, windowMs: number) => {
    const [hits, endsInMs] = (await connection.eval(SCRIPT, 1, key, windowMs)) as [number, number]
    return { hits, endsInMs }
  }
  return {
    increment: async (key, windowMs) => {
      // It would wait in memory for the connection to come back.
      if (connection.status !== 'ready') throw new Error('Redis is away')
      return within(ANSWER_MS_MAX, ask(key, windowMs))
    },
    // Nothing is waited for: what was counted is there, what was not is not missed.
    close: () => {
      connection.disconnect()
    },
  }
}
