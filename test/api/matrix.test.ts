import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { routes } from '../../src/api/api.ts'
import { fileHeaders } from '../../src/api/files.ts'
import { openApiOf } from '../../src/api/openapi.ts'
import type { Route } from '../../src/api/route.ts'
import { ACTIONS } from '../../src/access/actions.ts'
import { readMatrix } from '../../src/access/matrix.ts'
import { invariant } from '../../src/lib/errors.ts'
import { newKey, testApi, usersOfRoles } from '../support/api.ts'
import type { TestApi, TestUser } from '../support/api.ts'
import { freshDatabase } from '../support/database.ts'
import { enterTown } from '../support/town.ts'

// Generated from the declarations: a new route is tested here without a line of its own.

const matrix = readMatrix('prisma/access')
/** What adds to a thing and changes nothing of it; each has its own guard of what it adds. */
const ADDS = new Set([
  ...[
    'reportDeath',
    'requestAccountChange',
    'enterRepresentation',
    'assignPayee',
    'grantEnrolment',
    'enterFirstAccount',
    'movePerson',
  ],
  ...['openListRows', 'recheckList', 'redirectHeld', 'requestStop', 'grantRole', 'endUserSession'],
])
const NOBODYS = '00000000-0000-4000-8000-00000000dead'

let api: TestApi
let users: ReadonlyMap<string, TestUser>

beforeAll(async () => {
  const database = await freshDatabase()
  api = await testApi(database)
  const [commune] = await enterTown(database, [{ bank: 1 }])
  invariant(commune, 'a commune')
  users = usersOfRoles([commune.id])
  for (const one of users.values()) await api.enter(one)
})

/** The address of a route with parameters that name nothing that is there. */
const addressOf = (path: string) => path.replaceAll(/\{(\w+)\}/g, NOBODYS)

/** One spreadsheet, as a browser sends it. */
function fileForm(): FormData {
  const form = new FormData()
  form.set('file', new Blob(['Họ và tên\r\nNguyễn Thị Ánh Mẫu\r\n']), 'mau.csv')
  return form
}

/** What a route takes: its example, or a file. */
function sending({ method, takesFile, examples }: Route) {
  if (takesFile === true) return { form: fileForm() }
  return method === 'GET' ? {} : { body: examples.body ?? {} }
}

describe('the matrix', () => {
  test('names every role and action, and nothing else', () => {
    const roles = new Set(matrix.roles.map(({ code }) => code))
    const used = new Set(matrix.roleActions.map(({ action }) => action))
    expect(matrix.roleActions.filter(({ role }) => !roles.has(role))).toEqual([])
    expect(ACTIONS.filter((action) => !used.has(action))).toEqual([])
  })

  test('lets no role both prepare and approve, approve and release, or administer and touch money', () => {
    const of = (role: string) =>
      new Set(matrix.roleActions.filter((cell) => cell.role === role).map(({ action }) => action))
    const money =
      /^(lists\.(prepare|approve|release)|reissues|resends|cash\.|orders|channels|funds)/
    for (const { code } of matrix.roles) {
      const may = of(code)
      const part = [may.has('lists.prepare'), may.has('lists.approve'), may.has('lists.release')]
      expect({ code, parts: part.filter(Boolean).length <= 1 }).toEqual({ code, parts: true })
      expect([code, may.has('funds.write') && may.has('funds.confirm')]).toEqual([code, false])
    }
    expect([...of('administrator')].filter((action) => money.test(action))).toEqual([])
    expect(
      [...of('auditor')].filter((action) => !/\.(read|use)$|^evidence\.take$/.test(action)),
    ).toEqual([])
  })
})

