/**
 * What the bank channel costs: so many instructions claimed, written as order files (pain.001), sent to the bank's
 * simulator over HTTP, their status files (pain.002) read, and everything posted. Each size runs in a process of its own,
 * whose peak memory is printed; the database and the simulator are other processes on the same machine.
 *
 *   npm run bench:bank [-- 10000 60000]
 */
import { spawn } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { openApp, openEngine, setUp, vaultKeysOf, vaultOf } from '../../src/compose.ts'
import { keysAsText } from '../../src/lib/vault-keys.ts'
import { openChannels } from '../../src/payouts/channels/open.ts'
import { readConfig } from '../../src/config.ts'
import { openHttp } from '../../src/lib/http.ts'
import { stopwatch } from '../../src/lib/time.ts'
import { payouts } from '../../src/payouts/payouts.ts'
import { launch } from '../simulators/launch.ts'
import { walletKeys } from '../simulators/wallet-signature.ts'
import { FUNDS, payday, releaseTown, treasurer } from './bank-town.ts'

const ROWS_MAX = '500'
const SENDERS = 2
/** A small heap, so that the peak shows what is needed and not what the collector was too idle to free. */
const HEAP = ['--max-old-space-size=128', '--max-semi-space-size=4']
const [mode, ...rest] = process.argv.slice(2)
const say = (line: string): void => void process.stdout.write(`${line}\n`)

async function oneSize(rows: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bank-bench-'))
  await chmod(folder, 0o755)
  const config = readConfig({ DATA_DIR: folder, LOG_LEVEL: 'silent' })
  const engine = await openEngine(config)
  const bank = await launch('bank', { folder: join(folder, 'books'), seed: 'b', faults: 'default' })
  try {
    await setUp(engine.urls)
    const db = openApp(engine.urls, 'batch', 2)
    const units = await releaseTown(db, vaultOf(config), rows)
    await db.close()
    const http = openHttp({ baseUrl: bank.url, timeoutMs: 10_000, connections: 1 })
    await http.call('POST', '/clock', z.unknown(), { date: payday })
    for (const account of units) {
      const order = { account, direction: 'in', counterparty: 'KBNN', purpose: '' }
      const body = { ...order, reference: `fund:${account}`, amount: FUNDS.toString() }
      await http.call('POST', '/transfers', z.unknown(), body)
    }
    await http.close()
    await inProcess(rows, {
      ...{ DATABASE_URL: engine.urls.owner, DATABASE_APP_URL: engine.urls.app },
      ...{ DATABASE_REPORT_URL: engine.urls.report, DATABASE_SCHEMA: engine.urls.schema },
      ...keysAsText(vaultKeysOf(config)),
      ...{ BANK_URL: bank.url, HUES_URL: bank.url, BANK_FILE_ROWS_MAX: ROWS_MAX },
      ...{ HUES_KEYS: walletKeys.calls, VERIFY_ACCOUNTS: 'false' },
    })
  } finally {
    bank.child.stdin?.end()
    await bank.exited
    await engine.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function inProcess(rows: number, env: Readonly<Record<string, string>>): Promise<void> {
  const child = spawn(
    process.execPath,
    [...HEAP, '--import', 'tsx', fileURLToPath(import.meta.url), 'run', String(rows)],
    { stdio: ['ignore', 'inherit', 'inherit'], env: { PATH: '/usr/bin:/bin', ...env } },
  )
  const code = await new Promise((resolve) => child.once('exit', resolve))
  if (code !== 0) throw new Error('the measured process failed')
}

/** The measured process: what the workers do, and nothing else. */
async function run(rows: string): Promise<void> {
  const config = readConfig()
  const { DATABASE_URL: owner = '', DATABASE_APP_URL: app = '' } = config
  const urls = { owner, app, report: app, schema: config.DATABASE_SCHEMA }
  const db = openApp(urls, 'batch', SENDERS + 1)
  const channels = openChannels(config)
  const { bank } = channels.byName
  const limits = { bank: bank.limits, 'hue-s': channels.byName['hue-s'].limits }
  const before = await peakMb()
  const cpuBefore = process.cpuUsage()
  const elapsed = stopwatch()
  const orders = await db.transact(treasurer, async (tx) => {
    await payouts.planOrders(tx, treasurer, payday, limits)
    return payouts.ordersToSend(tx)
  })
  const waiting = [...orders]
  const vault = vaultOf(config)
  const barrier = () => Promise.resolve()
  const sender = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
      await payouts.sendOrder({ db, vault, channel: bank, barrier }, treasurer, {
        ...{ id: next.orderId, on: payday },
      })
  }
  await Promise.all(Array.from({ length: SENDERS }, sender))
  const sentMs = elapsed()
  const taken = await payouts.takeStatusFiles(db, treasurer, bank, payday)
  const allMs = elapsed()
  const cpu = process.cpuUsage(cpuBefore)
  const changed = taken.reduce((sum, one) => sum + one.changed, 0)
  say(
    `${rows} lệnh, ${String(orders.length)} tệp: gửi ${seconds(sentMs)} s, cả báo cáo trạng thái ${seconds(allMs)} s ` +
      `(${String(changed)} lệnh có kết quả, ${String(taken.filter(({ kind }) => kind === 'quarantined').length)} tệp cách ly); ` +
      `CPU của tiến trình ${seconds((cpu.user + cpu.system) / 1000)} s; bộ nhớ đỉnh ${String(await peakMb())} MB, lúc đầu ${String(before)} MB`,
  )
  await channels.close()
  await db.close()
}

const seconds = (ms: number): string => (ms / 1000).toFixed(1)

async function peakMb(): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8')
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024)
}

if (mode === 'run') await run(rest[0] ?? '')
else
  for (const size of mode === undefined ? ['10000', '60000'] : [mode, ...rest])
    await oneSize(Number(size))
