import fc from 'fast-check'

/** A JSON Schema as our OpenAPI document has it; what is not named here does not stand in it. */
export interface JsonSchema {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  readonly minItems?: number
  readonly maxItems?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly format?: string
}

/** Ids and words of things that are there, so that not everything asked for is missing. */
export interface Known {
  readonly uuids: readonly string[]
  readonly words: readonly string[]
}

/** Values that fit a schema. */
export function fitting(schema: JsonSchema, known: Known): fc.Arbitrary<unknown> {
  const branches = schema.anyOf ?? schema.oneOf
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  if (branches !== undefined) return fc.oneof(...branches.map((one) => fitting(one, known)))
  switch (schema.type) {
    case 'string':
      return text(schema, known)
    case 'integer':
    case 'number':
      return whole(schema)
    case 'boolean':
      return fc.boolean()
    case 'array':
      return fc.array(fitting(schema.items ?? {}, known), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.max(schema.minItems ?? 0, Math.min(schema.maxItems ?? 3, 3)),
      })
    case 'object':
      return record(schema, known)
    case 'null':
      return fc.constant(null)
    case undefined:
    default:
      return fc.constantFrom(null, 1, 'x')
  }
}

function record({ properties = {}, required = [] }: JsonSchema, known: Known) {
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, of]) => [name, fitting(of, known)]),
  )
  return fc.record(fields, { requiredKeys: [...required] })
}

function whole({ minimum = 0, maximum = 300 }: JsonSchema): fc.Arbitrary<number> {
  const [min, max] = [Math.max(minimum, 0), Math.min(maximum, Number.MAX_SAFE_INTEGER)]
  const small = fc.integer({ min, max: Math.min(max, min + 300) })
  return fc.oneof({ weight: 4, arbitrary: small }, fc.constantFrom(min, max))
}

const day = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((at) => at.toISOString().slice(0, 10))

function text(schema: JsonSchema, known: Known): fc.Arbitrary<string> {
  const { pattern, format, minLength = 0, maxLength = 40 } = schema
  if (format === 'uuid') return fc.oneof(fc.constantFrom(...known.uuids), fc.uuid())
  if (format === 'date') return fc.oneof(fc.constantFrom('2023-08-01', '2023-08-03'), day)
  if (format === 'date-time') return fc.constant('2023-08-03T01:02:03.456Z')
  if (pattern?.startsWith('^\\d{4}-(0[1-9]') === true) {
    return fc.oneof(
      fc.constant('2023-08-01'),
      day.map((one) => `${one.slice(0, 8)}01`),
    )
  }
  if (pattern?.includes('\\p{') === true) {
    const mine = fc.string({ minLength, maxLength: Math.min(maxLength, 30), unit: 'grapheme' })
    return mine.filter((one) => new RegExp(pattern, 'u').test(one) && one.trim() !== '')
  }
  if (pattern !== undefined) {
    const words = known.words.filter((one) => new RegExp(pattern, 'u').test(one))
    const made = fc.stringMatching(new RegExp(pattern))
    return words.length === 0 ? made : fc.oneof(fc.constantFrom(...words), made)
  }
  return fc.string({ minLength, maxLength: Math.min(maxLength, 40) })
}

/** A value as it stands in an address. */
export const asWords = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value)

/** What a contract must not take in any place. */
export const hostile: fc.Arbitrary<unknown> = fc.constantFrom<unknown>(
  ...[null, -1, 0.5, 1e21, Number.MAX_SAFE_INTEGER, '', '\u0000', '\u202e', "' or 1=1 --"],
  ...['9'.repeat(400), '2023-02-30', [], [[]], {}, { $ne: null }, true],
)
