import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import pg from 'pg'
import { openApp, openEngine, setUp, vaultOf } from '../../src/compose.ts'
import type { Engine } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import type { Act, PersonId } from '../../src/lib/act.ts'
import type { Database } from '../../src/lib/db.ts'
import type { DatabaseUrls } from '../../src/lib/provision.ts'
import { addMonths } from '../../src/lib/time.ts'
import type { Month } from '../../src/lib/time.ts'
import type { Vault } from '../../src/lib/vault.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { registry } from '../../src/registry/registry.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import { makePopulation } from '../demo/population.ts'

/** Who draws the lists up in the bench, and the person whose name confirms the register. */
export const by: Act = {
  actor: '0198c0de-0000-7000-8000-00000000be7c' as PersonId,
  via: 'bench',
  scope: 'province',
}
const SECOND = '0198c0de-0000-7000-8000-00000000be7d' as PersonId

/** Lists drawn up at once: the database and this process have a core each. */
export const AT_ONCE = 3

/** A province with people and last month's lists, on a server of its own. */
export interface ListWorld {
  readonly db: Database
  readonly urls: DatabaseUrls
  /** Past every trigger, for what no face would do. */
  readonly superuser: string
  readonly vault: Vault
  readonly communes: readonly CommuneRow[]
  readonly month: Month
  /** Processor time in milliseconds that this process and the database's connections have used so far. */
  readonly cpuMs: () => Promise<{ readonly node: number; readonly database: number }>
  readonly stop: () => Promise<void>
}

/**
 * Enters `cases` people by the demo's rule, draws up last month's lists, marks them approved and their accounts paid behind
 * the ledger's back (the bench is not about money), and lets one in fifty leave and one in fifty join since.
 */
export async function makeWorld(cases: number, month: Month): Promise<ListWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'lists-bench-'))
  await chmod(folder, 0o755)
  const config = readConfig({ DATA_DIR: folder })
  const engine = await openEngine(config)
  await setUp(engine.urls)
  const db = openApp(engine.urls, 'batch', AT_ONCE + 1)
  const owner = new pg.Client({
    connectionString: engine.urls.owner,
    options: `-c search_path=${engine.urls.schema},pg_temp`,
  })
  await owner.connect()
  const last = addMonths(month, -1)
  const communes = await db.transact(by, (tx) => registry.communesIn(tx, last))
  const options = { cases, month: last, seed: 'lists', faults: 'none' } as const
  for (const intake of makePopulation(communes, options)) {
    await db.transact(by, (tx) => registry.enter(tx, vaultOf(config), by, intake, SECOND))
  }
  await owner.query(`update enrolment set valid_from = $1 where hashtext(id::text) % 50 = 1`, [
    month,
  ])
  await owner.query('analyze')
  await inTurns(communes, (commune) =>
    db.transact(by, (tx) => payouts.lists.submit(tx, by, commune, last)),
  )
  await owner.query('alter table payout_list disable trigger user')
  await owner.query(`update payout_list set state = 'APPROVED', approved_by = $1`, [SECOND])
  await owner.query('alter table payout_list enable trigger user')
  await owner.query(
    `update payment_account a set first_paid_at = now() from entitlement e where e.payment_account_id = a.id`,
  )
  const ended = `update enrolment set valid_to = $1::date - 1 where hashtext(id::text) % 50 = 0`
  await owner.query(ended, [month])
  await owner.query('vacuum analyze')
  await owner.end()
  return {
    ...{
      db,
      communes,
      month,
      urls: engine.urls,
      superuser: superuserOf(engine),
      vault: vaultOf(config),
    },
    cpuMs: () => cpuOf(db),
    stop: async () => {
      await db.close()
      await engine.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function superuserOf({ embedded, urls }: Engine): string {
  const url = new URL(embedded?.superuserUrl ?? urls.owner)
  url.pathname = new URL(urls.owner).pathname
  return url.toString()
}

/** Linux: a clock tick of /proc is a hundredth of a second. */
const TICK_MS = 10

async function cpuOf(db: Database): Promise<{ readonly node: number; readonly database: number }> {
  const backends = await db.transact(
    by,
    (tx) =>
      tx.$queryRaw<
        { pid: number }[]
      >`select pid from pg_stat_activity where application_name = 'an-sinh-batch'`,
  )
  const stats = backends.map(({ pid }) => readFileSync(`/proc/${String(pid)}/stat`, 'utf8'))
  const ticks = stats.map((stat) => stat.split(') ')[1]?.split(' ') ?? [])
  const { user, system } = process.cpuUsage()
  return {
    node: (user + system) / 1000,
    database: TICK_MS * ticks.reduce((sum, t) => sum + Number(t[11]) + Number(t[12]), 0),
  }
}

/** Does something for each of many, `AT_ONCE` at a time. */
export async function inTurns<T>(
  all: readonly T[],
  work: (one: T) => Promise<unknown>,
): Promise<void> {
  const waiting = all.values()
  const hand = async () => {
    for (const one of waiting) await work(one)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, hand))
}
