import { setTimeout as sleep } from 'node:timers/promises'

/** Lets work through as a channel bears it: so many at once, so many a second, in the order in which it came. */
export interface Limiter {
  run<T>(work: () => Promise<T>): Promise<T>
}

/** Takes so many turns behind those of all processes; returns how long to wait for the first, in milliseconds. */
export type TakeTurns = (calls: number) => Promise<number>

/** Shares of a second that turns are taken for at a time: each is a question to the database. */
const TAKEN_A_SECOND = 10

/**
 * A limiter of one process. `perSecond` null: no rate. With `takeTurns` the rate is that of all processes together, and its
 * own only while nobody can be asked. The bucket of its own holds one second's calls; `nowMs` is its clock.
 */
export function createLimiter(
  {
    perSecond,
    atOnce,
    takeTurns,
  }: {
    readonly perSecond: number | null
    readonly atOnce: number
    readonly takeTurns?: TakeTurns | undefined
  },
  nowMs: () => number,
): Limiter {
  const waiting: (() => void)[] = []
  let running = 0
  const delay = perSecond === null ? null : delaysOf(perSecond, takeTurns, nowMs)
  return {
    run: async (work) => {
      if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve))
      else running += 1
      try {
        const delayMs = delay === null ? 0 : await delay()
        if (delayMs > 0) await sleep(delayMs)
        return await work()
      } finally {
        // The place is handed on, so that nobody who comes now overtakes who waits.
        const next = waiting.shift()
        if (next === undefined) running -= 1
        else next()
      }
    },
  }
}

function delaysOf(
  rate: number,
  takeTurns: TakeTurns | undefined,
  nowMs: () => number,
): () => Promise<number> {
  const own = bucketOf(rate, nowMs)
  if (takeTurns === undefined) return () => Promise.resolve(own())
  const shared = sharedTurns(rate, takeTurns, nowMs)
  return () => shared().catch(own)
}

/** Takes a token, of the future if need be: returns how long to wait for it. */
function bucketOf(rate: number, nowMs: () => number): () => number {
  let tokens = rate
  let filledAtMs = nowMs()
  return () => {
    const now = nowMs()
    tokens = Math.min(rate, tokens + (Math.max(0, now - filledAtMs) * rate) / 1000) - 1
    filledAtMs = now
    return tokens >= 0 ? 0 : (-tokens * 1000) / rate
  }
}

/** One turn after the other of those that were taken; what is not used in its time is nobody's. */
function sharedTurns(rate: number, takeTurns: TakeTurns, nowMs: () => number) {
  const calls = Math.max(1, Math.floor(rate / TAKEN_A_SECOND))
  const lastMs = (calls * 1000) / rate
  let taken = { left: 0, fromMs: 0 }
  let before: Promise<unknown> = Promise.resolve()
  const next = async (): Promise<number> => {
    if (taken.left === 0 || nowMs() > taken.fromMs + lastMs) {
      const waitMs = await takeTurns(calls)
      taken = { left: calls, fromMs: nowMs() + waitMs }
    }
    taken.left -= 1
    return Math.max(0, taken.fromMs - nowMs())
  }
  return (): Promise<number> => {
    const mine = before.then(next)
    before = mine.catch(() => undefined)
    return mine
  }
}
