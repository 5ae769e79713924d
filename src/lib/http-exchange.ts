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
    dispatcher.dispatch(request, new Exchange(withinMs, resolve, reject))
  })
}

/** One request and its answer. A class, for six functions made in each call cost as much as signing it. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #withinMs: number
  readonly #resolve: (answer: RawAnswer) => void
  readonly #reject: (error: Error) => void
  readonly #elapsed = stopwatch()
  readonly #timer: NodeJS.Timeout
  readonly #pieces: Buffer[] = []
  #status = 0
  #headers: RawAnswer['headers'] = {}
  #begun: Dispatcher.DispatchController | null = null
  #late: Error | null = null

  constructor(
    withinMs: number,
    resolve: (answer: RawAnswer) => void,
    reject: (error: Error) => void,
  ) {
    this.#withinMs = withinMs
    this.#resolve = resolve
    this.#reject = reject
    this.#timer = setTimeout(giveUp, withinMs, this)
  }

  giveUp(): void {
    this.#late = tooLate(this.#withinMs)
    this.#begun?.abort(this.#late)
    this.#reject(this.#late)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // A process that was frozen meets its sockets before its timers: the clock is asked, not the timer.
    if (this.#late === null && this.#elapsed() < this.#withinMs) this.#begun = controller
    else controller.abort(this.#late ?? tooLate(this.#withinMs))
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: RawAnswer['headers'],
  ): void {
    this.#status = status
    this.#headers = headers
  }

  onResponseData(_: Dispatcher.DispatchController, piece: Buffer): void {
    this.#pieces.push(piece)
  }

  onResponseEnd(): void {
    clearTimeout(this.#timer)
    this.#resolve({ status: this.#status, headers: this.#headers, body: joined(this.#pieces) })
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    clearTimeout(this.#timer)
    this.#reject(error)
  }
}

const giveUp = (exchange: Exchange): void => {
  exchange.giveUp()
}

function joined(pieces: readonly Buffer[]): Uint8Array {
  const [only] = pieces
  return only !== undefined && pieces.length === 1 ? only : Buffer.concat(pieces)
}

const tooLate = (ms: number): Error =>
  Object.assign(new Error(`no whole answer within ${ms} ms`), { code: 'CALL_TIMEOUT' })
