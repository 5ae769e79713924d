import { spawnSync } from 'node:child_process'
import type { Engine } from '../../src/compose.ts'
import type { Act } from '../../src/lib/act.ts'
import { openDatabase } from '../../src/lib/db.ts'
import type { Database } from '../../src/lib/db.ts'
import { formatVnd } from '../../src/lib/money.ts'
import { verifyLedger } from '../../src/ledger/verify.ts'
import type { Coverage } from '../../src/reconciliation/reconciliation.ts'
import type { DemoOptions } from './options.ts'
import { leftovers, makeReport, writeReport } from './report.ts'

interface Run {
  readonly engine: Engine
  readonly options: DemoOptions
  readonly folder: string
  readonly by: Act
  readonly say: (line: string) => void
}

/**
 * Prints and writes the month's report, then has it checked three ways: every account that must be at zero is, verify
 * recomputes the ledger, and a program without our code recounts the simulators' books. Returns whether all agree.
 */
export async function conclude(run: Run): Promise<boolean> {
  const { engine, options, folder, by, say } = run
  const { report: url, schema } = engine.urls
  const db = openDatabase({ url, schema, kind: 'batch', poolSize: 2 })
  try {
    const report = await makeReport(db, by, options.month)
    say(`Báo cáo tháng ${options.month.slice(0, 7)}`)
    process.stdout.write(`\n${report.lines.join('\n')}\n\n`)
    const open = await leftovers(db, by)
    for (const line of open) say(`✗ chưa về không: ${line}`)
    const verified = await verify(db, run)
    const recounted = recount(run, report.coverage)
    say(`Đã ghi ${(await writeReport(folder, options.month, report)).join(', ')}`)
    return report.unbalanced.length === 0 && open.length === 0 && verified && recounted
  } finally {
    await db.close()
  }
}

async function verify(db: Database, { by, say }: Run): Promise<boolean> {
  const { ok, findings, sealedEntries, blocks } = await verifyLedger(db, by, {})
  for (const { check, message } of findings) say(`✗ ${check}: ${message}`)
  say(
    `${ok ? '✓' : '✗'} verify: ${formatVnd(BigInt(sealedEntries))} bút toán trong ${blocks} khối niêm phong`,
  )
  return ok
}

/** The recount is a process of its own, so that it can share nothing with what it checks. */
function recount({ engine, options, folder, say }: Run, coverage: Coverage): boolean {
  const { casesPaid, communesPaid, cases, communes } = coverage
  const figures = [casesPaid, communesPaid, cases, communes.length].map(String)
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['scripts/recount.mjs', folder, options.month.slice(0, 7), ...figures],
    {
      env: { DATABASE_REPORT_URL: engine.urls.report, DATABASE_SCHEMA: engine.urls.schema },
      encoding: 'utf8',
    },
  )
  for (const line of `${stdout}${stderr}`.trim().split('\n')) say(line)
  return status === 0
}
