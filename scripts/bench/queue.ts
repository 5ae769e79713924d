/**
 * Both backends of the queue side by side: so many empty jobs added, and worked off by two workers; in turns, in one run.
 *
 *   npm run bench:queue [-- 5000]
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { openEngine, setUp } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import { defineJob, handle, openQueue, startWorker } from '../../src/lib/queue.ts'
import type { QueueBackend } from '../../src/lib/queue.ts'
import { stopwatch } from '../../src/lib/time.ts'
import { startRedis } from '../../test/support/redis.ts'
import { spreadOf } from './measure.ts'

const JOBS = Number(process.argv[2] ?? 5_000)
const ROUNDS = 3
const WORKERS = 2
const AT_ONCE = 4

const empty = defineJob({
  name: 'bench.empty',
  payload: z.strictObject({ n: z.int() }),
  key: ({ n }) => `empty-${String(n)}`,
})
const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** Adds the jobs while the workers wait for them. Returns milliseconds until all are added, and until all are done. */
async function round(name: string, backend: QueueBackend) {
  let done = 0
  let finish = (): void => undefined
  const finished = new Promise<void>((resolve) => {
    finish = resolve
  })
  const handlers = [
    handle(empty, () => {
      done += 1
      if (done === JOBS) finish()
      return Promise.resolve()
    }),
  ]
  const onFailed = (job: string, error: Error): void => {
    say(`${job}: ${error.message}`)
  }
  const options = { handlers, concurrency: AT_ONCE, onFailed }
  const stops = Array.from({ length: WORKERS }, () => startWorker(name, backend, options))
  const queue = openQueue(name, backend)
  const elapsed = stopwatch()
  await queue.add(
    empty,
    Array.from({ length: JOBS }, (_, n) => ({ n })),
  )
  const addedMs = elapsed()
  await finished
  const doneMs = elapsed()
  await queue.close()
  for (const stop of stops) await stop()
  return { addedMs, doneMs }
}

const folder = await mkdtemp(join(tmpdir(), 'ansinh-queue-bench-'))
await chmod(folder, 0o755)
const engine = await openEngine(readConfig({ DATA_DIR: folder }))
await setUp(engine.urls)
const redis = await startRedis()
const backends: Readonly<Record<string, QueueBackend>> = {
  PostgreSQL: { kind: 'postgres', url: engine.urls.app },
  Redis: { kind: 'redis', url: redis.url },
}
const times = new Map<string, { readonly addedMs: number; readonly doneMs: number }[]>()
try {
  for (let at = 0; at < ROUNDS; at += 1) {
    for (const [name, backend] of Object.entries(backends)) {
      const all = times.get(name) ?? []
      times.set(name, [...all, await round(`bench-${name}-${String(at)}`, backend)])
    }
  }
  say(
    `${String(JOBS)} empty jobs, ${String(WORKERS)} workers x ${String(AT_ONCE)}, medians of ${String(ROUNDS)}`,
  )
  for (const [name, all] of times) {
    const added = spreadOf(all.map(({ addedMs }) => addedMs)).median
    const done = spreadOf(all.map(({ doneMs }) => doneMs)).median
    const rate = (ms: number) => ((JOBS / ms) * 1_000).toFixed(0)
    say(`  ${name}: ${rate(added)} added/s, ${rate(done)} jobs/s, end to end ${done.toFixed(0)} ms`)
  }
} finally {
  await redis.stop()
  await engine.stop()
  await rm(folder, { recursive: true, force: true })
}
