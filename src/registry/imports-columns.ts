import { addressOf } from '../lib/spreadsheet.ts'
import type { Cell, Sheet, SheetRow } from '../lib/spreadsheet.ts'
import { DomainError } from '../lib/errors.ts'
import { maskNumbersIn } from './id-number.ts'

/** A column of a kind of file: how officers head it, how its cells are read, and how that is explained to them. */
export interface Column<T> {
  readonly header: string
  /** Other headers that mean the same; case, diacritics and punctuation do not matter. */
  readonly aliases: readonly string[]
  readonly required: boolean
  /** The value of a filled cell. Throws a DomainError that says what is wrong, without repeating the cell. */
  readonly read: (cell: Cell) => T
  /** For the template's guide, in Vietnamese. */
  readonly rule: string
  readonly example: string
}

/** The columns of a kind by the name of the field that they fill; what is not required may be null. */
export type Columns<Row> = { readonly [Key in keyof Row]: Column<NonNullable<Row[Key]>> }

/** One cell to correct, or a whole row (no cell). `row` is Excel's number. */
export interface Fault {
  readonly row: number
  readonly cell: string
  /** The header of the column, as the file has it. */
  readonly column: string
  readonly message: string
}

/** A row that could be read, under Excel's number. */
export interface NumberedRow<Row> {
  readonly number: number
  readonly row: Row
}

/** Which columns of the file are which of the kind, and what is wrong with its header. */
export interface Header {
  readonly rowNumber: number
  /** Position in the file by field. */
  readonly positions: ReadonlyMap<string, number>
  /** Where the column of errors stands or will stand. */
  readonly errorsAt: number
  readonly problem: HeaderProblem | null
}

export interface HeaderProblem {
  readonly code: 'columns-missing' | 'columns-doubled' | 'columns-unknown'
  readonly message: string
  /** The headers in question. */
  readonly columns: readonly string[]
}

/** The column in which a file given back says what is wrong with each row. */
export const ERRORS_HEADER = 'Lỗi'
/** Columns that officers keep for themselves. */
const PASSED_OVER = ['STT', 'Số thứ tự', 'TT', 'Ghi chú', ERRORS_HEADER]

/** A header without case, diacritics, punctuation and what stands in brackets: "Số CCCD (12 số) *" is "so cccd". */
export function foldHeader(text: string): string {
  return text
    .replace(/\([^)]*\)/g, ' ')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[đĐ]/g, 'd')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
}

const passedOver = new Set(PASSED_OVER.map(foldHeader))

/**
 * Finds the columns of a kind in the header: the first row, or in an export of ours the first after the block
 * “Thông tin”. Missing columns are reported alone, before unknown and doubled ones (GOV.UK Notify's order).
 */
export function readHeader(sheet: Sheet, columns: Columns<Record<string, unknown>>): Header {
  const header = headerRow(sheet)
  const fields = Object.entries(columns)
  const fieldOf = new Map(
    fields.flatMap(([field, { header: name, aliases }]) =>
      [name, ...aliases].map((one) => [foldHeader(one), field] as const),
    ),
  )
  const positions = new Map<string, number>()
  const doubled: string[] = []
  const unknown: string[] = []
  for (const { column, text } of header.cells) {
    const folded = foldHeader(text)
    const field = fieldOf.get(folded)
    if (field === undefined && !passedOver.has(folded)) unknown.push(maskNumbersIn(text))
    if (field === undefined) continue
    if (positions.has(field)) doubled.push(maskNumbersIn(text))
    positions.set(field, column)
  }
  const missing = fields.filter(([field, { required }]) => required && !positions.has(field))
  const problem =
    missingProblem(
      missing.map(([, column]) => column.header),
      sheet,
      header,
      fieldOf,
    ) ??
    unknownProblem(
      unknown,
      doubled,
      fields.map(([, column]) => column.header),
    )
  return { rowNumber: header.number, positions, errorsAt: errorsColumn(sheet, header), problem }
}

