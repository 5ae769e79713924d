import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { annotate } from '../lib/spreadsheet-annotate.ts'
import { writeXlsx } from '../lib/spreadsheet-write-xlsx.ts'
import type { GivenFile, Sheet } from '../lib/spreadsheet.ts'
import { ERRORS_HEADER } from './imports-columns.ts'
import type { Fault } from './imports-columns.ts'
import type { KindName } from './imports-kind.ts'
import { KINDS } from './imports-kinds.ts'

/** A file parsed, not yet checked against the registry. */
export interface ReadFile extends GivenFile {
  readonly kind: KindName
  /** Of the bytes, in hex. */
  readonly sha256: string
  readonly sheet: Sheet
}

/** What checking a file found. Messages hold no cell's content. */
export interface ImportReport {
  /** Where the header is, and where the column of errors stands or will stand. */
  readonly header: { readonly row: number; readonly errorsAt: number }
  /** "Tệp này đã nhận lúc …" when the same bytes were applied before. */
  readonly already: string | null
  /** Why no row was looked at, or none may be applied: columns missing, then unknown, then too many rows. */
  readonly problem: { readonly code: string; readonly message: string } | null
  readonly rows: {
    readonly total: number
    readonly good: number
    readonly same: number
    readonly bad: number
  }
  readonly goodRows: readonly number[]
  /** The faults of the first 15 bad rows, and how many more rows are bad. */
  readonly shown: readonly Fault[]
  readonly moreBadRows: number
  readonly faults: readonly Fault[]
  /** Of what is paid a month if all good rows are applied, in đồng; null for a kind without money. */
  readonly change: bigint | null
}

/**
 * The file given back: all cells as they were, with a column `Lỗi` that says for each bad row which cell is wrong and
 * why. XLSX for XLSX, CSV for CSV. What the column said before is replaced; it is passed over when the file comes again.
 */
export async function answer(file: ReadFile, report: ImportReport): Promise<Buffer> {
  const byRow = new Map<number, string>()
  for (const { row, cell, column, message } of report.faults) {
    const words = `${cell === '' ? column : cell}: ${message}`
    const earlier = byRow.get(row)
    byRow.set(row, earlier === undefined ? words : `${earlier} ${words}`)
  }
  const { row: headerRow, errorsAt: column } = report.header
  return annotate(file, file.sheet, { column, headerRow, header: ERRORS_HEADER, byRow })
}

/** An empty file of a kind to fill in: its columns typed as text, and a sheet that explains each. */
export async function template(name: KindName): Promise<Buffer> {
  const { title, columns } = KINDS[name]
  const all = Object.values(columns)
  const out = new PassThrough()
  const written = buffer(out)
  await writeXlsx(out, [
    { name: title, columns: all.map(({ header }) => ({ header, width: 22 })), rows: [] },
    { name: 'Hướng dẫn', columns: GUIDE, rows: all.map(guideOf) },
  ])
  return written
}

const GUIDE = [
  { header: 'Cột' },
  { header: 'Bắt buộc' },
  { header: 'Cách ghi', width: 70 },
  { header: 'Ví dụ', width: 24 },
]

const guideOf = (column: {
  readonly header: string
  readonly required: boolean
  readonly rule: string
  readonly example: string
}) => [column.header, column.required ? 'Có' : 'Không', column.rule, column.example]
