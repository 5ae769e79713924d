import { Agent, request } from 'undici'
import type { z } from 'zod'

/** What came of one HTTP call: an answer, a connection refused before any byte, or nothing one can rely on. */
export type CallResult<T> =
  | { readonly kind: 'answer'; readonly status: number; readonly body: T }
  | { readonly kind: 'refused' }
  | { readonly kind: 'no-answer'; readonly reason: string }

export interface HttpClient {
  /**
   * Calls once: no retry, no redirect, no pipelining; answers above 64 MB are cut off as no answer.
   * A body that does not fit `schema` is no answer either: it says nothing to rely on.
   */
  call<T>(
    method: 'GET' | 'POST',
    path: string,
    schema: z.ZodType<T>,
    body?: unknown,
  ): Promise<CallResult<T>>
  close(): Promise<void>
}

const RESPONSE_BYTES_MAX = 64 * 1024 * 1024

/** Opens a client of one service. `timeoutMs` bounds connecting, waiting for the answer and reading it, each. */
export function openHttp(options: {
  readonly baseUrl: string
  readonly timeoutMs: number
  readonly connections: number
}): HttpClient {
  const { timeoutMs } = options
  const dispatcher = new Agent({
    connect: { timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connections: options.connections,
    pipelining: 1,
    maxResponseSize: RESPONSE_BYTES_MAX,
  })
  return {
    call: async (method, path, schema, body) => {
      try {
        const answer = await request(new URL(path, options.baseUrl), {
          method,
          dispatcher,
          signal: AbortSignal.timeout(timeoutMs * 2),
          ...(body === undefined
            ? {}
            : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
        })
        const parsed = schema.safeParse(await answer.body.json())
        if (!parsed.success)
          return { kind: 'no-answer', reason: `unreadable answer (${answer.statusCode})` }
        return { kind: 'answer', status: answer.statusCode, body: parsed.data }
      } catch (error) {
        return failureOf(error)
      }
    },
    close: () => dispatcher.close(),
  }
}

function failureOf(error: unknown): { kind: 'refused' } | { kind: 'no-answer'; reason: string } {
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
