import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { access } from '../../src/access/access.ts'
import { requesterOf } from '../../src/api/app.ts'
import { signIn } from '../../src/api/auth/signing-in.ts'
import { openApi } from '../../src/compose-api.ts'
import { openAuth } from '../../src/compose-auth.ts'
import { openApp } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import type { PersonId } from '../../src/lib/act.ts'
import type { Database } from '../../src/lib/db.ts'
import type { Listener } from '../../src/lib/listener.ts'
import { createLog } from '../../src/lib/log.ts'
import { localDate, today, unixMs } from '../../src/lib/time.ts'
import type { Month } from '../../src/lib/time.ts'
import { orderLimitsOf } from '../../src/payouts/channels/open.ts'
import { recording } from './api-bare.ts'
import type { Recorded } from './api-bare.ts'
import { makeHistory } from './api-history.ts'
import { by, makeWorld } from './lists-world.ts'
import type { ListWorld } from './lists-world.ts'

const ISSUER = 'https://id.bench.example'
const LIMITLESS = '1000000'

/** The interface as it runs, with sign-in, on a province of its own, and what is asked of it. */
export interface ApiWorld {
  readonly world: ListWorld
  readonly api: Listener
  /** The same, but that nothing is remembered of coverage: each request has it counted. */
  readonly counting: Listener
  /** Of a signed-in auditor. */
  readonly headers: Readonly<Record<string, string>>
  readonly reads: Readonly<Record<'list page' | 'person' | 'coverage', string>>
  readonly record: (work: () => Promise<void>) => Promise<readonly Recorded[]>
  readonly stop: () => Promise<void>
}

/** Makes a province of so many cases with so many months of history, and opens the interface on it. */
export async function makeApiWorld(of: {
  readonly cases: number
  readonly months: number
  readonly month: Month
  readonly connections: number
}): Promise<ApiWorld> {
  const world = await makeWorld(of.cases, of.month)
  const { urls, vault } = world
  const owner = new pg.Client({
    ...{ connectionString: world.superuser, options: `-c search_path=${urls.schema},pg_temp` },
  })
  await owner.connect()
  await makeHistory(owner, of.months)
  const reads = await readsOf(owner)
  await owner.end()
  const online = openApp(urls, 'online', of.connections)
  const { db, record } = recording(online)
  const config = readConfig({
    ...{ PUBLIC_URL: 'http://127.0.0.1:1', OIDC_ISSUER: ISSUER, OIDC_CLIENT_ID: 'bench' },
    ...{ OIDC_CLIENT_SECRET: randomUUID(), RATE_USER_PER_MINUTE: LIMITLESS },
    ...{ RATE_ADDRESS_PER_MINUTE: LIMITLESS, RATE_SIGN_IN_PER_MINUTE: '10000' },
  })
  const log = createLog('silent')
  const loginFailed = () => undefined
  const auth = openAuth(config, { db, vault, log, nowMs: unixMs, loginFailed })
  const open = (coverageFreshMs: number) =>
    openApi({
      ...{ host: '127.0.0.1', port: 0, db, vault, log, today, proxies: 0, coverageFreshMs },
      ...{ authenticate: auth.authenticate, before: [auth.doors] },
      known: [auth.limitUsers(requesterOf), auth.limitLookUps(requesterOf)],
      orderLimits: orderLimitsOf(config),
      ...{
        wake: () => Promise.resolve(),
        publicUrl: null,
        signer: 'unsigned',
        signHead: null,
        seen: () => undefined,
      },
      health: () => Promise.resolve({ ready: true }),
    })
  const [api, counting] = [await open(config.COVERAGE_FRESH_MS), await open(0)]
  const cookie = `__Host-sid=${await enter(world.db, auth)}`
  return {
    ...{ world, api, counting, reads, record, headers: { cookie } },
    stop: async () => {
      await api.close()
      await counting.close()
      auth.close()
      await online.close()
      await world.stop()
    },
  }
}

async function readsOf(owner: pg.Client): Promise<ApiWorld['reads']> {
  const { rows } = await owner.query<{ list: string; person: string; month: string }>(
    `select l.id as list, l.month::text as month, (select e.person_id from entitlement e where e.list_id = l.id limit 1) as person
       from payout_list l order by l.month desc, l.row_count desc limit 1`,
  )
  const { list = '', person = '', month = '' } = rows[0] ?? {}
  return {
    'list page': `/api/v1/lists/${list}/rows?limit=50`,
    person: `/api/v1/people/${person}`,
    coverage: `/api/v1/coverage?month=${month}`,
  }
}

/** An auditor of the province, signed in; returns the session's secret. */
async function enter(db: Database, { deps }: ReturnType<typeof openAuth>): Promise<string> {
  const id = randomUUID() as PersonId
  const login = { issuer: ISSUER, subject: 'auditor' }
  await db.transact(by, async (tx) => {
    const user = { id, kind: 'officer', fullName: 'Kiểm toán viên', idIndex: id } as const
    await access.enterUser(tx, by, user, login)
    const since = localDate('2020-01-01')
    const grant = { userId: id, role: 'auditor', communes: null, since, until: null }
    const confirmedBy = randomUUID() as PersonId
    await access.grant(tx, by, { ...grant, document: 'bench', confirmedBy })
  })
  const proof = { login, assurance: 2, provenAt: new Date(unixMs()), idNumber: null } as const
  const result = await signIn(deps, proof, { agent: undefined, address: undefined, previous: null })
  if (result.kind === 'refused') throw new Error(result.reason)
  return result.secret
}
