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
