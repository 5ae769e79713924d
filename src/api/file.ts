import type { Readable } from 'node:stream'
import { openSpool } from '../lib/spool.ts'
import type { Spool } from '../lib/spool.ts'
import type { GivenFile, Sheet } from '../lib/spreadsheet.ts'

/** A spreadsheet that was given, guarded and parsed (D3 row 14); nothing of it has been checked. */
export interface SheetFile extends GivenFile {
  /** Of the bytes, in hex. */
  readonly sha256: string
  readonly sheet: Sheet
}

/** A file that goes out. */
export interface FileOut {
  readonly name: string
  readonly bytes: Buffer
}

/** A file that goes out from a spool, however long; whoever has it closes it. */
export interface FileStream {
  readonly name: string
  readonly length: number
  /** Of the whole file, hex. */
  readonly sha256: string
  readonly read: () => Readable
  readonly close: () => Promise<void>
}

/** A file that is there whole before a byte of it is sent: what fails half way leaves none. */
export async function spooled(
  name: string,
  write: (spool: Spool) => Promise<void>,
): Promise<FileStream> {
  const spool = await openSpool()
  try {
    await write(spool)
    const { bytes: length, sha256: hash } = spool.written()
    return { name, length, sha256: hash, read: spool.read, close: spool.close }
  } catch (error) {
    await spool.close()
    throw error
  }
}
