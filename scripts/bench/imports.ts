/**
 * Measures imports: 5,000 rows read and checked (parse included), hostile files refused, and an export of many rows.
 * Prints milliseconds and the peak memory of the parsing process, and of this one for what runs here.
 *
 *   node --import tsx scripts/bench/imports.ts
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { openApp, openEngine, setUp, vaultOf } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import type { Act, PersonId } from '../../src/lib/act.ts'
import { DomainError } from '../../src/lib/errors.ts'
import { readMeasured } from '../../src/lib/read-spreadsheet.ts'
import type { GivenFile } from '../../src/lib/spreadsheet.ts'
import { csvOf } from '../../src/lib/spreadsheet-write-csv.ts'
import { writeXlsx } from '../../src/lib/spreadsheet-write-xlsx.ts'
import { localDate, stopwatch } from '../../src/lib/time.ts'
import { registry } from '../../src/registry/registry.ts'
import { hostileFiles } from './imports-hostile.ts'

const ROWS = 5_000
const EXPORTED = 60_000
const MB = 1_048_576
const by: Act = {
  actor: '0198c0de-0000-7000-8000-00000000be7c' as PersonId,
  via: 'bench',
  scope: 'province',
}
const say = (line: string) => process.stdout.write(`${line}\n`)
const mb = (bytes: number) => `${(bytes / MB).toFixed(0)} MB`

const HEADER = ['Số định danh', 'Họ và tên', 'Ngày sinh', 'Giới tính', 'Mã xã', 'Số điện thoại']
const rowOf = (n: number) => [
  ...[`046145${String(n).padStart(6, '0')}`, 'Nguyễn Thị Ánh Mẫu', '05/08/1945', 'Nữ', '19750'],
  `0905${String(n).padStart(6, '0')}`,
]
const columns = HEADER.map((header) => ({ header }))

async function peopleFile(): Promise<GivenFile> {
  const rows = Array.from({ length: ROWS }, (_, n) => rowOf(n))
  const out = new PassThrough()
  const bytes = buffer(out)
  await writeXlsx(out, [{ name: 'Mẫu', columns, rows }])
  return { name: 'nguoi.xlsx', bytes: await bytes }
}

async function checks(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'imports-bench-'))
  chmodSync(dataDir, 0o755)
  const config = readConfig({ DATA_DIR: dataDir })
  const engine = await openEngine(config)
  const db = openApp(engine.urls, 'batch', 2)
  try {
    await setUp(engine.urls)
    const vault = vaultOf(config)
    const given = await peopleFile()
    for (const round of ['first', 'second', 'third']) {
      const took = stopwatch()
      const file = await registry.imports.read('people', given)
      const read = took()
      const report = await db.transact(by, (tx) =>
        registry.imports.check(tx, vault, file, localDate('2023-08-10')),
      )
      const counts = `${String(report.rows.good)} of ${String(report.rows.total)} rows good`
      say(
        `check, ${round}: ${took().toFixed(0)} ms, of which ${read.toFixed(0)} ms reading; ${counts}`,
      )
    }
    const { peakBytes } = await readMeasured(given)
    say(`parsing process of that file (${mb(given.bytes.length)}): peak ${mb(peakBytes)}`)
  } finally {
    await db.close()
    await engine.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
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
    for (let n = 0; n < EXPORTED; n += 1) yield rowOf(n)
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
