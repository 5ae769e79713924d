import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { routes } from '../../src/api/api.ts'
import { requesterOf } from '../../src/api/app.ts'
import { limitLookUps } from '../../src/api/auth/rate-limits.ts'
import { Refusal } from '../../src/api/problem.ts'
import type { Problem } from '../../src/api/problem.ts'
import { words } from '../../src/api/wire.ts'
import { readMatrix } from '../../src/access/matrix.ts'
import { invariant } from '../../src/lib/errors.ts'
import { createLog } from '../../src/lib/log.ts'
import type { CommuneRow } from '../../src/registry/registry.ts'
import { newKey, testApi, usersOfRoles } from '../support/api.ts'
import type { TestApi, TestUser } from '../support/api.ts'
import { freshDatabase } from '../support/database.ts'
import { enterTown, submit } from '../support/town.ts'
import { securityChecks } from './security-checks.ts'

// The 24 checks of reliability.md D3: where each is, and those that stand nowhere else.

const MARK = '046145987654'
const NOBODYS = '00000000-0000-4000-8000-00000000dead'
let api: TestApi
let communes: readonly CommuneRow[]
let users: ReadonlyMap<string, TestUser>
let logged = ''

const user = (role: string): TestUser => {
  const found = users.get(role)
  invariant(found, `a user with the role ${role}`)
  return found
}

beforeAll(async () => {
  const database = await freshDatabase()
  const log = createLog('trace', { write: (line: string) => void (logged += line) })
  const limits = { signIn: 9, user: 9, address: 9, lookUps: 3 }
  const tooMany = () => {
    throw new Refusal(429, 'rate-limited')
  }
  const looked = limitLookUps({ limits, nowMs: Date.now, log, tooMany }, requesterOf)
  api = await testApi(database, { log, known: [looked] })
  communes = await enterTown(database, [{ bank: 1 }, { wallet: 1 }])
  for (const commune of communes) await submit(database, commune)
  const [here, there] = communes
  invariant(here && there, 'two communes')
  users = usersOfRoles([here.id])
  for (const one of users.values()) await api.enter(one)
  const other = { ...user('commune-officer'), id: '00000009-0000-7000-8000-000000000781' as never }
  users = new Map([...users, ['elsewhere', { ...other, communes: [there.id] }]])
  await api.enter(user('elsewhere'))
})

describe('the table of checks', () => {
  test('has all 24, each with its tests or why not', () => {
    expect(securityChecks.map(({ row }) => row)).toEqual(
      Array.from({ length: 24 }, (_, at) => at + 1),
    )
    for (const { row, tests, not } of securityChecks) {
      expect({ row, said: tests.length > 0 || not !== undefined }).toEqual({ row, said: true })
    }
  })

  const named = securityChecks.flatMap(({ row, tests }) =>
    tests.map(([file, name]) => [row, file, name] as const),
  )
  test.each(named)('%i is in %s: %s', (_row, file, name) => {
    expect(readFileSync(file, 'utf8')).toContain(name)
  })
})

test('a thousand mixed requests: nobody is shown what the one before was (row 1)', async () => {
  const seen = new Map<string, Set<number>>()
  const asked = Array.from({ length: 1_000 }, (_, at) => at)
  const hand = async () => {
    for (let at = asked.pop(); at !== undefined; at = asked.pop()) {
      const who = ['commune-officer', 'elsewhere', 'auditor'][at % 3] ?? ''
      const { body } = await api.call(user(who), 'GET', '/lists?month=2023-08-01')
      const { items } = body as { readonly items: readonly { readonly communeId: number }[] }
      const known = seen.get(who) ?? new Set()
      for (const { communeId } of items) known.add(communeId)
      seen.set(who, known)
      expect(items).toHaveLength(who === 'auditor' ? 2 : 1)
    }
  }
  await Promise.all(Array.from({ length: 12 }, hand))
  const [here, there] = communes.map(({ id }) => id)
  expect([...(seen.get('commune-officer') ?? [])]).toEqual([here])
  expect([...(seen.get('elsewhere') ?? [])]).toEqual([there])
}, 120_000)

