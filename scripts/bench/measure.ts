/** One way of doing the work: runs a round and returns what one entry of it cost, in microseconds. */
export interface Contender {
  readonly name: string
  readonly round: (round: number) => Promise<number>
}

/** Costs by contender's name, one a round: the same position is the same round. */
export type Costs = ReadonlyMap<string, readonly number[]>

/** A median with the middle half around it. */
export interface Spread {
  readonly median: number
  readonly low: number
  readonly high: number
}

/**
 * Runs all contenders side by side: each round once each, the order turned by one from round to
 * round so that nobody always comes after the same other. Takes how many rounds count and how many
 * before them only warm up; returns the costs of those that count.
 */
export async function interleave(
  contenders: readonly Contender[],
  { rounds, warmUps = 1 }: { readonly rounds: number; readonly warmUps?: number },
): Promise<Costs> {
  const costs = new Map<string, number[]>(contenders.map(({ name }) => [name, []]))
  for (let round = 0; round < warmUps + rounds; round += 1) {
    const first = round % contenders.length
    for (const { name, round: run } of [
      ...contenders.slice(first),
      ...contenders.slice(0, first),
    ]) {
      const cost = await run(round)
      if (round >= warmUps) costs.get(name)?.push(cost)
    }
  }
  return costs
}

/** The costs of one contender. Throws when there is none of that name. */
export function costsOf(costs: Costs, name: string): readonly number[] {
  const own = costs.get(name)
  if (own === undefined) throw new Error(`nothing was measured under the name ${name}`)
  return own
}

/** The median of `over[i] / under[i]`, round by round, with its spread: what a slow round did to both drops out. */
export function ratioOf(costs: Costs, over: string, under: string): Spread {
  const divisors = costsOf(costs, under)
  return spreadOf(costsOf(costs, over).map((cost, round) => cost / (divisors[round] ?? Number.NaN)))
}

/** The median and the quartiles of some numbers; not of none. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  return { median: at(sorted, 0.5), low: at(sorted, 0.25), high: at(sorted, 0.75) }
}

/** The value below which a share of the numbers lies: 0.95 for the p95. */
export function percentile(values: readonly number[], share: number): number {
  return at(
    values.toSorted((a, b) => a - b),
    share,
  )
}

function at(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1)
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
  if (below === undefined || above === undefined) throw new Error('nothing was measured')
  return below + (above - below) * (place - Math.floor(place))
}
