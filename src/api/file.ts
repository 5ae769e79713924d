import type { Readable } from 'node:stream'
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
