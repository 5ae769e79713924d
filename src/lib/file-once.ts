import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * The text of a file that is made when it is missing and never written again. Processes that start at once agree on one file: it
 * is written aside and linked into place, and whoever comes second reads what the first has written. `mode` says who reads it: its owner alone unless told otherwise.
 */
export function fileOnce(path: string, make: () => string, mode = 0o600): string {
  const before = read(path)
  if (before !== undefined) return before
  mkdirSync(dirname(path), { recursive: true })
  const aside = `${path}.${randomBytes(6).toString('hex')}`
  writeFileSync(aside, make(), { mode, flag: 'wx', flush: true })
  try {
    linkSync(aside, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(aside)
  }
  const made = read(path)
  if (made === undefined) throw new Error(`${path} was made and is gone`)
  return made
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
