import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { Mutant } from './mutant.ts'

/** A copy of the sources in a temporary folder, where a mutant can be tried without touching ours. */
export interface Tree {
  readonly folder: string
  /** Runs `work` with the edits applied, and takes them back. Throws when an edit does not fit exactly one place. */
  mutated<T>(edits: Mutant['edits'], work: () => T): T
  remove(): void
}

/** What is not kept in version control and is needed to run: taken over by a link. */
const LINKED = ['node_modules', 'src/generated/prisma']

/** Copies what version control knows or would add; packages and generated code are linked. */
export function copyTree(): Tree {
  const folder = mkdtempSync(join(tmpdir(), 'ansinh-mutants-'))
  for (const file of sources()) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    cpSync(file, join(folder, file))
  }
  for (const path of LINKED) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    symlinkSync(resolve(path), join(folder, path))
  }
  return {
    folder,
    mutated: (edits, work) => {
      const before = edits.map(({ file }) => readFileSync(join(folder, file), 'utf8'))
      try {
        for (const edit of edits) apply(folder, edit)
        return work()
      } finally {
        edits.forEach(({ file }, at) => {
          writeFileSync(join(folder, file), before[at] ?? '')
        })
      }
    },
    remove: () => {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function sources(): readonly string[] {
  const args = ['ls-files', '-co', '--exclude-standard', '-z']
  const { status, stdout, stderr } = spawnSync('git', args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  if (status !== 0) throw new Error(`git ls-files: ${stderr}`)
  return stdout.split('\0').filter((file) => file !== '' && existsSync(file))
}

/** In how many places of a text an edit fits: exactly one, or it says nothing any more. */
export function placesOf(text: string, { find }: Pick<Mutant['edits'][number], 'find'>): number {
  return [...text.matchAll(patternOf(find))].length
}

const patternOf = (find: string): RegExp =>
  new RegExp(find.split(/\s+/).map(escaped).join('\\s+'), 'g')

function apply(folder: string, { file, find, replace }: Mutant['edits'][number]): void {
  const path = join(folder, file)
  const text = readFileSync(path, 'utf8')
  const pattern = patternOf(find)
  const places = placesOf(text, { find })
  if (places !== 1) throw new Error(`${file}: ${String(places)} places fit, not one: ${find}`)
  writeFileSync(
    path,
    text.replace(pattern, () => replace),
  )
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
