import { z } from 'zod'
import { Refusal } from './problem.ts'
import type { Fault } from './problem.ts'
import type { Route } from './route.ts'
import { uuid, words } from './wire.ts'

/** Parts of a request as they came. */
export interface RawParts {
  readonly params: unknown
  readonly query: unknown
  readonly body: unknown
}

const NONE = z.strictObject({})

/** On whose word an officer acts at a counter: null when on his own. Whoever is not there themselves sent a paper. */
const forCitizen = z
  .strictObject({
    person: uuid.nullable().meta({ description: 'Null: chưa có hồ sơ, đang được nhập' }),
    authority: z.enum(['present', 'authorised', 'guardian', 'document']),
    counter: z.enum(['counter', 'visit', 'phone', 'post', 'online']),
    document: words(120)
      .nullable()
      .default(null)
      .meta({ description: 'Số giấy ủy quyền, quyết định giám hộ hoặc đơn; null khi có mặt' }),
  })
  .refine(({ authority, document }) => (authority === 'present') === (document === null), {
    message: 'thay mặt thì phải ghi giấy tờ, có mặt thì không',
    path: ['document'],
  })
  .nullable()
  .meta({ description: 'Công dân mà cán bộ làm thay; null khi tự mình' })

/** The body that a route takes: strict, and with the citizen where it is done at a counter. */
export function bodyOf({ body, forCitizen: atCounter, method }: Route): z.ZodObject | undefined {
  if (method === 'GET') return undefined
  const own = body ?? NONE
  return atCounter === true ? own.extend({ forCitizen }) : own
}

/** What a route takes in its address after the question mark. */
export const queryOf = ({ query }: Route): z.ZodObject => query ?? NONE

/** The citizen that a parsed body names. */
export function citizenOf(body: unknown): z.output<typeof forCitizen> {
  const found = forCitizen.safeParse(
    typeof body === 'object' && body !== null && 'forCitizen' in body ? body.forCitizen : null,
  )
  return found.success ? found.data : null
}

/** Checks a request against its contract. Throws Refusal 400 `contract` that names every fault by JSON pointer. */
export function parseParts(route: Route, raw: RawParts): RawParts {
  const faults: Fault[] = []
  const read = (place: Fault['in'], schema: z.ZodType, value: unknown): unknown => {
    const result = schema.safeParse(value)
    if (result.success) return result.data
    faults.push(...result.error.issues.flatMap((issue) => faultsOf(place, issue)))
    return undefined
  }
  const body = bodyOf(route)
  const parts = {
    params: read('path', route.params ?? NONE, raw.params),
    query: read('query', queryOf(route), raw.query),
    body: body === undefined ? {} : read('body', body, raw.body ?? {}),
  }
  if (faults.length > 0) throw new Refusal(400, 'contract', { errors: faults })
  return parts
}

/** The content of a request is not repeated: it may be personal. */
function faultsOf(place: Fault['in'], issue: z.core.$ZodIssue): readonly Fault[] {
  const at = (path: readonly PropertyKey[]) =>
    path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      in: place,
      pointer: at([...issue.path, key]),
      detail: 'không có trường này',
    }))
  }
  return [{ in: place, pointer: at(issue.path), detail: issue.message }]
}
