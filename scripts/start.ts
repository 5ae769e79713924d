/**
 * `npm start`: a small month on embedded engines, a local issuer with a user per role, the HTTP API and a worker, on this
 * machine alone. Prints the address and the accounts, and ends all of it on Ctrl-C.
 */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openApp, openEngine, setUp, vaultOf } from '../src/compose.ts'
import { openInterface } from '../src/compose-api.ts'
import { withLocalHeads } from '../src/compose-heads.ts'
import { openWorker } from '../src/compose-payouts.ts'
import { readConfig } from '../src/config.ts'
import type { Config } from '../src/config.ts'
import { DomainError } from '../src/lib/errors.ts'
import { listenOn } from '../src/lib/listener.ts'
import { createLog } from '../src/lib/log.ts'
import { readOptions } from './demo/options.ts'
import { isFinished } from './demo/run-folder.ts'
import { enterDemoUsers } from './demo/users.ts'
import { startWorld } from './demo/world.ts'
import type { World } from './demo/world.ts'
import { demoAccounts, launchIssuer } from './simulators/sign-in/launch.ts'
import type { Account, Issuer } from './simulators/sign-in/launch.ts'

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/** What was opened, to be closed in the opposite order. */
type Closings = (() => Promise<unknown>)[]

/**
 * Works a small month off first, so that there is something to see; once, and a month that was cut off goes on. Its
 * process ends with this one.
 */
async function ensureMonth({ DATA_DIR, BUILD_DIR: built }: Config, cases: string): Promise<void> {
  if (await isFinished(join(DATA_DIR, 'demo'))) return
  say(`Tạo dữ liệu của một tháng với ${cases} trường hợp (khoảng một phút) …`)
  const demo =
    built === undefined
      ? ['--import', 'tsx', 'scripts/demo.ts']
      : [join(built, 'scripts', 'demo.js')]
  const stdio = ['ignore', 'ignore', 'inherit'] as const
  const child = spawn(process.execPath, [...demo, '--cases', cases], { stdio: [...stdio] })
  const end = () => child.kill()
  process.once('exit', end)
  const [code] = (await once(child, 'exit')) as [number | null]
  process.off('exit', end)
  if (code === 0) return
  const message = 'Chưa tạo xong dữ liệu của tháng; chạy lại npm start để tiếp tục'
  throw new DomainError('conflict', 'start-month', message)
}

/** Says before the month is made that its interface would have no port. Throws DomainError `port-taken`. */
async function requireFree(port: number): Promise<void> {
  const probe = await listenOn(createServer(), { host: '127.0.0.1', port })
  await probe.close()
}

/** The settings of the interface and the worker, of what was started for them. */
function settingsOf(
  own: Config,
  of: { readonly url: string; readonly port: string; readonly world: World } & {
    readonly issuer: Issuer
    readonly web: { readonly id: string; readonly secret: string }
  },
): Config {
  const { url, port, world, issuer, web } = of
  // What goes well is not told, unless asked for: the accounts stay to be seen.
  const LOG_LEVEL = own.LOG_LEVEL === 'info' ? 'warn' : own.LOG_LEVEL
  const { HEAD_SIGN_KEY, HEAD_FOLDER, HEAD_SECOND_FOLDER, HEAD_SECOND_URL } = own
  return readConfig({
    ...{ HEAD_SIGN_KEY, HEAD_FOLDER, HEAD_SECOND_FOLDER, HEAD_SECOND_URL },
    ...{ DATA_DIR: own.DATA_DIR, LOG_LEVEL, API_PORT: port, PUBLIC_URL: url },
    ...{ OIDC_ISSUER: issuer.url, OIDC_CLIENT_ID: web.id, OIDC_CLIENT_SECRET: web.secret },
    ...{ OIDC_CLAIM_ID_NUMBER: 'so_dinh_danh', OIDC_CLAIM_NAME: 'ho_ten' },
    ...{ OIDC_CLAIM_ASSURANCE: 'muc_do', VERIFY_ACCOUNTS: 'false' },
    ...{ BANK_URL: world.bankUrl, HUES_URL: world.hueSUrl, HUES_KEYS: world.hueSKeys },
  })
}

const issuerOf = (
  url: string,
  accounts: readonly Account[],
  web: { readonly id: string; readonly secret: string },
): Promise<Issuer> =>
  launchIssuer({
    ...{ port: 0, audiences: [`${url}/api/v1`], machines: [], accounts },
    web: [{ ...web, redirectUris: [`${url}/auth/callback`], afterSignOut: [`${url}/`] }],
    claims: { idNumber: 'so_dinh_danh', name: 'ho_ten', assurance: 'muc_do' },
  })

/** Starts everything; whatever it opened is in `closings`, also when it throws. */
async function start(
  { cases, port }: { readonly cases: string; readonly port: string },
  closings: Closings,
): Promise<void> {
  const own = readConfig()
  const options = readOptions(['--cases', cases])
  const url = `http://127.0.0.1:${port}`
  await requireFree(readConfig({ API_PORT: port }).API_PORT)
  await ensureMonth(own, cases)
  const engine = await openEngine(own, say)
  closings.push(() => engine.stop())
  await setUp(engine.urls)
  const world = await startWorld(options, join(own.DATA_DIR, 'demo'), own.BUILD_DIR)
  closings.push(() => world.close())
  const accounts = await demoAccounts()
  const web = { id: 'an-sinh', secret: randomBytes(32).toString('base64url') }
  const issuer = await issuerOf(url, accounts, web)
  closings.push(issuer.stop)
  const config = withLocalHeads(settingsOf(own, { url, port, world, issuer, web }))
  const db = openApp(engine.urls, 'online', 1)
  await enterDemoUsers(db, vaultOf(config), accounts).finally(() => db.close())
  const log = createLog(config.LOG_LEVEL)
  closings.push(await openWorker(config, engine.urls, log))
  const api = await openInterface(config, engine.urls, log)
  closings.push(() => api.close())
  say(
    `\nAn Sinh Ledger: ${url}/api/docs (tài liệu API), ${url}/auth/login?return=/api/docs (đăng nhập)`,
  )
  for (const { subject, name, duty } of accounts) say(`  ${subject.padEnd(14)} ${name} – ${duty}`)
  say(`Mã đầu chuỗi của mỗi ngày, có chữ ký: ${String(config.HEAD_FOLDER)}`)
  say('Dừng: Ctrl-C')
}

async function main(): Promise<number> {
  const text = (value: string) => ({ type: 'string', default: value }) as const
  const { values } = parseArgs({ options: { port: text('8080'), cases: text('300') } })
  const closings: Closings = []
  let started = false
  const told = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      // Before all stands there is nothing to finish: the engine and the children end with this process. Afterwards once is
      // enough: at Ctrl-C the terminal tells us, and npm again.
      process.on(signal, () => {
        if (!started) process.exit(130)
        resolve()
      })
    }
  })
  try {
    await start(values, closings)
    started = true
    await told
    return 0
  } finally {
    for (const close of closings.toReversed()) await close()
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof DomainError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
