import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { readMatrix } from '../../src/access/matrix.ts'
import { routes } from '../../src/api/api.ts'
import type { Route } from '../../src/api/route.ts'
import { hashOf } from '../../src/api/wire.ts'
import { invariant } from '../../src/lib/errors.ts'
import { registry } from '../../src/registry/registry.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { newKey, testApi, usersOfRoles } from '../support/api.ts'
import type { TestApi, TestUser } from '../support/api.ts'
import { freshDatabase } from '../support/database.ts'
import type { FreshDatabase } from '../support/database.ts'
import { enterTown, payday, preparer, releaseLists } from '../support/town.ts'
import { vault } from '../support/vault.ts'

// Generated from the declarations, on a town of two communes: what is elsewhere is not there, and a key is for once.

const matrix = readMatrix('prisma/access')
const NOBODYS = '00000000-0000-4000-8000-00000000dead'

let database: FreshDatabase
let api: TestApi
let users: ReadonlyMap<string, TestUser>
/** What there is in the other commune, by the name of the parameter that names it. */
let foreign: Readonly<Record<string, string>>
let foreignCommune: number

const idOf = (kind: number, n: number) =>
  `${String(kind).padStart(8, '0')}-0000-7000-8000-${String(n).padStart(12, '0')}`

beforeAll(async () => {
  database = await freshDatabase()
  api = await testApi(database)
  const communes = await enterTown(database, [{ bank: 1 }, { bank: 3, cash: 1 }])
  const [own, other] = communes
  invariant(own !== undefined && other !== undefined, 'two communes')
  foreignCommune = other.id
  users = usersOfRoles([own.id])
  for (const one of users.values()) await api.enter(one)
  const [list] = await releaseLists(database, [other])
  invariant(list, 'a list')
  foreign = await elsewhere(other.id, list.id)
})

/** One of everything that a route may be about. */
async function elsewhere(communeId: number, listId: string) {
  const person = (n: number) => idOf(2, communeId * 10_000 + n) as never
  const month = '2023-09-01' as never
  const made = await database.app.transact(preparer, async (tx) => {
    const death = { personId: person(1), diedOn: payday, certificate: '1' }
    const suspension = { personId: person(2), head: 'NCT_80', from: month, reason: 'UNPAID_3M' }
    const why = { reasonCode: 'doubt', reason: 'xem lại' }
    const merge = { loserId: person(2), winnerId: person(3), reason: 'một người' }
    return {
      reportId: await registry.deaths.report(tx, preparer, death),
      suspensionId: await registry.enrolments.proposeSuspension(tx, preparer, {
        ...{ ...suspension, on: payday },
      }),
      mergeId: await registry.people.proposeMerge(tx, preparer, merge),
      holdId: (
        await payouts.holds.place(tx, preparer, {
          ...{ subject: { personId: person(4) }, communeId, from: payday, on: payday, ...why },
        })
      ).id,
    }
  })
  const { rows } = await database.admin.query<{ reference: string; cash: string }>(
    `select (select min(reference) from instruction where list_id = $1) as reference,
            (select min(id) from cash_list where list_id = $1) as cash`,
    [listId],
  )
  const { reference = '', cash = '' } = rows[0] ?? {}
  return {
    ...{ ...made, personId: String(person(1)), listId, reference, cashListId: cash },
    accountId: idOf(5, communeId * 10_000 + 1),
  }
}

const allowed = ({ permission }: Route): readonly TestUser[] =>
  matrix.roleActions.flatMap(({ role, action }) => {
    const user = users.get(role)
    return action === permission && user !== undefined ? [user] : []
  })

const parametersOf = (path: string) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
const addressOf = (path: string, params: Readonly<Record<string, string>>) =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? NOBODYS)

/** Parameters that are words of the contract. */
const IN_WORDS = { kind: 'people', what: 'people', channel: 'bank' }

const THINGS = [
  ...['personId', 'listId', 'reference', 'cashListId', 'reportId', 'suspensionId', 'mergeId'],
  ...['holdId', 'accountId'],
]
/** Routes that name a thing which belongs to a commune. */
const aboutThings = routes.filter(({ path }) =>
  parametersOf(path).some((name) => THINGS.includes(name)),
)
/** Routes whose body names a commune. */
const aboutCommunes = routes.filter(({ body }) => body?.shape['communeId'] !== undefined)
/** A query that fits, where a route asks for one. */
const QUERIES: Readonly<Record<string, string>> = {
  ...{ getPersonAccounts: '?programme=BTXH', getPayee: '?programme=BTXH&month=2023-08-01' },
}

const named = (of: readonly Route[]) =>
  of.map((route) => [`${route.method} ${route.path}`, route] as const)

const codeOf = (body: unknown) => (body as { readonly code?: string } | null)?.code

