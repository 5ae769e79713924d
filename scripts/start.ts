/**
 * `npm start`: a small month on embedded engines, a local issuer with a user per role, the HTTP API and a worker, on this
 * machine alone. Prints the address and the accounts, and ends all of it on Ctrl-C.
 */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openApp, openEngine, setUp, vaultOf } from '../src/compose.ts'
import { openInterface } from '../src/compose-api.ts'
import { openWorker } from '../src/compose-payouts.ts'
import { readConfig } from '../src/config.ts'
import { createLog } from '../src/lib/log.ts'
import { enterDemoUsers } from './demo/users.ts'
import { startWorld } from './demo/world.ts'
import { readOptions } from './demo/options.ts'
import { demoAccounts, launchIssuer } from './simulators/sign-in/launch.ts'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8080' },
    cases: { type: 'string', default: '300' },
  },
})

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}
const secret = () => randomBytes(32).toString('base64url')

/** Works a small month off first, so that there is something to see; once. */
async function ensureMonth(dataDir: string): Promise<void> {
  if (existsSync(join(dataDir, 'demo', 'run.json'))) return
  say(`Tạo dữ liệu của một tháng với ${values.cases} trường hợp (khoảng một phút) …`)
  const args = ['--import', 'tsx', 'scripts/demo.ts', '--cases', values.cases]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error('the month did not come to its end')
}

const url = `http://127.0.0.1:${values.port}`
const own = readConfig()
await ensureMonth(own.DATA_DIR)
const engine = await openEngine(own, say)
await setUp(engine.urls)
const world = await startWorld(
  readOptions(['--cases', values.cases]),
  join(own.DATA_DIR, 'demo'),
  undefined,
)
const accounts = await demoAccounts()
const web = { id: 'an-sinh', secret: secret() }
const issuer = await launchIssuer({
  ...{ port: 0, audiences: [`${url}/api/v1`], machines: [], accounts },
  web: [{ ...web, redirectUris: [`${url}/auth/callback`], afterSignOut: [`${url}/`] }],
  claims: { idNumber: 'so_dinh_danh', name: 'ho_ten', assurance: 'muc_do' },
})
const config = readConfig({
  ...{ DATA_DIR: own.DATA_DIR, LOG_LEVEL: own.LOG_LEVEL, API_PORT: values.port, PUBLIC_URL: url },
  ...{ OIDC_ISSUER: issuer.url, OIDC_CLIENT_ID: web.id, OIDC_CLIENT_SECRET: web.secret },
  ...{ OIDC_CLAIM_ID_NUMBER: 'so_dinh_danh', OIDC_CLAIM_NAME: 'ho_ten' },
  ...{ OIDC_CLAIM_ASSURANCE: 'muc_do', VERIFY_ACCOUNTS: 'false' },
  ...{ BANK_URL: world.bankUrl, HUES_URL: world.hueSUrl, HUES_KEYS: world.hueSKeys },
})
const db = openApp(engine.urls, 'online', 1)
await enterDemoUsers(db, vaultOf(config), accounts)
await db.close()
const log = createLog(config.LOG_LEVEL)
const api = await openInterface(config, engine.urls, log)
const stopWorker = await openWorker(config, engine.urls, log)
say(
  `\nAn Sinh Ledger: ${url}/api/docs (tài liệu API), ${url}/auth/login?return=/api/docs (đăng nhập)`,
)
for (const { subject, name, duty } of accounts) say(`  ${subject.padEnd(14)} ${name} – ${duty}`)
say('Dừng: Ctrl-C')

await new Promise<void>((resolve) => {
  process.once('SIGINT', resolve)
  process.once('SIGTERM', resolve)
})
await api.close()
await stopWorker()
await issuer.stop()
await world.close()
await engine.stop()
