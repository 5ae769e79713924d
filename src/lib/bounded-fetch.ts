import { Agent, fetch as undiciFetch } from 'undici'
import type { RequestInit as UndiciInit } from 'undici'

/** A fetch for libraries that bring their own requests. */
export type BoundedFetch = (url: string, options: object) => Promise<Response>

/**
 * A fetch that waits at most `timeoutMs` for a connection, the answer and its body each, and breaks off an answer above
 * `bytesMax`. It never follows a redirect: whoever may be asked stands in the settings.
 */
export function boundedFetch(limits: {
  readonly timeoutMs: number
  readonly bytesMax: number
}): BoundedFetch {
  const { timeoutMs, bytesMax } = limits
  const dispatcher = new Agent({
    connect: { timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxResponseSize: bytesMax,
  })
  return async (url, options) => {
    const bounded = { ...(options as UndiciInit), dispatcher, redirect: 'manual' as const }
    return undiciFetch(url, bounded)
  }
}