describe.each(named(aboutThings))('%s', (_name, route) => {
  test('is not there for an officer of elsewhere', async () => {
    const query = QUERIES[route.operation] ?? ''
    const ask = (user: TestUser, params: Readonly<Record<string, string>>) =>
      api.call(user, route.method, `${addressOf(route.path, params)}${query}`, {
        ...(route.method !== 'GET' && { body: bodyOf(route) }),
        headers: { 'if-match': '"nothing"' },
      })
    for (const user of allowed(route)) {
      const answer = await ask(user, foreign)
      if (user.communes === null) {
        // The province sees it: whatever is wrong then, it is not that.
        expect([answer.status, codeOf(answer.body)]).not.toEqual([404, 'person-unknown'])
        continue
      }
      const nothing = await ask(user, {})
      const told = { status: answer.status, code: codeOf(answer.body) }
      expect({ ...told, notThere: [404, 409].includes(answer.status) }).toMatchObject({
        notThere: true,
      })
      // What is elsewhere is refused as what never was.
      if (parametersOf(route.path).every((name) => !OF_FORM.includes(name)))
        expect(told).toEqual({ status: nothing.status, code: codeOf(nothing.body) })
    }
  })
})

/** Parameters that are no uuid: nobody's is not of their form. */
const OF_FORM = ['reference', 'cashListId']

/** A body that fits: the example, about somebody of the other commune where it names one. */
function bodyOf({ examples }: Route): unknown {
  const body = (examples.body ?? {}) as Readonly<Record<string, unknown>>
  return 'personId' in body ? { ...body, personId: foreign['personId'] } : body
}

test.each(named(aboutCommunes))('%s takes no commune of elsewhere', async (_name, route) => {
  const body = { ...(route.examples.body as object), communeId: foreignCommune }
  for (const user of allowed(route)) {
    if (user.communes === null) continue
    const answer = await api.call(
      user,
      route.method,
      addressOf(route.path, { ...IN_WORDS, ...foreign }),
      {
        body,
      },
    )
    expect([403, 404]).toContain(answer.status)
  }
})

const kept = routes.filter(({ method, asksOnly }) => method === 'POST' && asksOnly !== true)

describe.each(named(kept))('%s', (_name, route) => {
  test('answers a key once for ever, and other content under it never', async () => {
    const [user] = allowed(route)
    invariant(user, 'somebody may')
    const bytes = Buffer.from('Họ và tên,Ngày sinh\r\nMẫu,1943\r\n')
    const form = new FormData()
    form.set('file', new Blob([new Uint8Array(bytes)]), 'mau.csv')
    const params = Object.fromEntries(
      parametersOf(route.path).map((name) => [name, PARAMETER[name]]),
    )
    const path = addressOf(route.path, params as Readonly<Record<string, string>>)
    const body = route.examples.body ?? {}
    const ask = (key: string, more: Readonly<Record<string, unknown>> = {}) =>
      api.call(user, 'POST', path, {
        ...(route.takesFile === true ? { form } : { body: more['body'] ?? body }),
        headers: { 'idempotency-key': key, 'if-match': '"nothing"' },
      })
    const content = {
      method: 'POST',
      operation: route.operation,
      params: filled(params),
      query: {},
    }
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const file = { name: 'mau.csv', sha256 }
    const same = hashOf({
      ...{ ...content, body: route.takesFile === true ? {} : body },
      ...(route.takesFile === true && { file }),
    })
    const [known, other] = [
      await answered(user, route, same),
      await answered(user, route, hashOf(1)),
    ]
    const replay = await ask(known)
    expect([replay.status, replay.headers.get('idempotency-replayed')]).toEqual([201, 'true'])
    expect(replay.body).toEqual({ replayed: true })
    expect(await ask(other)).toMatchObject({
      status: 422,
      body: { code: 'idempotency-key-reused' },
    })
    expect(await ask('')).toMatchObject({ status: 400, body: { code: 'idempotency-key-missing' } })
  })
})

/** Parameters of which a fitting one is no uuid. */
const PARAMETER: Readonly<Record<string, string | undefined>> = {
  ...{ reference: '230819750000C412', cashListId: '2308-19750-TM', channel: 'bank' },
  ...{ kind: 'people', what: 'people', month: '2023-08-01', code: '1120', subject: 'unit:x' },
  ...{ eventId: '7', target: 'soc', entryId: '7' },
}
const filled = (params: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [name, value ?? NOBODYS]))

/** Writes that a user's request with a content was answered under a fresh key; returns the key. */
async function answered(user: TestUser, route: Route, contentHash: string): Promise<string> {
  const key = newKey()
  const place = { table: 'idempotency_key', column: 'answer', row: `${user.id}:${key}` }
  await database.admin.query(
    `insert into idempotency_key (user_id, key, operation, content_hash, status, answer) values ($1, $2, $3, $4, 201, $5)`,
    [user.id, key, route.operation, contentHash, vault.seal(place, '{"replayed":true}')],
  )
  return key
}
