import { Queue, Worker, createPostgresBackend, runMigrations } from 'bullmq'
import type { Job, JobsOptions } from 'bullmq'
import pg from 'pg'
import type { z } from 'zod'
import { connectRedis } from './queue-redis.ts'
import type { RedisSettings } from './queue-redis.ts'
import { isPast } from './time.ts'

/** A kind of job: its name, what its payload holds (ids only, never amounts) and the key that makes it one of a kind. */
export interface JobDefinition<Payload> {
  readonly name: string
  readonly payload: z.ZodType<Payload>
  /** The job id: the same key twice is one job. No colon (BullMQ refuses it). */
  readonly key: (payload: Payload) => string
  /** What moves money runs once, whatever comes of it; everything else may be tried again. Default: once. */
  readonly onFailure?: 'leave' | 'retry'
}

/** When a job that nobody asks for runs: at an interval, or by a cron pattern in Vietnam's time. */
export type Rhythm = { readonly everyMs: number } | { readonly pattern: string }

/** Where jobs are kept: BullMQ on the same PostgreSQL (default), or on Redis. */
export type QueueBackend =
  { readonly kind: 'postgres'; readonly url: string } | ({ readonly kind: 'redis' } & RedisSettings)

/** A handler bound to its definition. */
export interface JobHandler {
  readonly name: string
  readonly run: (payload: unknown) => Promise<void>
}

/** Adds jobs. Rows are the outbox (docs/adr/0008): adding is always safe to repeat. */
export interface JobQueue {
  add<Payload>(job: JobDefinition<Payload>, payloads: readonly Payload[]): Promise<void>
  /**
   * Has a job run in a rhythm, once for all processes. Calling it again changes the rhythm, or mends it when the queue
   * has lost it; otherwise nothing.
   */
  schedule<Payload>(job: JobDefinition<Payload>, payload: Payload, rhythm: Rhythm): Promise<void>
  /** How many jobs wait, run and are due later. Rejects when the queue does not answer. */
  counts(): Promise<Readonly<Record<string, number>>>
  close(): Promise<void>
}

/** The database schema of BullMQ's tables, apart from ours. */
const SCHEMA = 'bullmq'

/**
 * Sending jobs run once: no attempt is repeated, and a stalled one is not run again (docs/adr/0008).
 * Failed jobs are removed at once, or re-adding their id would be ignored in silence.
 */
const RUN_ONCE: JobsOptions = { attempts: 1, removeOnComplete: true, removeOnFail: true }

/** Jobs that only look and mend: five tries, the last about half a minute after the first. */
const RETRY: JobsOptions = {
  attempts: 5,
  backoff: { type: 'exponential', delay: 1_000 },
  removeOnComplete: true,
  removeOnFail: true,
}

const optionsOf = ({ onFailure = 'leave' }: { readonly onFailure?: 'leave' | 'retry' }) =>
  onFailure === 'retry' ? RETRY : RUN_ONCE

/** Vietnam has one time zone and no summer time. */
const TIME_ZONE = 'Asia/Ho_Chi_Minh'

/** A rhythm that is so late, and three beats more, has lost its job: its worker died with it. */
const GRACE_MS = 2_000

/** Longer than twice the slowest channel call (CHANNEL_TIMEOUT_MS ≤ 2 min): a working job is never taken for stalled. */
const LOCK_MS = 300_000

/** Takes a job definition; returns it typed by its payload. */
export function defineJob<Payload>(job: JobDefinition<Payload>): JobDefinition<Payload> {
  return job
}

/** Binds a handler to a definition; the payload is checked before it runs. */
export function handle<Payload>(
  job: JobDefinition<Payload>,
  run: (payload: Payload) => Promise<void>,
): JobHandler {
  return { name: job.name, run: async (payload) => run(job.payload.parse(payload)) }
}

