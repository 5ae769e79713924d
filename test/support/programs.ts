import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'

/** What tests start in processes of their own, and what such a process is made of. */
const PROGRAMS = [
  'src/main.ts',
  'src/lib/embedded-postgres.ts',
  'src/lib/embedded-postgres-home.ts',
  'src/lib/spreadsheet-child.ts',
  'scripts/demo.ts',
  'scripts/simulators/bank.ts',
  'scripts/simulators/hue-s.ts',
  'scripts/simulators/cash-service.ts',
  'test/support/post-many.ts',
] as const

/** How the folder gets from the global set-up to the test files, which run in other processes. */
const VARIABLE = 'ANSINH_TEST_PROGRAMS'

/** Packages that are not modules ask for files by `require` and by their own place. */
const NODE_WORDS = `import { createRequire as requireOf } from 'node:module'
const require = requireOf(import.meta.url)
const [__filename, __dirname] = [import.meta.filename, import.meta.dirname]`

/**
 * Builds the programs that tests start, each with its packages in one piece: from the sources a start takes seconds of
 * a processor, from here a tenth. The folder lies in ours, for a package that looks for another one.
 */
export async function buildPrograms(): Promise<void> {
  await mkdir('dist', { recursive: true })
  const outdir = await mkdtemp(resolve('dist', 'test-'))
  process.env[VARIABLE] = outdir
  await build({
    ...{ entryPoints: [...PROGRAMS], outbase: '.', outdir, banner: { js: NODE_WORDS } },
    ...{ bundle: true, splitting: true, platform: 'node', format: 'esm', target: 'node20' },
    ...{ keepNames: true, logLevel: 'error' },
  })
}

/** Removes what was built. */
export async function removePrograms(): Promise<void> {
  const folder = process.env[VARIABLE]
  if (folder !== undefined) await rm(folder, { recursive: true, force: true })
}

/** The folder of the build, as BUILD_DIR and the launcher of the simulators take it. */
export function buildFolder(): string {
  const folder = process.env[VARIABLE]
  if (folder === undefined) throw new Error('No programs were built: run the tests with jest')
  return folder
}

/** The built file of a program. */
export const built = (program: (typeof PROGRAMS)[number]): string =>
  join(buildFolder(), program.replace(/ts$/, 'js'))
