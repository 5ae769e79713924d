import { readFileSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// Every route is answered well by some test that was written for it: a run of all tests notes which were, and fails of the rest.

/** How the folder of notes gets from the global set-up to the test files, which run in other processes. */
export const NOTES = 'ANSINH_TEST_HAPPY_PATHS'

/** Opens the notes of a run. */
export async function openNotes(): Promise<void> {
  process.env[NOTES] = await mkdtemp(join(tmpdir(), 'ansinh-happy-'))
}

/** What of a run jest tells its teardown. */
export interface JestRun {
  readonly testNamePattern?: string | undefined
  readonly testPathPatterns: { readonly patterns: readonly string[] }
}

/** Closes the notes. Throws when a run of all tests had some operation of the document answered well by none of them. */
export async function closeNotes({ testNamePattern, testPathPatterns }: JestRun): Promise<void> {
  const folder = process.env[NOTES]
  if (folder === undefined) return
  const files = await readdir(folder)
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))
  await rm(folder, { recursive: true, force: true })
  if (testPathPatterns.patterns.length > 0 || (testNamePattern ?? '') !== '') return
  const missing = unhappy(new Set(texts.flatMap((text) => text.split('\n'))))
  if (missing.length > 0) {
    throw new Error(`No test has these routes do what they are for: ${missing.join(', ')}`)
  }
}

/** The operations of the document that are not among some. */
function unhappy(happy: ReadonlySet<string>): readonly string[] {
  const { paths } = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, { operationId: string }>>>>
  }
  const operations = Object.values(paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  )
  return operations.filter((operation) => !happy.has(operation))
}
