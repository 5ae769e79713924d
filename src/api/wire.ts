import { createHash } from 'node:crypto'
import { z } from 'zod'
import { localDate, month } from '../lib/time.ts'

/** An amount in đồng on the wire: digits, never a number (a JSON number has lost its fraction before we see it). */
export const dong = z
  .string()
  .regex(/^-?(0|[1-9]\d{0,17})$/)
  .meta({ description: 'đồng', examples: ['540000'] })
export const uuid = z.uuid().meta({ examples: ['00000009-0000-7000-8000-000000000001'] })
export const day = z.iso.date().meta({ examples: ['2023-08-03'] })
export const time = z.iso
  .datetime({ offset: true })
  .meta({ examples: ['2023-08-03T01:02:03.456Z'] })
/** A day that is sent to us. */
export const dayIn = day.transform((text) => localDate(text))
/** The first day of a month. */
export const monthDay = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])-01$/)
  .meta({ examples: ['2023-08-01'] })
/** A month that is sent to us, by its first day. */
export const monthIn = monthDay.transform((text) => month(text.slice(0, 7)))
export const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .meta({ examples: ['0'.repeat(64)] })
/** A text that a person wrote: no control or direction characters, which could forge a line (D3 row 13). */
export const words = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\p{Bidi_C}]*$/u)
    .transform((text) => text.normalize('NFC'))
    .meta({ examples: ['Theo đề nghị của xã'] })

/** A value as it goes out: bigint as digits, times in ISO 8601, maps as objects. What JSON has no words for is refused. */
export function toWire(value: unknown): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number') return value
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Map) return Object.fromEntries([...value].map(([k, v]) => [k, toWire(v)]))
  if (Array.isArray(value)) return value.map(toWire)
  if (typeof value === 'object') {
    // A loop, for of a page of rows the pairs of each would cost more than reading them.
    const out: Record<string, unknown> = {}
    for (const [k, v] of Object.entries(value)) if (v !== undefined) out[k] = toWire(v)
    return out
  }
  throw new TypeError(`nothing on the wire is a ${typeof value}`)
}

/** JSON whose keys are in order, so that the same content has the same hash. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value !== null && typeof value === 'object') {
    const keys = Object.keys(value).toSorted()
    const of = value as Readonly<Record<string, unknown>>
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(of[key])}`).join(',')}}`
  }
  return JSON.stringify(value)
}

/** SHA-256 of a value's canonical JSON, hex. */
export const hashOf = (value: unknown): string =>
  createHash('sha256').update(canonical(value)).digest('hex')

/** The ETag of an answer: strong, over what was sent. */
export const etagOf = (text: string): string =>
  `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`
