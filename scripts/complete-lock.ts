/**
 * Adds to package-lock.json the optional packages for other machines that the registry in use does
 * not carry: npm leaves them out, and `npm ci` then refuses the lock ("Missing: ... from lock
 * file"). Run by `npm run lock`.
 */
import { readFileSync, writeFileSync } from 'node:fs'

interface LockedPackage {
  readonly version?: string
  readonly dev?: boolean
  readonly optional?: boolean
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly libc?: readonly string[]
  readonly optionalDependencies?: Readonly<Record<string, string>>
}
interface Lock {
  packages: Record<string, LockedPackage>
}

const systems = ['darwin', 'win32', 'linux', 'android', 'freebsd', 'openharmony']
const processors = ['arm64', 'x64', 'ppc64', 's390x', 'ia32', 'riscv64', 'loong64', 'wasm32', 'arm']

/** What the name of a platform's package says: `@swc/core-linux-arm64-musl`. */
const platformOf = (name: string): LockedPackage => {
  const words = name.split(/[-/]/)
  const os = systems.filter((system) => words.includes(system))
  const cpu = processors.filter((processor) => words.includes(processor))
  const libc = words.includes('musl') ? ['musl'] : words.includes('gnu') ? ['glibc'] : []
  const isLinux = os.includes('linux')
  return {
    ...(cpu.length && { cpu }),
    ...(isLinux && libc.length && { libc }),
    ...(os.length && { os }),
  }
}

const file = 'package-lock.json'
const lock = JSON.parse(readFileSync(file, 'utf8')) as Lock
const before = Object.keys(lock.packages).length
for (const [path, owner] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
    const places = [`node_modules/${name}`, `${path}/node_modules/${name}`]
    if (places.some((place) => place in lock.packages)) continue
    const dev = owner.dev === true && { dev: true }
    const entry = { version, ...dev, optional: true, ...platformOf(name) }
    lock.packages[`node_modules/${name}`] = entry
  }
}
lock.packages = Object.fromEntries(
  Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')),
)
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`lock: ${Object.keys(lock.packages).length - before} packages for other machines added`)
