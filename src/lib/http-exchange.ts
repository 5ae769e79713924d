import type { Dispatcher } from 'undici'
import { stopwatch } from './time.ts'

/** An answer as it came: all of it, or none. */
export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Uint8Array
}

/**
 * Sends one request and gathers its answer, on undici's dispatcher itself: a stream and an abort signal a call, as its
 * `request` makes them, cost more than the call. Rejects with what undici says, and when it takes longer than `withinMs`
 * in all, waiting for a connection included: what was not begun by then is never sent.
 */
export function exchangeOnce(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  withinMs: number,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    let status = 0
    let headers: RawAnswer['headers'] = {}
    let begun: Dispatcher.DispatchController | null = null
    let late: Error | null = null
    const elapsed = stopwatch()
    const timer = setTimeout(() => {
      late = tooLate(withinMs)
      begun?.abort(late)
      reject(late)
    }, withinMs)
    dispatcher.dispatch(request, {
      onRequestStart: (controller) => {
        // A process that was frozen meets its sockets before its timers: the clock is asked, not the timer.
        if (late === null && elapsed() < withinMs) begun = controller
        else controller.abort(late ?? tooLate(withinMs))
      },
      onResponseStart: (_, code, received) => {
        status = code
        headers = received
      },
      onResponseData: (_, piece) => {
        pieces.push(piece)
      },
      onResponseEnd: () => {
        clearTimeout(timer)
        resolve({ status, headers, body: joined(pieces) })
      },
      onResponseError: (_, error) => {
        clearTimeout(timer)
        reject(error)
      },
    })
  })
}

function joined(pieces: readonly Buffer[]): Uint8Array {
  const [only] = pieces
  return only !== undefined && pieces.length === 1 ? only : Buffer.concat(pieces)
}

const tooLate = (ms: number): Error =>
  Object.assign(new Error(`no whole answer within ${ms} ms`), { code: 'CALL_TIMEOUT' })
