import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  jest,
  test,
} from '@jest/globals'
import type pg from 'pg'
import { month } from '../../src/lib/time.ts'
import { ledger } from '../../src/ledger/ledger.ts'
import { verifyLedger } from '../../src/ledger/verify.ts'
import { act } from '../support/act.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { balances, balancesFromPostings, settled } from '../support/ledger-state.ts'
import { heldForMany, MANY, manyEntries } from '../support/many-entries.ts'
import { built } from '../support/programs.ts'
import { inDatabase, startServer } from '../support/server.ts'
import type { RunningServer } from '../support/server.ts'
import { prepareTemplate } from '../support/template.ts'

// A process is killed while it posts ten thousand entries in one call. Afterwards all are there or
// none, and posting them again completes the work without a second of any. A server of its own,
// since some of these kills restart it.

jest.setTimeout(120_000)

let server: RunningServer
let database: FreshDatabase
/** The superuser's connection; a new one after the server has crashed. */
let admin: pg.Client

beforeAll(async () => {
  server = await startServer()
  await prepareTemplate(server)
})
beforeEach(async () => {
  database = await freshDatabase(server)
  admin = database.admin
  await database.app.transact(act, async (tx) => {
    await ledger.openPeriod(tx, act, month('2023-08'))
    await ledger.post(tx, act, heldForMany)
  })
})
afterEach(() => database.drop())
afterAll(() => server.stop())

/** Starts the posting process and waits until its one call is running in the database. */
async function startPosting({ pauseMs = 0 } = {}) {
  const { app, schema } = database.urls
  const args = [built('test/support/post-many.ts'), app, schema, String(pauseMs)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const says = async () => String((await lines.next()).value)
  const ended = once(child, 'close')
  expect(await says()).toBe('posting')
  return { child, says, ended, backend: await backendOf() }
}

/** The server process that runs the call. */
async function backendOf(): Promise<number> {
  for (let tries = 1; tries <= 500; tries += 1) {
    const { rows } = await admin.query<{ pid: number }>(
      `select pid from pg_stat_activity
        where datname = current_database() and state = 'active' and query like '%ledger_post(%'
          and pid <> pg_backend_pid()`,
    )
    if (rows[0] !== undefined) return rows[0].pid
    await sleep(5)
  }
  throw new Error('The call did not begin')
}

/**
 * Waits until a server process has ended: only then is it decided what became of its transaction.
 */
async function gone(pid: number) {
  for (let tries = 1; tries <= 1_000; tries += 1) {
    const { rowCount } = await admin.query('select from pg_stat_activity where pid = $1', [pid])
    if (rowCount === 0) return
    await sleep(10)
  }
  throw new Error(`Server process ${String(pid)} does not end`)
}

/** Kills a server process with -9: PostgreSQL ends all others, recovers and lets us in again. */
async function crashServer(backend: number) {
  const lost = new Promise((resolve) => admin.once('end', resolve))
  process.kill(backend, 'SIGKILL')
  await lost
  for (let tries = 1; ; tries += 1) {
    try {
      admin = await database.connect(
        inDatabase(server.superuser, new URL(database.urls.app).pathname.slice(1)),
      )
      await admin.query('select 1')
      return
    } catch (error) {
      if (tries === 200) throw error
      await sleep(50)
    }
  }
}

/**
 * All or none are there, the books are sound, and posting again makes exactly all. Returns how many
 * there were.
 */
async function expectAllOrNone(): Promise<number> {
  const { app, report } = database
  const { rows } = await admin.query<{ entries: number; postings: number }>(
    `select count(distinct e.id)::integer as entries, count(p.*)::integer as postings
       from journal_entry e left join posting p on p.entry_id = e.id
      where reference like 'submit:%'`,
  )
  const found = rows[0]?.entries ?? -1
  expect([0, MANY]).toContain(found)
  expect(rows[0]?.postings).toBe(found)
  expect(await balancesFromPostings(admin)).toEqual(await balances(admin))
  const again = await app.transact(act, (tx) => ledger.post(tx, act, manyEntries))
  expect(again.filter(({ replayed }) => replayed)).toHaveLength(found)
  expect(new Set(again.map(({ entryId }) => entryId)).size).toBe(MANY)
  const kept = await balances(admin)
  expect(kept.has('1121-HELD list:list')).toBe(false)
  expect([...kept.keys()].filter((name) => name.startsWith('1130-TRANSIT '))).toHaveLength(MANY)
  await settled(admin)
  await ledger.seal(app, act)
  const sealedEntries = MANY + heldForMany.length
  expect(await verifyLedger(report, act)).toMatchObject({ ok: true, sealedEntries })
  return found
}

describe('in the midst of the call: nothing is there', () => {
  test('the process is killed with -9', async () => {
    const { child, ended, backend } = await startPosting()
    await sleep(100)
    child.kill('SIGKILL')
    await ended
    await gone(backend)
    expect(await expectAllOrNone()).toBe(0)
  })

  test('the process is killed with -9 between the answer of the call and its COMMIT', async () => {
    const { child, says, ended, backend } = await startPosting({ pauseMs: 10_000 })
    expect(await says()).toBe('posted')
    child.kill('SIGKILL')
    await ended
    await gone(backend)
    expect(await expectAllOrNone()).toBe(0)
  })

  test('its server process is told to end', async () => {
    const { says, ended, backend } = await startPosting()
    await sleep(100)
    await admin.query('select pg_terminate_backend($1)', [backend])
    expect(await says()).not.toBe('posted')
    await ended
    expect(await expectAllOrNone()).toBe(0)
  })

  test('its server process is killed with -9, and the server recovers', async () => {
    const { says, ended, backend } = await startPosting()
    await sleep(100)
    await crashServer(backend)
    expect(await says()).not.toBe('posted')
    await ended
    expect(await expectAllOrNone()).toBe(0)
  })
})

test('once it knows that it committed: all is there, whatever is killed', async () => {
  const { child, says, ended } = await startPosting()
  expect([await says(), await says()]).toEqual(['posted', 'committed'])
  child.kill('SIGKILL')
  const { rows } = await admin.query<{ pid: number }>('select pg_backend_pid() as pid')
  await crashServer(rows[0]?.pid ?? 0)
  await ended
  expect(await expectAllOrNone()).toBe(MANY)
})
