import type { z } from 'zod'

/** What came of one HTTP call: an answer, a connection refused before any byte, or nothing one can rely on. */
export type CallResult<T> =
  | { readonly kind: 'answer'; readonly status: number; readonly body: T }
  | { readonly kind: 'refused' }
  | { readonly kind: 'no-answer'; readonly reason: string }

/** An answer's JSON as a schema has it; what does not fit is no answer. The reason never repeats what came. */
export function answerOf<T>(
  status: number,
  bytes: Uint8Array,
  schema: z.ZodType<T>,
): CallResult<T> {
  const parsed = schema.safeParse(jsonOf(bytes))
  return parsed.success
    ? { kind: 'answer', status, body: parsed.data }
    : { kind: 'no-answer', reason: `unreadable answer (${status})` }
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'),
    )
  } catch {
    return undefined
  }
}

/** What a failed call proves: only a refused connection that nothing was sent. */
export function failureOf(
  error: unknown,
): { readonly kind: 'refused' } | { readonly kind: 'no-answer'; readonly reason: string } {
  const code = codeOf(error)
  // Only this one proves that nothing was sent; a reset or a time-out may come after the other side acted.
  if (code === 'ECONNREFUSED') return { kind: 'refused' }
  return { kind: 'no-answer', reason: code ?? String(error) }
}

function codeOf(error: unknown): string | undefined {
  const code =
    typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}
