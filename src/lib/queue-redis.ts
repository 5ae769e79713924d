import { Cluster, Redis } from 'ioredis'
import { DomainError } from './errors.ts'

/** A Redis by its URL; behind Sentinels or as a Cluster when they are named ("host:port"). */
export interface RedisSettings {
  /** With Sentinels or a Cluster it gives the user, the password and TLS (rediss). */
  readonly url: string
  readonly sentinels?: readonly string[] | undefined
  /** What the Sentinels call the group. */
  readonly sentinelName?: string | undefined
  readonly cluster?: readonly string[] | undefined
}

/** BullMQ's keys of one queue must lie on one node of a Cluster: the braces make it so, and harm nowhere else. */
const PREFIX = '{bull}'

/** Opens the connection that queues and workers share. It waits for a Redis that is away. */
export function connectRedis(settings: RedisSettings): {
  readonly connection: Redis | Cluster
  readonly prefix: string
  readonly end: () => Promise<void>
} {
  const connection = open(settings)
  // The failing call reports itself; a connection that drops is rebuilt by the library.
  connection.on('error', () => undefined)
  return { connection, prefix: PREFIX, end: () => connection.quit().then(() => undefined) }
}

/**
 * Refuses a Redis that may drop jobs when its memory is full (reliability.md, finding 4: 1,314 of 2,000 acknowledged jobs
 * were gone). Throws DomainError `redis-evicts`. On a Cluster every master is asked.
 */
export async function requireLasting(settings: RedisSettings): Promise<void> {
  const { connection, end } = connectRedis(settings)
  try {
    const nodes = connection instanceof Cluster ? await mastersOf(connection) : [connection]
    for (const node of nodes) {
      const policy = /maxmemory_policy:(\S+)/.exec(await node.info('memory'))?.[1]
      if (policy === 'noeviction') continue
      throw new DomainError(
        'invalid',
        'redis-evicts',
        `Redis có thể bỏ mất việc khi đầy bộ nhớ (maxmemory-policy ${policy ?? 'không rõ'}): đặt noeviction`,
      )
    }
  } finally {
    await end()
  }
}

async function mastersOf(cluster: Cluster): Promise<readonly Redis[]> {
  await cluster.ping()
  return cluster.nodes('master')
}

function open({ url, sentinels, sentinelName, cluster }: RedisSettings): Redis | Cluster {
  const common = { maxRetriesPerRequest: null }
  if (sentinels !== undefined) {
    const group = { sentinels: sentinels.map(hostOf), name: sentinelName ?? 'mymaster' }
    return new Redis({ ...common, ...accessOf(url), ...group })
  }
  if (cluster !== undefined) {
    return new Cluster(cluster.map(hostOf), { redisOptions: { ...common, ...accessOf(url) } })
  }
  return new Redis(url, common)
}

function accessOf(url: string) {
  const { protocol, username, password } = new URL(url)
  return {
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
  }
}

function hostOf(text: string): { readonly host: string; readonly port: number } {
  const at = text.lastIndexOf(':')
  return { host: text.slice(0, at), port: Number(text.slice(at + 1)) }
}
