/** What was made, and when making it began: in milliseconds since 1970. */
export interface Made<T> {
  readonly value: T
  readonly atMs: number
}

interface Kept<T> {
  made: Made<T> | null
  renewal: Promise<Made<T>> | null
}

/** While one makes it anew, what is older than so many times the fresh age is not given to the others any more. */
const STALE_TIMES = 5
const KEYS_MAX = 200

/**
 * Answers many who ask for what is costly to make with one making. What is younger than `freshMs` is given as it is; the
 * first who asks later makes it anew, and meanwhile the others are given what there was, unless it is five times as old: then
 * they wait for the new. A making that fails is told to those who waited, and the next tries again. With 0 each makes his own.
 * `nowMs` is the clock.
 */
export function renewing<T>(
  freshMs: number,
  nowMs: () => number,
): (key: string, make: () => Promise<T>) => Promise<Made<T>> {
  const kept = new Map<string, Kept<T>>()
  const renew = async (one: Kept<T>, make: () => Promise<T>): Promise<Made<T>> => {
    const atMs = nowMs()
    try {
      one.made = { value: await make(), atMs }
      return one.made
    } finally {
      one.renewal = null
    }
  }
  return async (key, make) => {
    if (freshMs === 0) return { atMs: nowMs(), value: await make() }
    const known = kept.get(key)
    const age = known?.made ? nowMs() - known.made.atMs : Infinity
    if (known?.made && age < freshMs) return known.made
    if (known?.renewal && known.made && age < freshMs * STALE_TIMES) return known.made
    if (known?.renewal) return known.renewal
    const one = known ?? { made: null, renewal: null }
    if (known === undefined) {
      if (kept.size >= KEYS_MAX) kept.clear()
      kept.set(key, one)
    }
    one.renewal = renew(one, make)
    return one.renewal
  }
}
