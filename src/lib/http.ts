import { Readable } from 'node:stream'
import { Pool } from 'undici'
import type { z } from 'zod'
import { answerOf, failureOf } from './http-answer.ts'
import type { CallResult } from './http-answer.ts'
import { exchangeOnce } from './http-exchange.ts'

export type { CallResult } from './http-answer.ts'

export interface HttpClient {
  /**
   * Calls once, `path` from the root as it stands in the request: no retry, no redirect, no pipelining; answers above 64 MB are cut off as no answer.
   * A body that does not fit `schema` is no answer either: it says nothing to rely on.
   */
  call<T>(
    method: 'GET' | 'POST',
    path: string,
    schema: z.ZodType<T>,
    body?: unknown,
  ): Promise<CallResult<T>>
  /**
   * The same with bodies that are not JSON: sends `pieces` as they are made, as `type`, and returns the answer's bytes.
   * A body that is not read to its end is no answer.
   */
  exchange(
    method: 'GET' | 'POST',
    path: string,
    content?: { readonly type: string; readonly pieces: Iterable<string> },
  ): Promise<CallResult<Uint8Array>>
  close(): Promise<void>
}

/** Signs what goes out and checks what comes back; a client without one sends and believes bare messages. */
export interface MessageSeal {
  /** For one call; `target` is the path with its query. `check` says what is wrong with the answer, null if nothing. */
  begin(call: { readonly method: string; readonly target: string; readonly body: string }): {
    readonly headers: Readonly<Record<string, string>>
    check(answer: {
      readonly status: number
      readonly headers: Readonly<Record<string, string | string[] | undefined>>
      readonly body: Uint8Array
    }): string | null
  }
}

const RESPONSE_BYTES_MAX = 64 * 1024 * 1024

/**
 * Opens a client of one service. `timeoutMs` bounds connecting, waiting for the answer and reading it, each. With a seal
 * JSON calls are signed and an answer whose signature does not hold is no answer.
 */
export function openHttp(options: {
  readonly baseUrl: string
  readonly timeoutMs: number
  readonly connections: number
  readonly seal?: MessageSeal
  readonly responseBytesMax?: number
}): HttpClient {
  const { timeoutMs, seal } = options
  const dispatcher = new Pool(new URL(options.baseUrl).origin, {
    connect: { timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connections: options.connections,
    pipelining: 1,
    maxResponseSize: options.responseBytesMax ?? RESPONSE_BYTES_MAX,
  })
  const targetOf = (path: string): string => {
    const { pathname, search } = new URL(path, options.baseUrl)
    return pathname + search
  }
  return {
    call: async (method, path, schema, content) => {
      try {
        const body = content === undefined ? '' : JSON.stringify(content)
        const sealed = seal?.begin({ method, target: path, body })
        const headers = headersOf(content !== undefined, sealed?.headers)
        const request = { method, path, body: body === '' ? null : body, headers }
        const answer = await exchangeOnce(dispatcher, request, timeoutMs * 2)
        const broken = sealed?.check(answer) ?? null
        if (broken !== null) return { kind: 'no-answer', reason: broken }
        return answerOf(answer.status, answer.body, schema)
      } catch (error) {
        return failureOf(error)
      }
    },
    exchange: async (method, path, content) => {
      try {
        const body = content === undefined ? null : Readable.from(content.pieces)
        const headers = content === undefined ? {} : { 'content-type': content.type }
        const request = { method, path: targetOf(path), body, headers }
        const answer = await exchangeOnce(dispatcher, request, timeoutMs * 2)
        return { kind: 'answer', status: answer.status, body: answer.body }
      } catch (error) {
        return failureOf(error)
      }
    },
    // Whoever closes has recorded what it sent: what is still under way is a question that nobody waits for any more.
    close: () => dispatcher.destroy(),
  }
}

/** Names and values one after the other, as undici takes them: an object's spread would be made for each call. */
function headersOf(isJson: boolean, seals: Readonly<Record<string, string>> = {}): string[] {
  const headers = isJson ? ['content-type', 'application/json'] : []
  for (const [name, value] of Object.entries(seals)) headers.push(name, value)
  return headers
}
