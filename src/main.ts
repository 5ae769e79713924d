import { parseArgs } from 'node:util'
import { openApp, openEngine, setUp } from './compose.ts'
import { openInterface } from './compose-api.ts'
import { openCallbacks } from './compose-callbacks.ts'
import { runVerify } from './compose-check.ts'
import { runEvidence, runHead } from './compose-evidence.ts'
import { openWorker } from './compose-payouts.ts'
import { AUDITOR } from './compose-verify.ts'
import { readConfig } from './config.ts'
import type { Act, PersonId } from './lib/act.ts'
import { DomainError } from './lib/errors.ts'
import { createLog } from './lib/log.ts'
import { localDate } from './lib/time.ts'
import { registry } from './registry/registry.ts'

const commands: Readonly<
  Record<string, { readonly help: string; readonly run: (args: string[]) => Promise<number> }>
> = {
  migrate: { help: 'bring the database up to date', run: runMigrate },
  worker: {
    help: 'send payouts and look after them until told to stop; --send-only: only send',
    run: runWorker,
  },
  api: { help: 'answer officers and machines over HTTP until told to stop', run: runApi },
  callbacks: { help: 'listen for the callbacks of channels until told to stop', run: runCallbacks },
  rehome: {
    help: 'bring residents onto the map of a day: --on 2025-07-01 --by <person> --confirmed-by <person>',
    run: runRehome,
  },
  verify: {
    help: 'recompute ledger and audit trail; --heads folder, --anchor, --audit-anchor head.json, --trusted-key public.pem (several), --export-head, --export-audit-head; file.pdf: is it one of ours, with --head head.json without a database',
    run: (args) => runVerify(args, say),
  },
  head: {
    help: 'sign the last sealed head, to be kept elsewhere: --sign-with private.pem --out head.json; --with-papers: with what checks papers without a database',
    run: (args) => runHead(args, AUDITOR, say),
  },
  evidence: {
    help: 'write what proves one payment: <reference> --out pack.zip',
    run: (args) => runEvidence(args, AUDITOR, say),
  },
}

async function runMigrate(): Promise<number> {
  const engine = await openEngine(readConfig(), say)
  try {
    const applied = await setUp(engine.urls)
    say(applied.length === 0 ? 'Cơ sở dữ liệu đã mới nhất' : `Đã áp dụng: ${applied.join(', ')}`)
    return 0
  } finally {
    if (engine.embedded?.adopted === false) await engine.stop()
  }
}

async function runWorker(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      'with-parent': { type: 'boolean', default: false },
      'send-only': { type: 'boolean', default: false },
    },
  })
  const config = readConfig()
  const engine = await openEngine(config, say)
  const duties = values['send-only'] ? 'send' : 'send-and-upkeep'
  const stop = await openWorker(config, engine.urls, createLog(config.LOG_LEVEL), duties)
  await new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve)
    process.once('SIGINT', resolve)
    // A worker of the demo ends with the demo, however that ends.
    if (values['with-parent']) process.stdin.once('end', resolve).once('error', resolve).resume()
  })
  await stop()
  // Long work that was given back still holds a connection; nothing else is waited for.
  setTimeout(() => process.exit(0), 1_000).unref()
  return 0
}

async function runApi(): Promise<number> {
  const config = readConfig()
  const engine = await openEngine(config, say)
  const api = await openInterface(config, engine.urls, createLog(config.LOG_LEVEL))
  say(`listening ${api.port}`)
  await new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve)
    process.once('SIGINT', resolve)
  })
  await api.close()
  return 0
}

async function runCallbacks(): Promise<number> {
  const config = readConfig()
  const engine = await openEngine(config, say)
  const listener = await openCallbacks(config, engine.urls, createLog(config.LOG_LEVEL))
  say(`listening ${listener.port}`)
  await new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve)
    process.once('SIGINT', resolve)
  })
  await listener.close()
  return 0
}

async function runRehome(args: string[]): Promise<number> {
  const text = { type: 'string', default: '' } as const
  const options = { on: text, by: text, 'confirmed-by': text }
  const { on, by, 'confirmed-by': second } = parseArgs({ args, options }).values
  const [actor, confirmedBy] = [personId(by), personId(second)]
  const engine = await openEngine(readConfig(), say)
  const db = openApp(engine.urls, 'batch', 1)
  try {
    const act: Act = { actor, via: 'rehome', scope: 'province' }
    const moved = await db.transact(act, (tx) =>
      registry.communes.rehome(tx, act, { on: localDate(on), confirmedBy }),
    )
    const sum = (of: 'people' | 'enrolments') => moved.reduce((total, row) => total + row[of], 0)
    say(
      moved.length === 0
        ? 'Mọi cư dân đã ở đơn vị của bản đồ này'
        : `Đã chuyển ${String(sum('people'))} lượt người, ${String(sum('enrolments'))} lượt hồ sơ qua ${String(moved.length)} cặp đơn vị`,
    )
    return 0
  } finally {
    await db.close()
    if (engine.embedded?.adopted === false) await engine.stop()
  }
}

function personId(text: string): PersonId {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) return text as PersonId
  throw new DomainError('invalid', 'person-id', 'Cần --by và --confirmed-by: mã của hai người')
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

const [name = '', ...rest] = process.argv.slice(2)
const command = commands[name]
if (command === undefined) {
  say(
    Object.entries(commands)
      .map(([key, { help }]) => `${key.padEnd(10)} ${help}`)
      .join('\n'),
  )
  process.exitCode = 2
} else {
  try {
    process.exitCode = await command.run(rest)
  } catch (error) {
    // An expected refusal is one clear line; anything else is a bug and shows where.
    process.stderr.write(
      `${error instanceof DomainError ? error.message : String(error instanceof Error ? error.stack : error)}\n`,
    )
    process.exitCode = 1
  }
}