describe.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))(
  '%s',
  (_name, route) => {
    test('answers nobody unknown', async () => {
      const { status } = await api.call(null, route.method, addressOf(route.path))
      expect(status).toBe(401)
    })

    test('is for the roles of the matrix alone', async () => {
      for (const [role, user] of users) {
        const allowed = matrix.roleActions.some(
          (cell) => cell.role === role && cell.action === route.permission,
        )
        const answer = await api.call(user, route.method, addressOf(route.path), sending(route))
        const refused = answer.status === 403 && codeOf(answer.body) === 'not-permitted'
        expect({ role, refused, status: answer.status }).toEqual({
          role,
          refused: !allowed,
          status: expect.any(Number),
        })
        expect(answer.status).toBeLessThan(500)
      }
    })

    test('takes nothing that its contract does not name', async () => {
      const user = allowedUser(route.permission)
      const body = { ...(route.examples.body as object), state: 'PAID', approved_by: NOBODYS }
      if (route.takesFile === true) {
        const form = fileForm()
        form.set('state', 'PAID')
        const answer = await api.call(user, 'POST', route.path, { form })
        expect([answer.status, codeOf(answer.body)]).toEqual([400, 'one-file'])
        return
      }
      const answer =
        route.method === 'GET'
          ? await api.call(user, 'GET', `${addressOf(route.path)}?state_=PAID`)
          : await api.call(user, route.method, addressOf(route.path), { body })
      expect(answer.status).toBe(400)
      expect(codeOf(answer.body)).toBe('contract')
    })

    test('takes JSON alone', async () => {
      if (route.method === 'GET') return
      const answer = await fetch(`${api.url}/api/v1${addressOf(route.path)}`, {
        method: route.method,
        headers: {
          authorization: `Test ${allowedUser(route.permission).id}`,
          'content-type': 'text/plain',
          'idempotency-key': newKey(),
        },
        body: '{}',
      })
      expect(answer.status).toBe(415)
    })
  },
)

test('the document says what the router runs', () => {
  const printed = `${JSON.stringify(openApiOf(routes), null, 2)}\n`
  expect(readFileSync('docs/openapi.json', 'utf8')).toBe(printed)
})

test.each(['a.pdf', 'a.xlsx', 'a.csv', 'a.jsonl'])(
  'routes with a file declare that of %s',
  (name) => {
    const sent = fileHeaders({ name, bytes: Buffer.from('') })['Content-Type']?.split(';')[0]
    const printed = JSON.stringify(openApiOf(routes.filter(({ givesFile }) => givesFile === true)))
    expect(printed).toContain(`"${String(sent)}":{}`)
  },
)

test('operations have names of their own, and addresses one method once', () => {
  const names = routes.map(({ operation }) => operation)
  expect(new Set(names).size).toBe(names.length)
  const addresses = routes.map(
    ({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`,
  )
  expect(new Set(addresses).size).toBe(addresses.length)
})

function allowedUser(permission: string): TestUser {
  const cell = matrix.roleActions.find(({ action }) => action === permission)
  const user = users.get(cell?.role ?? '')
  invariant(user, `a role that may ${permission}`)
  return user
}

test('what gives a file is a read or asks only, and what is kept is never a file', () => {
  const wrong = routes.filter(
    ({ method, givesFile, asksOnly }) =>
      givesFile === true && method !== 'GET' && asksOnly !== true,
  )
  expect(wrong).toEqual([])
})

test('what changes a thing that can be read alone names what was read', () => {
  const reads = new Map(
    routes.filter(({ method }) => method === 'GET').map((one) => [one.path, one.operation]),
  )
  const bare = routes.flatMap((route) => {
    const object = /^(\/[a-z-]+\/\{\w+\})(\/[a-z-]+)?$/.exec(route.path)?.[1] ?? ''
    const read = reads.get(object)
    const frozen = Object.keys(route.body?.shape ?? {}).some((key) =>
      /^(seen|contentHash)$/.test(key),
    )
    if (read === undefined || route.method === 'GET' || route.asksOnly === true || frozen) return []
    return route.changes === read || ADDS.has(route.operation) ? [] : [route.operation]
  })
  expect(bare).toEqual([])
})

const codeOf = (body: unknown) => (body as { readonly code?: string } | null)?.code
