interface Kept<T> {
  /** What was made last, and when making it began. */
  made: { readonly value: T; readonly atMs: number } | null
  renewal: Promise<T> | null
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
): (key: string, make: () => Promise<T>) => Promise<T> {
  const kept = new Map<string, Kept<T>>()
  const renew = async (one: Kept<T>, make: () => Promise<T>): Promise<T> => {
    const atMs = nowMs()
    try {
      const value = await make()
      one.made = { value, atMs }
      return value
    } finally {
      one.renewal = null
    }
  }
  return async (key, make) => {
    if (freshMs === 0) return make()
    const one = kept.get(key) ?? { made: null, renewal: null }
    const age = one.made === null ? Infinity : nowMs() - one.made.atMs
    if (one.made !== null && age < freshMs) return one.made.value
    if (one.renewal !== null && one.made !== null && age < freshMs * STALE_TIMES)
      return one.made.value
    if (one.renewal === null) {
      if (kept.size >= KEYS_MAX) kept.clear()
      kept.set(key, one)
      one.renewal = renew(one, make)
    }
    return one.renewal
  }
}
