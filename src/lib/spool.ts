import { createHash, randomUUID } from 'node:crypto'
import { open, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import type { Readable } from 'node:stream'

/** A file that nobody else can open: written once, then read as often as wanted. */
export interface Spool {
  readonly out: Writable
  /** Of what was written so far: its length in bytes and its SHA-256, hex. */
  readonly written: () => { readonly bytes: number; readonly sha256: string }
  readonly read: () => Readable
  /** Gives the space back. Nothing may read any more. */
  readonly close: () => Promise<void>
}

/**
 * Opens a spool. What is made in a transaction is written here first: a slow reader then holds no transaction, and what
 * fails half-way is never on offer. The file has no name as soon as it is open, so a killed process leaves nothing.
 */
export async function openSpool(): Promise<Spool> {
  const path = join(tmpdir(), `ansinh-${randomUUID()}`)
  const file = await open(path, 'wx+', 0o600)
  await unlink(path)
  const hash = createHash('sha256')
  let bytes = 0
  const out = new Writable({
    write(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      file.appendFile(chunk).then(() => {
        bytes += chunk.length
        done()
      }, done)
    },
  })
  return {
    out,
    written: () => ({ bytes, sha256: hash.copy().digest('hex') }),
    read: () => file.createReadStream({ start: 0, autoClose: false }),
    close: () => file.close(),
  }
}