function headerRow({ rows }: Sheet): SheetRow {
  const [first] = rows
  if (first === undefined) return { number: 1, cells: [] }
  const [title] = first.cells
  if (title?.text !== 'Thông tin' || first.cells.length > 1) return first
  const after = rows.find(
    ({ number }, index) => index > 0 && number > (rows[index - 1]?.number ?? 0) + 1,
  )
  return after ?? first
}

function errorsColumn({ rows }: Sheet, header: SheetRow): number {
  const existing = header.cells.find(({ text }) => foldHeader(text) === foldHeader(ERRORS_HEADER))
  if (existing !== undefined) return existing.column
  return Math.max(...rows.map(({ cells }) => cells.at(-1)?.column ?? 0), 0) + 1
}

const quoted = (names: readonly string[]) => names.map((name) => `“${name}”`).join(', ')

function missingProblem(
  missing: readonly string[],
  { rows }: Sheet,
  header: SheetRow,
  fieldOf: ReadonlyMap<string, string>,
): HeaderProblem | null {
  if (missing.length === 0) return null
  const known = ({ cells }: SheetRow) => cells.filter(({ text }) => fieldOf.has(foldHeader(text)))
  const later = rows.slice(0, 20).find((row) => row !== header && known(row).length > 1)
  const message =
    later !== undefined && known(later).length > known(header).length
      ? `Dòng tiêu đề phải là dòng 1, tệp này có ở dòng ${String(later.number)}: xóa các dòng phía trên rồi gửi lại.`
      : `Thiếu cột ${quoted(missing)} ở dòng ${String(header.number)}: thêm cột, hoặc dùng tệp mẫu.`
  return { code: 'columns-missing', message, columns: missing }
}

function unknownProblem(
  unknown: readonly string[],
  doubled: readonly string[],
  known: readonly string[],
): HeaderProblem | null {
  if (doubled.length > 0) {
    const message = `Cột ${quoted(doubled)} có hai lần: xóa một cột rồi gửi lại.`
    return { code: 'columns-doubled', message, columns: doubled }
  }
  if (unknown.length === 0) return null
  const message = `Không nhận ra cột ${quoted(unknown)}: xóa cột hoặc sửa tên. Các cột được nhận: ${known.join(', ')}.`
  return { code: 'columns-unknown', message, columns: unknown }
}

/** Reads the rows under the header. A row with a fault is not among the rows; each of its faults is named. */
export function readRows<Row>(
  sheet: Sheet,
  columns: Columns<Row>,
  header: Header,
): { readonly rows: readonly NumberedRow<Row>[]; readonly faults: readonly Fault[] } {
  const rows: NumberedRow<Row>[] = []
  const faults: Fault[] = []
  const fields = Object.keys(columns) as (keyof Row & string)[]
  for (const sheetRow of sheet.rows) {
    if (sheetRow.number <= header.rowNumber) continue
    const cells = new Map(sheetRow.cells.map((cell) => [cell.column, cell]))
    const own: Fault[] = []
    const read: Partial<Row> = {}
    for (const field of fields) {
      const position = header.positions.get(field)
      const cell = position === undefined ? undefined : cells.get(position)
      try {
        read[field] = valueOf(columns[field], cell) as Row[typeof field]
      } catch (error) {
        own.push(faultOf(error, { row: sheetRow.number, position, column: columns[field].header }))
      }
    }
    if (own.length === 0) rows.push({ number: sheetRow.number, row: read as Row })
    faults.push(...own)
  }
  return { rows, faults }
}

function valueOf<T>({ required, read }: Column<T>, cell: Cell | undefined): T | null {
  if (cell !== undefined) return read(cell)
  if (!required) return null
  throw new DomainError('invalid', 'cell-empty', 'Ô trống, phải có dữ liệu.')
}

function faultOf(
  error: unknown,
  at: { readonly row: number; readonly position: number | undefined; readonly column: string },
): Fault {
  if (!(error instanceof DomainError)) throw error
  const { row, position, column } = at
  const cell = position === undefined ? '' : addressOf(position, row)
  return { row, cell, column, message: error.message }
}