/** Prepares the backend's tables as the owner and lets the application's role use them. Redis needs nothing. */
export async function setUpQueue(ownerUrl: string, appRole: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    await runMigrations(client, SCHEMA)
    const role = pg.escapeIdentifier(appRole)
    await client.query(`grant usage, create on schema ${SCHEMA} to ${role};
      grant select, insert, update, delete on all tables in schema ${SCHEMA} to ${role};
      grant execute on all functions in schema ${SCHEMA} to ${role}`)
    // A queue's own sequence is made by, and belongs to, whoever adds its first job: not ours to grant.
    const { rows } = await client.query<{ name: string }>(
      `select oid::regclass::text as name from pg_class
        where relkind = 'S' and relnamespace = $1::regnamespace and relowner = current_user::regrole`,
      [SCHEMA],
    )
    for (const { name } of rows)
      await client.query(`grant usage, select on sequence ${name} to ${role}`)
  } finally {
    await client.end()
  }
}

/** Opens a named queue for adding. */
export function openQueue(name: string, backend: QueueBackend): JobQueue {
  const connection = connect(backend)
  const queue = connection.queue(name)
  // The failing call reports itself; an idle connection that drops is rebuilt by the library.
  queue.on('error', () => undefined)
  return {
    add: async (job, payloads) => {
      await queue.addBulk(
        payloads.map((payload) => ({
          name: job.name,
          data: payload,
          opts: { ...optionsOf(job), jobId: job.key(payload) },
        })),
      )
    },
    schedule: async (job, payload, rhythm) => {
      const repeat =
        'everyMs' in rhythm ? { every: rhythm.everyMs } : { pattern: rhythm.pattern, tz: TIME_ZONE }
      const known = await queue.getJobScheduler(job.name)
      const same = known?.every === repeat.every && known?.pattern === repeat.pattern
      const graceMs = 'everyMs' in rhythm ? GRACE_MS + 3 * rhythm.everyMs : 60_000
      if (same && known?.next !== undefined && !isPast(known.next, graceMs)) return
      const template = { name: job.name, data: payload, opts: optionsOf(job) }
      await queue.upsertJobScheduler(job.name, repeat, template)
    },
    counts: () => queue.getJobCounts('waiting', 'active', 'delayed'),
    close: async () => {
      await queue.close()
      await connection.end()
    },
  }
}

/**
 * Works a queue off, `concurrency` jobs at a time. A job that throws is reported to `onFailed`; its rows say what is
 * to be done. The returned function stops taking jobs, waits for those under way and closes.
 */
export function startWorker(
  name: string,
  backend: QueueBackend,
  options: {
    readonly handlers: readonly JobHandler[]
    readonly concurrency: number
    readonly onFailed: (job: string, error: Error) => void
    /** A job whose worker died or froze was found; it is not run again. */
    readonly onStalled?: (queue: string) => void
  },
): () => Promise<void> {
  const connection = connect(backend)
  const byName = new Map(options.handlers.map((handler) => [handler.name, handler]))
  const worker = connection.worker(
    name,
    async (job) => {
      const handler = byName.get(job.name)
      if (handler === undefined) throw new Error(`No handler for job ${job.name}`)
      await handler.run(job.data)
    },
    options.concurrency,
  )
  worker.on('error', (error: Error) => {
    options.onFailed('queue', error)
  })
  worker.on('stalled', () => options.onStalled?.(name))
  worker.on('failed', (job: Job | undefined, error: Error) => {
    options.onFailed(job?.id ?? 'unknown job', error)
  })
  return async () => {
    await worker.close()
    await connection.end()
  }
}

type Process = (job: Job) => Promise<void>

/** A stalled job is not run again: nobody knows what it has done. */
const WORKING = { maxStalledCount: 0, lockDuration: LOCK_MS } as const

function connect(backend: QueueBackend) {
  if (backend.kind === 'redis') {
    const { connection, prefix, end } = connectRedis(backend)
    return {
      queue: (name: string) => new Queue(name, { connection, prefix }),
      worker: (name: string, run: Process, concurrency: number) =>
        new Worker(name, run, { ...{ connection, prefix, concurrency }, ...WORKING }),
      end,
    }
  }
  const connection = { connectionString: backend.url, schema: SCHEMA, max: 4 }
  return {
    queue: (name: string) => new Queue(name, { connection }, createPostgresBackend),
    worker: (name: string, run: Process, concurrency: number) =>
      new Worker(name, run, { connection, concurrency, ...WORKING }, createPostgresBackend),
    end: () => Promise.resolve(),
  }
}
