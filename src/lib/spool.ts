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
  /** SHA-256 of what was written so far, followed by `more`. */
  readonly sha256With: (...more: readonly Uint8Array[]) => Buffer
  readonly read: () => Readable
  /** `length` bytes from `start`, fewer where the file ends. */
  readonly piece: (start: number, length: number) => Promise<Buffer>
  /** Writes more when `out` was ended. */
  readonly append: (bytes: Uint8Array) => Promise<void>
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
  const append = async (chunk: Uint8Array) => {
    hash.update(chunk)
    await file.appendFile(chunk)
    bytes += chunk.length
  }
  const out = new Writable({
    write(chunk: Buffer, _encoding, done) {
      append(chunk).then(() => done(), done)
    },
  })
  return {
    out,
    written: () => ({ bytes, sha256: hash.copy().digest('hex') }),
    sha256With: (...more) => {
      const copy = hash.copy()
      for (const each of more) copy.update(each)
      return copy.digest()
    },
    piece: async (start, length) => {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, start)
      return buffer.subarray(0, bytesRead)
    },
    append,
    read: () => file.createReadStream({ start: 0, autoClose: false }),
    close: () => file.close(),
  }
}
