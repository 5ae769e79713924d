import { afterAll } from '@jest/globals'
import { access } from '../../src/access/access.ts'
import type { Act, PersonId } from '../../src/lib/act.ts'
import type { Identity } from '../../src/api/auth/identity.ts'
import { openApi } from '../../src/compose-api.ts'
import type { Listener } from '../../src/lib/listener.ts'
import { createLog } from '../../src/lib/log.ts'
import { localDate } from '../../src/lib/time.ts'
import type { FreshDatabase } from './database.ts'
import { noteAnswer, noteProposal } from './happy-paths.ts'
import { payday } from './town.ts'
import { vault } from './vault.ts'

/** Who sets users up in tests: no user, so that no role was given by whoever has it. */
const founder: Act = {
  actor: '00000001-0000-7000-8000-0000000000aa' as PersonId,
  via: 'test',
  scope: 'province',
}
const second = '00000001-0000-7000-8000-0000000000bb' as PersonId

/** A user of a test with what they have. */
export interface TestUser {
  readonly id: PersonId
  readonly role: string
  readonly communes: readonly number[] | null
}

/** What was answered. */
export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
  readonly bytes: Buffer
}

/** The interface on a free port, with users that sign in by naming themselves: the issuer is the edge of the world here. */
export interface TestApi {
  readonly url: string
  /** Who is signed in by which word. Assurance 2 and fresh unless a test says otherwise. */
  readonly identities: Map<string, Identity>
  enter(user: TestUser): Promise<void>
  /** Ends it as the process that has it does. */
  close(): Promise<void>
  call(
    user: TestUser | null,
    method: string,
    path: string,
    more?: {
      readonly body?: unknown
      /** Sent as multipart/form-data instead of a body. */
      readonly form?: FormData
      readonly headers?: Readonly<Record<string, string>>
    },
  ): Promise<Answered>
}

const open = new Set<Listener>()
afterAll(async () => {
  for (const api of open) await api.close()
  open.clear()
})

let keys = 0
/** A key that no other request of this run has. */
export const newKey = (): string => `test-key-${String((keys += 1)).padStart(8, '0')}`

/** Starts the interface on a database. */
export async function testApi(
  { app: db }: Pick<FreshDatabase, 'app'>,
  more: Partial<Parameters<typeof openApi>[0]> = {},
): Promise<TestApi> {
  const identities = new Map<string, Identity>()
  const api = await openApi({
    ...{
      host: '127.0.0.1',
      port: 0,
      db,
      vault,
      log: createLog('silent'),
      before: [],
      known: [],
      proxies: 0,
    },
    ...{
      today: () => payday,
      wake: () => Promise.resolve(),
      publicUrl: null,
      signer: 'unsigned',
      signHead: null,
    },
    ...{ seen: noteAnswer, health: () => Promise.resolve({ ready: true }) },
    orderLimits: {
      bank: { rowsMax: 500, amountMax: 499_999_999n },
      'hue-s': { rowsMax: 500, amountMax: 499_999_999n },
    },
    authenticate: ({ authorization }) =>
      Promise.resolve(identities.get(authorization ?? '') ?? null),
    ...more,
  })
  open.add(api)
  const url = `http://127.0.0.1:${String(api.port)}`
  const close = () => {
    open.delete(api)
    return api.close()
  }
  return {
    ...{ url, identities, close, call: calling(url) },
    enter: (user) => enter(db, identities, user),
  }
}

async function enter(
  db: FreshDatabase['app'],
  identities: Map<string, Identity>,
  { id, role, communes }: TestUser,
): Promise<void> {
  const since = localDate('2020-01-01')
  const grant = { userId: id, role, communes, since, until: null, document: 'QĐ 1' }
  await db.transact(founder, async (tx) => {
    await access.enterUser(
      tx,
      founder,
      { id, kind: 'officer', fullName: 'Lê Văn Mẫu', idIndex: id },
      null,
    )
    await access.grant(tx, founder, { ...grant, confirmedBy: second })
  })
  const provenAt = new Date()
  const who = { user: id, kind: 'officer', name: 'Lê Văn Mẫu', version: 2 } as const
  identities.set(`Test ${id}`, { ...who, assurance: 2, provenAt, session: null })
}

const calling =
  (url: string): TestApi['call'] =>
  async (user, method, path, { body, form, headers = {} } = {}) => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        ...(user !== null && { authorization: `Test ${user.id}` }),
        ...(method === 'POST' && { 'idempotency-key': newKey() }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(form !== undefined && { body: form }),
    })
    const bytes = Buffer.from(await answer.arrayBuffer())
    const isJson = (answer.headers.get('content-type') ?? '').includes('json') && bytes.length > 0
    const content = isJson ? (JSON.parse(bytes.toString('utf8')) as unknown) : null
    const answered = { status: answer.status, headers: answer.headers, body: content, bytes }
    if (method === 'POST') noteProposal(path, answered)
    return answered
  }

/** The roles of the matrix, one user each; officers of communes have the first given ones. */
export function usersOfRoles(communes: readonly number[]): ReadonlyMap<string, TestUser> {
  const roles = [
    'commune-officer',
    'commune-leader',
    'welfare-department',
    'treasury-preparer',
    'treasury-approver',
    'auditor',
    'administrator',
    'service-client',
  ]
  return new Map(
    roles.map((role, at) => [
      role,
      {
        id: `00000009-0000-7000-8000-${String(100 + at).padStart(12, '0')}` as PersonId,
        role,
        communes: role.startsWith('commune-') ? communes : null,
      },
    ]),
  )
}
