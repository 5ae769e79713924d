import type { Act, PersonId } from '../lib/act.ts'
import type { Database } from '../lib/db.ts'
import type { Logger } from '../lib/log.ts'
import { within } from '../lib/within.ts'
import { migrationsDone, probe } from './health-store.ts'

/** Whether a process may be given work, and what keeps it from that: never why, which only the log has. */
export interface Readiness {
  readonly ready: boolean
  readonly checks: Readonly<Record<string, 'ok' | 'failed'>>
}

/** What is asked. */
export interface HealthDeps {
  readonly db: Database
  /** Names of the migrations that this program was made for. */
  readonly migrations: readonly string[]
  /** Rejects when the queue does not answer. */
  readonly queue: () => Promise<unknown>
  readonly nowMs: () => number
  readonly log: Logger
}

const NOBODY: Act = {
  actor: '00000000-0000-7000-8000-000000000000' as PersonId,
  via: 'health',
  scope: { communes: [] },
}
const ANSWER_MS_MAX = 2_000
const CLOCK_MS_MAX = 2_000

/**
 * Asks what a process cannot work without (reliability.md, Part E): the database takes writes and runs functions, its clock
 * and ours agree, it has every migration, the queue answers. Each within two seconds; a check that hangs has failed.
 */
export async function readiness(deps: HealthDeps): Promise<Readiness> {
  const checks: Record<string, 'ok' | 'failed'> = {}
  const asked: Readonly<Record<string, () => Promise<unknown>>> = {
    database: () => askDatabase(deps),
    migrations: () => askMigrations(deps),
    queue: deps.queue,
  }
  await Promise.all(
    Object.entries(asked).map(async ([name, ask]) => {
      try {
        await within(ANSWER_MS_MAX, ask())
        checks[name] = 'ok'
      } catch (error) {
        checks[name] = 'failed'
        const told = error instanceof Error ? error.message : 'unknown'
        deps.log.warn({ event: 'health.failed', check: name, error: told })
      }
    }),
  )
  return { ready: Object.values(checks).every((one) => one === 'ok'), checks }
}

async function askDatabase({ db, nowMs }: HealthDeps): Promise<void> {
  const at = await db.transact(NOBODY, probe)
  const apart = Math.abs(at.getTime() - nowMs())
  if (apart > CLOCK_MS_MAX) throw new Error(`clocks are ${String(apart)} ms apart`)
}

async function askMigrations({ db, migrations }: HealthDeps): Promise<void> {
  const done = await db.transact(NOBODY, migrationsDone)
  const missing = migrations.filter((name) => !done.has(name))
  if (missing.length > 0) throw new Error(`migrations are missing: ${missing.join(', ')}`)
}