test('no body may bring more, whatever it is called (row 7)', async () => {
  const { roleActions } = readMatrix('prisma/access')
  const extra = '"__proto__":{"state":"PAID"},"constructor":{"a":1},"approved_by":1'
  for (const { method, path, operation, permission, examples, takesFile } of routes) {
    const looksUp = /^\/(people|accounts)\/(search|reveal)$/.test(path)
    if (method === 'GET' || takesFile === true || looksUp) continue
    const body = JSON.stringify(examples.body ?? {})
    const role = roleActions.find(({ action }) => action === permission)?.role ?? ''
    const answer = await fetch(`${api.url}/api/v1${path.replaceAll(/\{\w+\}/g, NOBODYS)}`, {
      method,
      headers: {
        ...{ authorization: `Test ${user(role).id}`, 'content-type': 'application/json' },
        'idempotency-key': newKey(),
      },
      body: body === '{}' ? `{${extra}}` : `${body.slice(0, -1)},${extra}}`,
    })
    const { code, errors = [] } = (await answer.json()) as Problem
    const named = errors.map(({ pointer }) => pointer)
    expect({ operation, code, named }).toEqual({
      ...{ operation, code: 'contract' },
      named: expect.arrayContaining(['/__proto__', '/constructor', '/approved_by']),
    })
  }
  expect(({} as { readonly state?: string }).state).toBeUndefined()
})

test.each([
  ['a turned direction', 'a\u202Eb'],
  ['an isolate', 'a\u2066b'],
  ['a new line', 'a\nb'],
  ['nothing at all', 'a\u0000b'],
  ['an escape', 'a\u001B[31m'],
])('no text may turn or break a line: %s (row 13)', (_, text) => {
  expect(words(20).safeParse(text).success).toBe(false)
  expect(words(20).parse(' Nguyễn ')).toBe('Nguyễn')
})

test('every answer forbids what nobody needs (row 16)', async () => {
  const headersOf = async (path: string, more: Readonly<Record<string, string>> = {}) => {
    const { headers } = await fetch(`${api.url}${path}`, { headers: more })
    return Object.fromEntries(headers)
  }
  const known = { authorization: `Test ${user('auditor').id}` }
  const policy =
    "default-src 'none';base-uri 'none';form-action 'self';frame-ancestors 'none';require-trusted-types-for 'script'"
  for (const [path, more] of [
    ['/api/v1/me', known],
    ['/api/v1/me', {}],
    ['/api/v1/nowhere', known],
    ['/nowhere', {}],
    ['/readyz', {}],
    ['/api/openapi.json', {}],
  ] as const) {
    const headers = await headersOf(path, more)
    expect({ path, ...headers }).toMatchObject({
      path,
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'strict-transport-security': 'max-age=63072000; includeSubDomains',
      'cache-control': 'no-store',
    })
    expect(headers).not.toHaveProperty('x-powered-by')
  }
  const nonces = await Promise.all(
    [1, 2].map(async () => {
      const answer = await fetch(`${api.url}/api/docs`)
      const set = answer.headers.get('content-security-policy') ?? ''
      const nonce = /style-src 'nonce-([^']+)'/.exec(set)?.[1]
      const page = await answer.text()
      expect(page).toContain(`<style nonce="${nonce ?? '?'}">`)
      expect(page).not.toMatch(/<script|style=|onload=|javascript:/)
      return nonce
    }),
  )
  expect(new Set(nonces).size).toBe(2)
})

test('whoever looks people up all day is stopped, and it is told (rows 17 and 23)', async () => {
  const body = { text: 'nguyen van' }
  const look = (who: string) => api.call(user(who), 'POST', '/people/search', { body })
  for (let n = 0; n < 3; n += 1) expect((await look('welfare-department')).status).toBe(200)
  const stopped = await look('welfare-department')
  expect(stopped).toMatchObject({ status: 429, body: { code: 'rate-limited' } })
  expect(Number(stopped.headers.get('retry-after'))).toBeGreaterThan(3_600)
  expect(logged).toContain('"event":"rate.limited","limit":"look-up"')
  expect((await look('auditor')).status).toBe(200)
  for (const what of ['people', 'accounts']) {
    const body = { ids: [NOBODYS], purpose: 'Đối chiếu' }
    const path = `/${what}/reveal`
    expect((await api.call(user('welfare-department'), 'POST', path, { body })).status).toBe(429)
  }
})

test('the log has ids and no values (row 18)', async () => {
  for (const route of routes.filter(({ method }) => method === 'POST')) {
    const path = route.path.replaceAll(/\{\w+\}/g, MARK)
    for (const body of [{ idNumber: MARK }, { ...(route.examples.body as object), text: MARK }]) {
      const { body: answer } = await api.call(user('administrator'), 'POST', path, { body })
      expect(JSON.stringify(answer)).not.toContain(MARK)
    }
  }
  const log = createLog('trace', { write: (line: string) => void (logged += line) })
  const person = { id: 'p1', name: MARK, idNumber: MARK, phone: MARK, numbers: [MARK] }
  log.error({
    event: 'x',
    person,
    ...person,
    deeper: { person },
    authorization: MARK,
    cookie: MARK,
  })
  expect(logged).toContain('"event":"x"')
  expect(logged).not.toContain(MARK)
})
