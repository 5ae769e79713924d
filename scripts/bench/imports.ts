/**
 * Measures imports: 5,000 rows of each kind read and checked (parse included) and applied, hostile files refused, and an
 * export of many rows.
 * Prints milliseconds and the peak memory of the parsing process, and of this one for what runs here.
 *
 *   node --import tsx scripts/bench/imports.ts
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { openApp, openEngine, setUp, vaultOf } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import type { Act, PersonId } from '../../src/lib/act.ts'
import type { Database } from '../../src/lib/db.ts'
import { DomainError } from '../../src/lib/errors.ts'
import { readMeasured } from '../../src/lib/read-spreadsheet.ts'
import type { GivenFile } from '../../src/lib/spreadsheet.ts'
import { csvOf } from '../../src/lib/spreadsheet-write-csv.ts'
import { writeXlsx } from '../../src/lib/spreadsheet-write-xlsx.ts'
import { localDate, stopwatch } from '../../src/lib/time.ts'
import type { Vault } from '../../src/lib/vault.ts'
import type { KindName } from '../../src/registry/imports-kind.ts'
import { registry } from '../../src/registry/registry.ts'
import { filesOf, PEOPLE, personRow } from './imports-files.ts'
import { hostileFiles } from './imports-hostile.ts'

const ROWS = 5_000
const EXPORTED = 60_000
const MB = 1_048_576
const by: Act = {
  actor: '0198c0de-0000-7000-8000-00000000be7c' as PersonId,
  via: 'bench',
  scope: 'province',
}
const SECOND = '0198c0de-0000-7000-8000-00000000be7d' as PersonId
const say = (line: string) => process.stdout.write(`${line}\n`)
const mb = (bytes: number) => `${(bytes / MB).toFixed(0)} MB`

async function checks(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'imports-bench-'))
  chmodSync(dataDir, 0o755)
  const config = readConfig({ DATA_DIR: dataDir })
  const engine = await openEngine(config)
  const db = openApp(engine.urls, 'batch', 2)
  try {
    await setUp(engine.urls)
    const vault = vaultOf(config)
    for (const { kind, given } of await filesOf(ROWS)) await measure(db, vault, kind, given)
  } finally {
    await db.close()
    await engine.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

const on = localDate('2023-08-10')

async function measure(
  db: Database,
  vault: Vault,
  kind: KindName,
  given: GivenFile,
): Promise<void> {
  const { imports } = registry
  const checked = async () => {
    const took = stopwatch()
    const file = await imports.read(kind, given)
    const read = took()
    const report = await db.transact(by, (tx) => imports.check(tx, vault, file, on))
    return { file, report, read, ms: took() }
  }
  const rounds = [await checked(), await checked(), await checked()]
  const { peakBytes } = await readMeasured(given)
  const [{ file, report }] = rounds as [Awaited<ReturnType<typeof checked>>]
  const seen = { count: report.rows.good, change: report.change ?? 0n }
  const took = stopwatch()
  await db.transact(by, (tx) =>
    imports.apply(tx, vault, by, file, { on, rows: 'all', seen, confirmedBy: SECOND }),
  )
  const times = rounds.map(({ ms, read }) => `${ms.toFixed(0)} (reading ${read.toFixed(0)})`)
  say(
    `${kind}, ${String(report.rows.good)} of ${String(report.rows.total)} rows good: checked in ${times.join(', ')} ms; ` +
      `parsing process ${mb(peakBytes)}; applied in ${took().toFixed(0)} ms`,
  )
}

async function refusals(): Promise<void> {
  for (const { what, file } of await hostileFiles()) {
    const before = process.memoryUsage().rss
    const took = stopwatch()
    const code = await readMeasured(file).then(
      () => 'TAKEN',
      (error: unknown) => (error instanceof DomainError ? error.code : 'FAILED'),
    )
    const grown = mb(Math.max(0, process.memoryUsage().rss - before))
    say(
      `${what} (${mb(file.bytes.length)}): ${code} in ${took().toFixed(0)} ms, ${grown} more memory`,
    )
  }
}

async function exportsFlat(): Promise<void> {
  function* rows() {
    for (let n = 0; n < EXPORTED; n += 1) yield personRow(n)
  }
  for (const format of ['xlsx', 'csv'] as const) {
    let written = 0
    const sink = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        written += chunk.length
        done()
      },
    })
    const before = process.memoryUsage().rss
    const took = stopwatch()
    const columns = PEOPLE.map((header) => ({ header }))
    const table = { name: 'Mẫu', columns, rows: rows() }
    if (format === 'xlsx') await writeXlsx(sink, [table])
    else for await (const piece of csvOf(table)) sink.write(piece)
    const grown = mb(Math.max(0, process.memoryUsage().rss - before))
    say(
      `${format} of ${String(EXPORTED)} rows: ${took().toFixed(0)} ms, ${mb(written)}, ${grown} more memory`,
    )
  }
  say(`peak memory of this process: ${mb(process.resourceUsage().maxRSS * 1024)}`)
}

// A child's peak begins with its parent's: what fills this process comes last.
await exportsFlat()
await checks()
await refusals()
