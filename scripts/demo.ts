import { join } from 'node:path'
import { barrierOf, openApp, vaultOf } from '../src/compose.ts'
import { openPayoutQueues } from '../src/compose-payouts.ts'
import type { Engine } from '../src/compose.ts'
import { readConfig } from '../src/config.ts'
import type { Config } from '../src/config.ts'
import { ledger } from '../src/ledger/ledger.ts'
import type { Database } from '../src/lib/db.ts'
import { DomainError } from '../src/lib/errors.ts'
import { formatVnd } from '../src/lib/money.ts'
import { stopwatch } from '../src/lib/time.ts'
import type { Vault } from '../src/lib/vault.ts'
import { openChannels } from '../src/payouts/channels/open.ts'
import { registry } from '../src/registry/registry.ts'
import { conclude } from './demo/conclusion.ts'
import { actOf } from './demo/demo-context.ts'
import type { Demo } from './demo/demo-context.ts'
import { fund } from './demo/funding.ts'
import { decideLists } from './demo/lists.ts'
import { workOff } from './demo/month.ts'
import { matchesReport, readOptions } from './demo/options.ts'
import type { DemoOptions } from './demo/options.ts'
import { makeStaff } from './demo/people.ts'
import type { Staff } from './demo/people.ts'
import { makePopulation } from './demo/population.ts'
import { finishRun, NOBODY, prepareRun } from './demo/run-folder.ts'
import { settleMonth } from './demo/settlement.ts'
import { startWorkers, startWorld } from './demo/world.ts'

const WORKERS = 2
/** Patience of the demo's own calls (statements, enquiries), longer than a payment's. */
const CALL_TIMEOUT_MS = 5_000

const elapsed = stopwatch()
const stamp = () => `[${(elapsed() / 1000).toFixed(1).replace('.', ',').padStart(6)} s]`
const live = process.stdout.isTTY
const clearLine = live ? '\r\u001b[K' : ''
const say = (line: string): void => {
  process.stdout.write(`${clearLine}${stamp()} ${line}\n`)
}
const progress = (line: string): void => {
  if (live) process.stdout.write(`${clearLine}${stamp()} ${line}`)
}

type People = Pick<Demo, 'staff' | 'communes'>

async function enterPeople(db: Database, vault: Vault, options: DemoOptions): Promise<People> {
  const communes = await db.transact(NOBODY, (tx) => registry.communesIn(tx, options.month))
  const { staff, people } = makeStaff(communes, options.seed)
  const by = actOf(staff.welfareOfficer)
  const entered = await db.transact(by, async (tx) => {
    const before = await registry.count(tx, options.month)
    if (before.cases > 0) return before
    const officers = { people, representations: [], accounts: [], enrolments: [] }
    await registry.enter(tx, vault, by, officers, staff.welfareHead)
    for (const intake of makePopulation(communes, options)) {
      await registry.enter(tx, vault, by, intake, staff.welfareHead)
    }
    return registry.count(tx, options.month)
  })
  const counts = `${formatVnd(BigInt(entered.cases))} trường hợp, ${formatVnd(BigInt(entered.people))} người`
  say(
    `Sổ đối tượng: ${counts}, ${communes.length} xã, phường (giả lập từ hạt giống ${options.seed}${
      matchesReport(options) ? ', tạo cho khớp báo cáo năm 2023 của tỉnh' : ''
    })`,
  )
  return { staff, communes }
}

async function runMonth(
  config: Config,
  engine: Engine,
  demo: Omit<Demo, 'world' | 'channels' | 'queues'>,
  run: { readonly options: DemoOptions; readonly folder: string },
): Promise<void> {
  const world = await startWorld(run.options, run.folder, config.BUILD_DIR)
  const urls = { BANK_URL: world.bankUrl, HUES_URL: world.hueSUrl, HUES_KEYS: world.hueSKeys }
  const channels = openChannels({ ...config, ...urls, CHANNEL_TIMEOUT_MS: CALL_TIMEOUT_MS })
  const queues = openPayoutQueues(config, engine.urls)
  const whole: Demo = { ...demo, world, queues, channels: channels.byName }
  try {
    // Before the first business day nothing has begun: a month that goes on has told them already.
    if ((await world.today()) === null) {
      for (const { accounts } of makePopulation(demo.communes, run.options))
        await world.tellHolders(accounts)
    }
    await fund(whole)
    await decideLists(whole)
    const workers = startWorkers(WORKERS, { config, urls: engine.urls, world })
    try {
      const day = await workOff(whole)
      say('Gửi lệnh, nhận kết quả, đối soát sao kê: xong')
      await settleMonth(whole, day)
      say(`Quyết toán, niêm phong và khóa sổ tháng ${demo.month.slice(0, 7)}`)
    } finally {
      await workers.close()
    }
  } finally {
    await queues.close()
    await channels.close()
    await world.close()
  }
}

async function playMonth(
  config: Config,
  engine: Engine,
  run: { readonly options: DemoOptions; readonly folder: string },
): Promise<Staff> {
  const db = openApp(engine.urls, 'batch', 4)
  const vault = vaultOf(config)
  const { month } = run.options
  try {
    const people = await enterPeople(db, vault, run.options)
    const state = await db.transact(NOBODY, (tx) => ledger.periodState(tx, month))
    const demo = { ...people, db, vault, month, barrier: barrierOf(config), say, progress }
    if (state !== 'closed') await runMonth(config, engine, demo, run)
    return people.staff
  } finally {
    await db.close()
  }
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2))
  const config = readConfig()
  const run = { options, folder: join(config.DATA_DIR, 'demo') }
  const engine = await prepareRun({ config, ...run }, say)
  try {
    const staff = await playMonth(config, engine, run)
    const ok = await conclude({ engine, ...run, by: actOf(staff.accountant), say })
    if (ok) await finishRun(run.folder, options)
    say(ok ? 'Xong: mọi số liệu khớp nhau' : 'Có số liệu không khớp: xem các dòng ✗')
    return ok ? 0 : 1
  } finally {
    await engine.stop()
  }
}

// Ended by hand, the demo goes on where it was when it is started again; its children end with it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    say('Đã dừng. Chạy lại cùng lệnh để tiếp tục.')
    process.exit(130)
  })
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof DomainError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = error.code === 'demo-help' ? 0 : 2
}
