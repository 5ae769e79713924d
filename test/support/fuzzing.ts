import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { z } from 'zod'
import { readMatrix } from '../../src/access/matrix.ts'
import type { PersonId } from '../../src/lib/act.ts'
import { invariant } from '../../src/lib/errors.ts'
import { testApi, usersOfRoles } from './api.ts'
import type { Answered, TestApi, TestUser } from './api.ts'
import { freshDatabase } from './database.ts'
import { asWords, fitting, hostile } from './schema-arbitrary.ts'
import type { JsonSchema, Known } from './schema-arbitrary.ts'
import { enterTown, releaseLists } from './town.ts'

// From the document that others read, and nothing else of ours: no request makes a 5xx, and each answer is what it says.

interface Operation {
  readonly operationId: string
  readonly 'x-permission': string
  readonly parameters: readonly {
    readonly name: string
    readonly in: 'path' | 'query' | 'header'
    readonly required: boolean
    readonly schema: JsonSchema
  }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema: JsonSchema }>> }
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, { schema?: JsonSchema }>> }>
  >
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: { readonly Problem: JsonSchema } }
}

const document = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as Document
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, of]) => ({ path, method: method.toUpperCase(), of })),
)
const problem = z.fromJSONSchema(document.components.schemas.Problem as never)

let api: TestApi
let users: ReadonlyMap<string, TestUser>
let known: Known

beforeAll(async () => {
  const database = await freshDatabase()
  api = await testApi(database)
  const communes = await enterTown(database, [{ bank: 2, cash: 1 }])
  const [commune] = communes
  invariant(commune, 'a commune')
  users = usersOfRoles([commune.id])
  for (const one of users.values()) await api.enter(one)
  const [list] = await releaseLists(database, communes)
  invariant(list, 'a list')
  const people = [1, 2, 3].map(
    (n) => `00000002-0000-7000-8000-${String(commune.id * 10_000 + n).padStart(12, '0')}`,
  )
  known = {
    uuids: [list.id, ...people] as PersonId[],
    words: ['BTXH', 'NCT_80', 'bank', `${list.number}-TM`, 'unit:474.20210701', '1121-FREE'],
  }
})

const matrix = readMatrix('prisma/access')
const somebody = (permission: string): TestUser => {
  const cell = matrix.roleActions.find(({ action }) => action === permission)
  const user = users.get(cell?.role ?? '')
  invariant(user, `a role that may ${permission}`)
  return user
}

/** One request of an operation: its parameters and body, some of them spoilt. */
const requestOf = (of: Operation) => {
  const parameters = of.parameters.filter((one) => one.in !== 'header')
  const values = parameters.map(({ schema, required }) =>
    required ? fitting(schema, known) : fc.option(fitting(schema, known), { nil: undefined }),
  )
  const schema = of.requestBody?.content['application/json']?.schema
  const body = schema === undefined ? fc.constant({}) : fitting(schema, known)
  const spoilt = fc.option(fc.tuple(fc.nat(20), hostile), { nil: null, freq: 3 })
  return fc.record({ values: fc.tuple(...values), body, spoilt })
}

/** Puts something hostile into one field of a body. */
function spoil(body: unknown, [at, value]: readonly [number, unknown]): unknown {
  const names = Object.keys(body as object)
  const name = names[at % Math.max(names.length, 1)] ?? 'extra'
  return { ...(body as object), [name]: value }
}

async function ask(
  { path, method, of }: (typeof operations)[number],
  { values, body, spoilt }: Asked,
): Promise<Answered> {
  const query = new URLSearchParams()
  let address = path
  of.parameters
    .filter((one) => one.in !== 'header')
    .forEach(({ name, in: place }, at) => {
      const value = values[at]
      if (place === 'path')
        address = address.replace(`{${name}}`, encodeURIComponent(asWords(value)))
      else if (value !== undefined && value !== null) query.set(name, asWords(value))
    })
  const text = query.toString()
  const sent = spoilt === null ? body : spoil(body, spoilt)
  const isFile = of.requestBody?.content['multipart/form-data'] !== undefined
  const form = new FormData()
  form.set('file', new Blob([JSON.stringify(sent)]), 'tep.csv')
  return api.call(
    somebody(of['x-permission']),
    method,
    text === '' ? address : `${address}?${text}`,
    {
      ...(isFile ? { form } : method !== 'GET' && { body: sent }),
      headers: { 'if-match': '"x"' },
    },
  )
}

interface Asked {
  readonly values: readonly unknown[]
  readonly body: unknown
  readonly spoilt: readonly [number, unknown] | null
}

/** Whether an answer is what the document says. */
function check(of: Operation, { status, headers, body }: Answered): void {
  expect(status).toBeLessThan(500)
  const type = headers.get('content-type') ?? ''
  if (status >= 400) {
    expect(type).toMatch(/^application\/problem\+json/)
    problem.parse(body)
    return
  }
  const content = of.responses[String(status)]?.content
  expect(Object.keys(content ?? {})).toContain(type.split(';')[0])
  const schema = content?.['application/json']?.schema
  if (schema !== undefined) z.fromJSONSchema(schema as never).parse(body)
}

/** Declares a test an operation, each asking it so often. */
export function fuzz(runs: number): void {
  describe.each(operations.map((one) => [`${one.method} ${one.path}`, one] as const))(
    '%s',
    (_name, operation) => {
      test('answers whatever fits or not as the document says', async () => {
        const asked = fc.asyncProperty(requestOf(operation.of), async (request) => {
          check(operation.of, await ask(operation, request))
        })
        await fc.assert(asked, { numRuns: runs })
      }, 600_000)
    },
  )
}
