import { Pool } from 'undici'
import { stopwatch } from '../../src/lib/time.ts'

/**
 * A process that asks, so that asking takes nothing from who answers: told what by messages, it answers each with what it saw.
 * With `rate` it asks so often a second whatever comes back, and measures from when it should have asked; else as fast as
 * `connections` go.
 */
export interface Load {
  readonly origin: string
  readonly paths: readonly string[]
  readonly headers: Readonly<Record<string, string>>
  readonly ms: number
  readonly connections: number
  readonly rate?: number
}

export interface LoadSeen {
  readonly count: number
  readonly failed: number
  /** Of each request, in milliseconds. */
  readonly latencies: readonly number[]
  readonly elapsedMs: number
}

process.on('message', (load: Load) => {
  void carryOut(load).then((seen) => process.send?.(seen))
})

async function carryOut(load: Load): Promise<LoadSeen> {
  const { origin, paths, headers, ms, connections, rate } = load
  const pool = new Pool(origin, { connections, pipelining: 1 })
  const latencies: number[] = []
  let failed = 0
  let asked = 0
  const elapsed = stopwatch()
  const ask = async (since: number) => {
    const path = paths[(asked += 1) % paths.length] ?? '/'
    const { statusCode, body } = await pool.request({ path, method: 'GET', headers })
    await body.arrayBuffer()
    if (statusCode !== 200) failed += 1
    latencies.push(elapsed() - since)
  }
  const hand = async () => {
    while (elapsed() < ms) await ask(elapsed())
  }
  if (rate === undefined) await Promise.all(Array.from({ length: connections }, hand))
  else await atRate(ask, { elapsed, ms, rate })
  const elapsedMs = elapsed()
  await pool.close()
  return { count: latencies.length, failed, latencies, elapsedMs }
}

async function atRate(
  ask: (since: number) => Promise<void>,
  {
    elapsed,
    ms,
    rate,
  }: { readonly elapsed: () => number; readonly ms: number; readonly rate: number },
): Promise<void> {
  const under: Promise<void>[] = []
  for (let n = 0; (n * 1_000) / rate < ms; n += 1) {
    const due = (n * 1_000) / rate
    const wait = due - elapsed()
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    under.push(ask(due))
  }
  await Promise.all(under)
}
