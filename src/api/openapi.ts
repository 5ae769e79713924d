import { z } from 'zod'
import { bodyOf, queryOf } from './contract.ts'
import { FILE_TYPES } from './files.ts'
import { proposed } from './proposals.ts'
import type { Route } from './route.ts'

type Json = Readonly<Record<string, unknown>>

/** The refusals that any route may answer with. */
const PROBLEM: Json = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'requestId'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string' },
    detail: { type: 'string' },
    requestId: { type: 'string', format: 'uuid' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['in', 'pointer', 'detail'],
        properties: {
          in: { enum: ['path', 'query', 'body', 'header'] },
          pointer: { type: 'string' },
          detail: { type: 'string' },
        },
      },
    },
    extra: { type: 'object' },
  },
}

/** Prints the OpenAPI 3.1 document of the routes: the same declarations that the router runs. */
export function openApiOf(routes: readonly Route[]): Json {
  const paths: Record<string, Record<string, Json>> = {}
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'An Sinh Ledger', version: '1' },
    servers: [{ url: '/api/v1' }],
    paths,
    components: {
      schemas: { Problem: PROBLEM },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: '__Host-sid' },
        token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      },
    },
    security: [{ session: [] }, { token: [] }],
  }
}

function operationOf(route: Route): Json {
  const body = bodyOf(route)
  const { twoPeople } = route
  const notes = [
    route.summary.en,
    `Permission: ${route.permission}.`,
    ...(twoPeople === undefined ? [] : [`Takes a second person with ${twoPeople.confirm}.`]),
  ]
  return {
    operationId: route.operation,
    tags: [route.tag],
    summary: route.summary.vi,
    description: notes.join(' '),
    'x-permission': route.permission,
    parameters: parametersOf(route),
    ...(route.takesFile === true && { requestBody: FILE_IN }),
    ...(body !== undefined &&
      Object.keys(body.shape).length > 0 && {
        requestBody: {
          required: true,
          content: { 'application/json': contentOf(body, 'input', route.examples.body) },
        },
      }),
    responses: responsesOf(route),
  }
}

/** One spreadsheet, XLSX or CSV, of 10 MB at the most. */
const FILE_IN: Json = {
  required: true,
  content: {
    'multipart/form-data': {
      schema: {
        type: 'object',
        required: ['file'],
        properties: { file: { type: 'string', format: 'binary' } },
        additionalProperties: false,
      },
    },
  },
}

const FILE_OUT: Json = Object.fromEntries(FILE_TYPES.map((type) => [type, {}]))

function parametersOf(route: Route): readonly Json[] {
  const header = (name: string, schema: Json) => ({ name, in: 'header', required: true, schema })
  return [
    ...named(route.params, 'path'),
    ...named(queryOf(route), 'query'),
    ...(route.method === 'POST'
      ? [header('Idempotency-Key', { type: 'string', minLength: 8, maxLength: 128 })]
      : []),
    ...(route.changes === undefined ? [] : [header('If-Match', { type: 'string' })]),
  ]
}

function named(schema: z.ZodObject | undefined, place: 'path' | 'query'): readonly Json[] {
  return Object.entries<z.core.$ZodType>(schema?.shape ?? {}).map(([name, of]) => ({
    name,
    in: place,
    required: place === 'path' || !z.safeParse(of, undefined).success,
    schema: jsonOf(of, 'input'),
  }))
}

function responsesOf(route: Route): Json {
  const status = String(route.status ?? 200)
  const schema = route.twoPeople === undefined ? route.answer : proposed
  const problem = {
    'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
  }
  const example = route.twoPeople === undefined ? route.examples.answer : undefined
  return {
    [status]: {
      description: route.summary.en,
      content: contentsOf(route, contentOf(schema, 'output', example)),
    },
    default: { description: 'A refusal (RFC 9457)', content: problem },
  }
}

/** What an answer comes as: JSON; also as a stream of it where it may be watched; or a file. */
function contentsOf({ givesFile, watch }: Route, json: Json): Json {
  if (givesFile === true) return FILE_OUT
  const stream = { 'text/event-stream': { schema: { type: 'string' } } }
  return { 'application/json': json, ...(watch !== undefined && stream) }
}

const contentOf = (schema: z.ZodType, io: 'input' | 'output', example: unknown): Json => ({
  schema: jsonOf(schema, io),
  ...(example !== undefined && { example }),
})

/** JSON Schema 2020-12 of a contract, without the dialect that the document names already. */
function jsonOf(schema: z.core.$ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return json
}
