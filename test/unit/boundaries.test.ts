import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterEach, expect, test } from '@jest/globals'

/** A small house in order: every kind of import that is allowed, once. */
const house: Readonly<Record<string, string>> = {
  'src/generated/prisma/client.ts': `export const client = 1`,
  'src/config.ts': `import '../src/lib/money.ts'\nexport const config = 1\nexport type Config = 1`,
  'src/compose.ts': `import 'bullmq'\nimport './api/api.ts'\nimport './ledger/chart.ts'\nimport './documents/documents.ts'`,
  'src/main.ts': `import './compose.ts'\nimport './config.ts'\nimport './payouts/instruction.ts'`,
  'src/lib/money.ts': `export const money = 1`,
  'src/lib/db.ts': `import '../generated/prisma/client.ts'\nimport '@prisma/adapter-pg'`,
  'src/lib/queue-redis.ts': `import 'ioredis'\nimport 'bullmq'`,
  'src/lib/migrations.ts': `import 'pg'\nimport type { Config } from '../config.ts'`,
  'src/ledger/ledger.ts': `import './chart.ts'\nimport './ledger-store.ts'`,
  'src/ledger/chart.ts': `import '../lib/money.ts'\nexport type Account = 1`,
  'src/ledger/ledger-store.ts': `import '../lib/db.ts'\nimport '../generated/prisma/client.ts'`,
  'src/registry/registry.ts': `import '../lib/money.ts'`,
  'src/payouts/payouts.ts': `import '../ledger/ledger.ts'\nimport './instruction.ts'`,
  'src/payouts/instruction.ts': `import type { Account } from '../ledger/chart.ts'`,
  'src/reconciliation/reconciliation.ts': `import '../payouts/payouts.ts'`,
  'src/documents/documents.ts': `import '../reconciliation/reconciliation.ts'`,
  'src/api/api.ts': `import 'express'\nimport '../documents/documents.ts'`,
  'scripts/demo.ts': `import '../src/compose.ts'\nimport '../src/config.ts'\nimport 'pg'`,
  'scripts/bench/ledger.ts': `import '../../src/ledger/ledger.ts'`,
  'scripts/simulators/bank.ts': `import './rail.ts'`,
  'scripts/simulators/rail.ts': `export const rail = 1`,
  'test/unit/any.test.ts': `import '../../src/ledger/chart.ts'\nimport 'pg'\nimport 'jest'`,
}

/** Each break: the file that it is planted in, what it imports there, and the rule that must say so. */
const breaks: readonly (readonly [file: string, imported: string, rule: string])[] = [
  ['src/lib/planted.ts', '../ledger/ledger.ts', 'lib-direction'],
  ['src/ledger/planted.ts', '../registry/registry.ts', 'ledger-direction'],
  ['src/registry/planted.ts', '../ledger/ledger.ts', 'registry-direction'],
  ['src/payouts/planted.ts', '../reconciliation/reconciliation.ts', 'payouts-direction'],
  ['src/reconciliation/planted.ts', '../documents/documents.ts', 'reconciliation-direction'],
  ['src/documents/planted.ts', '../api/api.ts', 'documents-direction'],
  ['src/payouts/planted-a.ts', '../ledger/chart.ts', 'ledger-face'],
  ['src/reconciliation/planted-a.ts', '../payouts/instruction.ts', 'payouts-face'],
  ['src/payouts/planted-b.ts', 'express', 'express-in-api'],
  ['src/payouts/planted-c.ts', 'bullmq', 'queue-in-lib'],
  ['scripts/planted-a.ts', 'ioredis', 'queue-in-lib'],
  ['src/payouts/planted-d.ts', 'pg', 'pg-in-lib'],
  ['src/payouts/planted-e.ts', '@prisma/client', 'prisma-in-stores'],
  ['src/payouts/planted-f.ts', '../generated/prisma/client.ts', 'client-in-stores'],
  ['src/payouts/planted-g.ts', '../config.ts', 'roots-on-top'],
  ['src/api/planted.ts', '../compose.ts', 'roots-on-top'],
  ['scripts/bench/planted.ts', '../../src/main.ts', 'main-on-top'],
  ['scripts/planted-c.ts', '../src/payouts/instruction.ts', 'scripts-use-compose'],
  ['scripts/simulators/planted-a.ts', '../../src/lib/money.ts', 'simulators-stand-alone'],
  ['scripts/simulators/planted-b.ts', '../demo.ts', 'simulators-stand-alone'],
  ['src/lib/planted-a.ts', '../../scripts/simulators/rail.ts', 'src-stands-alone'],
  ['src/lib/planted-b.ts', 'fast-check', 'no-development-packages'],
  ['src/lib/planted-c.ts', './nowhere.ts', 'no-unresolvable'],
]

interface Violation {
  readonly from: string
  readonly to: string
  readonly rule: { readonly name: string }
}

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** Builds the house with the given files, and returns what the project's own rules say of it. */
const violationsIn = async (files: Readonly<Record<string, string>>): Promise<Violation[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'boundaries-test-'))
  folders.push(folder)
  for (const [file, source] of Object.entries({ ...house, ...files })) {
    mkdirSync(join(folder, dirname(file)), { recursive: true })
    writeFileSync(join(folder, file), `${source}\n`)
  }
  for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json'])
    cpSync(file, join(folder, file))
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  const program = resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
  const args = [program, 'src', 'scripts', 'test', '--output-type', 'json']
  const output = await new Promise<string>((done) => {
    const options = { cwd: folder, maxBuffer: 1e8 }
    execFile(process.execPath, args, options, (_, stdout, stderr) => done(stdout || stderr))
  })
  const report = JSON.parse(output) as { summary: { violations: Violation[] } }
  return report.summary.violations
}

test('a house in order is left in peace', async () => {
  expect(await violationsIn({})).toEqual([])
})

test('every planted break is reported by its rule, and nothing else is', async () => {
  const planted = Object.fromEntries(breaks.map(([file, to]) => [file, `import '${to}'`]))
  const found = await violationsIn(planted)
  expect(found.map(({ from, rule }) => `${from}: ${rule.name}`).sort()).toEqual(
    breaks.map(([file, , rule]) => `${file}: ${rule}`).sort(),
  )
})

test('cycles and orphans are reported', async () => {
  const found = await violationsIn({
    'src/ledger/a.ts': `import './b.ts'`,
    'src/ledger/b.ts': `import './a.ts'`,
    'src/payouts/alone.ts': `export const alone = 1`,
  })
  expect(found.map(({ from, rule }) => `${from}: ${rule.name}`)).toEqual([
    'src/ledger/a.ts: no-cycles',
    'src/payouts/alone.ts: no-orphans',
  ])
})
