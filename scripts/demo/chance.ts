import { createHash } from 'node:crypto'

/** A stream of numbers in [0, 1) that depends on the seed and a label alone. */
export function randomOf(seed: string, label: string): () => number {
  let state = createHash('sha256').update(`${seed}|${label}`).digest().readUInt32LE(0)
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A weighted choice; `at` in [0, 1). */
export function pickWeighted<T extends { readonly weight: number }>(
  items: readonly T[],
  at: number,
): T {
  const total = items.reduce((sum, { weight }) => sum + weight, 0)
  let left = at * total
  return items.find(({ weight }) => (left -= weight) < 0) ?? (items[0] as T)
}

/** Splits a count by weights so that nothing is lost: floors, then the rest to the first ones. */
export function spread(count: number, weights: readonly number[]): readonly number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const shares = weights.map((weight) => Math.floor((count * weight) / total))
  let rest = count - shares.reduce((sum, share) => sum + share, 0)
  return shares.map((share) => (rest-- > 0 ? share + 1 : share))
}

/** The items in an order by chance. */
export function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
  const copy = [...items]
  for (let i = copy.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1))
    ;[copy[i], copy[j]] = [copy[j] as T, copy[i] as T]
  }
  return copy
}
