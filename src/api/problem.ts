import { DATABASE_CODES } from '../lib/db-errors.ts'
import { DomainError } from '../lib/errors.ts'
import type { ErrorKind } from '../lib/errors.ts'
import { problemTexts } from './problem-texts.ts'

export type Language = 'vi' | 'en'

/** One fault of a request: where, as a JSON pointer (RFC 6901), and what to do. */
export interface Fault {
  readonly in: 'path' | 'query' | 'body' | 'header'
  readonly pointer: string
  readonly detail: string
}

/** A refusal as RFC 9457 has it. `code` is stable for machines; texts are for people. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: string
  readonly detail?: string
  readonly requestId: string
  readonly errors?: readonly Fault[]
  readonly extra?: Readonly<Record<string, unknown>>
}

/** A refusal by the interface itself, before any use case ran. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly code: string
  readonly errors: readonly Fault[]
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    code: string,
    more: {
      readonly errors?: readonly Fault[]
      readonly headers?: Readonly<Record<string, string>>
    } = {},
  ) {
    super(code)
    this.status = status
    this.code = code
    this.errors = more.errors ?? []
    this.headers = more.headers ?? {}
  }
}

const STATUS: Readonly<Record<ErrorKind, number>> = {
  invalid: 422,
  conflict: 409,
  'not-found': 404,
  forbidden: 403,
}

/** SQLSTATEs of a database that has no time for us now. */
const BUSY = new Set(['55P03', '57014', '40001', '40P01', '53300'])

/**
 * What a person is told of an error. A refusal of ours says which and why; anything else is a 500 (or a 503 while the
 * database is busy) without a word of why, which only the log has.
 */
export function problemOf(
  error: unknown,
  context: {
    readonly language: Language
    readonly requestId: string
    readonly state?: string | undefined
  },
): Problem {
  const { language, requestId } = context
  const known = asKnown(error, context.state)
  const { code, status } = known
  const title =
    problemTexts[code]?.[language] ?? problemTexts[`status-${String(status)}`]?.[language]
  // What the use cases say is Vietnamese; what PostgreSQL says is for the log.
  const told = error instanceof DomainError && language === 'vi' && !DATABASE_CODES.has(code)
  return {
    type: `urn:ansinh:problem:${code}`,
    title: title ?? code,
    status,
    code,
    ...(told && { detail: error.message }),
    requestId,
    ...(error instanceof Refusal && error.errors.length > 0 && { errors: error.errors }),
    ...(error instanceof DomainError &&
      Object.keys(error.extra).length > 0 && { extra: error.extra }),
  }
}

function asKnown(
  error: unknown,
  state: string | undefined,
): { readonly code: string; readonly status: number } {
  if (error instanceof Refusal) return error
  if (error instanceof DomainError) return { code: error.code, status: STATUS[error.kind] }
  if (state !== undefined && BUSY.has(state)) return { code: 'busy', status: 503 }
  // What no contract and no use case refused and a column or constraint does: nothing has happened, and the log tells us.
  if (state !== undefined && /^2[23]/.test(state)) return { code: 'content-refused', status: 422 }
  return { code: 'internal', status: 500 }
}

/** The language to answer in: English when it is asked for before Vietnamese (RFC 9110 §12.5.4), else Vietnamese. */
export function languageOf(acceptLanguage: string | undefined): Language {
  const weights = new Map<string, number>()
  for (const part of (acceptLanguage ?? '').split(',')) {
    const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
    const quality = parameters.map((p) => /^\s*q=([01](?:\.\d{0,3})?)$/.exec(p)?.[1]).find(Boolean)
    const [primary = ''] = tag.split('-')
    weights.set(primary, Math.max(weights.get(primary) ?? 0, Number(quality ?? 1)))
  }
  return (weights.get('en') ?? 0) > (weights.get('vi') ?? 0) ? 'en' : 'vi'
}
