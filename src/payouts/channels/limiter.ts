import { setTimeout as sleep } from 'node:timers/promises'

/** Lets work through as a channel bears it: so many at once, so many a second, in the order in which it came. */
export interface Limiter {
  run<T>(work: () => Promise<T>): Promise<T>
}

/**
 * A limiter of one process. `perSecond` null: no rate. The bucket holds one second's calls; `nowMs` is its clock.
 */
export function createLimiter(
  { perSecond, atOnce }: { readonly perSecond: number | null; readonly atOnce: number },
  nowMs: () => number,
): Limiter {
  const waiting: (() => void)[] = []
  let running = 0
  let tokens = perSecond ?? 0
  let filledAtMs = nowMs()
  /** Takes a token, of the future if need be: returns how long to wait for it. */
  const takeToken = (rate: number): number => {
    const now = nowMs()
    tokens = Math.min(rate, tokens + (Math.max(0, now - filledAtMs) * rate) / 1000) - 1
    filledAtMs = now
    return tokens >= 0 ? 0 : (-tokens * 1000) / rate
  }
  return {
    run: async (work) => {
      if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve))
      else running += 1
      try {
        const delayMs = perSecond === null ? 0 : takeToken(perSecond)
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
