/** What a cell was in the file; its text alone would not tell `079…` from a number that lost its zero. */
export type CellKind = 'text' | 'number' | 'date' | 'boolean' | 'error' | 'formula'

/** A cell with something in it. */
export interface Cell {
  /** 0 is column A. */
  readonly column: number
  readonly kind: CellKind
  /** In NFC, without blanks at the ends; a date as dd/mm/yyyy, a number as the file writes it. */
  readonly text: string
}

/** A row with something in it, under the number that Excel shows. */
export interface SheetRow {
  readonly number: number
  readonly cells: readonly Cell[]
}

export type Delimiter = ',' | ';' | '\t'

/** The one sheet of a file that holds its data. */
export interface Sheet {
  readonly format: 'xlsx' | 'csv'
  /** Of a CSV file only. */
  readonly delimiter: Delimiter | null
  readonly rows: readonly SheetRow[]
}

/** A file as it came: its name says what it should be, its bytes what it is. */
export interface GivenFile {
  readonly name: string
  readonly bytes: Buffer
}

/** What a file may be at most (ASVS 5.0 V5.2: size, unpacked size); beyond it nothing is read. */
export const LIMITS = {
  fileBytesMax: 10 * 1024 * 1024,
  /** Parts in the package: a workbook of a hundred sheets has about that many. */
  partsMax: 500,
  partBytesMax: 32 * 1024 * 1024,
  unpackedBytesMax: 64 * 1024 * 1024,
  /** Deflate packs a sheet 20 to 60 times; what is packed tighter is built to burst. */
  ratioMax: 250,
  /** Below this, tight packing hurts nobody. */
  ratioFromBytes: 1024 * 1024,
  /** Rows with data, without the header. */
  rowsMax: 10_000,
  /** Rows in all, with the empty ones that a format leaves behind. */
  rowsInFileMax: 20_000,
  columnsMax: 60,
  /** Of a cell: Excel's own limit. */
  textMax: 32_767,
} as const

/** The name of a column as Excel writes it: 0 is A, 27 is AB. */
function columnName(column: number): string {
  const letter = String.fromCharCode(65 + (column % 26))
  return column < 26 ? letter : columnName(Math.floor(column / 26) - 1) + letter
}

/** The address of a cell as Excel writes it: column 1 of row 7 is B7. */
export function addressOf(column: number, row: number): string {
  return `${columnName(column)}${String(row)}`
}

/** Takes an address such as B7; returns column 1 and row 7, or undefined when it is none. */
export function placeOf(address: string): { column: number; row: number } | undefined {
  const [, letters, digits] = /^([A-Z]{1,3})([1-9][0-9]{0,6})$/.exec(address) ?? []
  if (letters === undefined || digits === undefined) return undefined
  let column = 0
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64
  return { column: column - 1, row: Number(digits) }
}

/** The text of a cell at the entrance: NFC, no-break spaces as spaces, no blanks at the ends. */
export function cleanText(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\u00a0\u2007\u202f]/g, ' ')
    .trim()
}
