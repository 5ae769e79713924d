import type { Readable } from 'node:stream'
import { addressOf, cleanText, LIMITS, placeOf } from './spreadsheet.ts'
import type { Cell, CellKind, Sheet, SheetRow } from './spreadsheet.ts'
import { readBook } from './spreadsheet-book.ts'
import type { Book } from './spreadsheet-book.ts'
import { dayOfSerial } from './spreadsheet-dates.ts'
import { tooManyRows } from './spreadsheet-guard.ts'
import { broken, refusal } from './spreadsheet-refusal.ts'
import { hear, unescapeCell } from './spreadsheet-xml.ts'
import { asRefusal, openPackage } from './spreadsheet-zip.ts'

/**
 * Reads the one sheet with data of a workbook that guardFile has let through. Throws the refusals of
 * spreadsheet-refusal.ts: among them hidden rows, columns and sheets with data, merged cells, data on two sheets.
 */
export async function readXlsx(bytes: Buffer): Promise<Sheet> {
  const { rows } = await readXlsxPart(bytes)
  return { format: 'xlsx', delimiter: null, rows }
}

/** The same, with the part of the package that the rows stand in. */
export async function readXlsxPart(
  bytes: Buffer,
): Promise<{ readonly part: string; readonly rows: readonly SheetRow[] }> {
  const parts = await openPackage(bytes)
  try {
    const book = await readBook(parts)
    const filled: { name: string; part: string; rows: readonly SheetRow[] }[] = []
    for (const sheet of book.sheets) {
      const rows = await readRows(await parts.stream(sheet.part), book)
      if (rows.length > 0) filled.push({ ...sheet, rows })
    }
    const [first, second] = filled
    if (first !== undefined && second !== undefined) throw twoSheets(first.name, second.name)
    if (first !== undefined) return first
    const part = book.sheets[0]?.part
    if (part === undefined) throw broken()
    return { part, rows: [] }
  } catch (error) {
    throw asRefusal(error)
  }
}

const twoSheets = (one: string, other: string) =>
  refusal(
    'spreadsheet-sheets',
    `Trang tính “${one}” và “${other}” đều có dữ liệu: để mỗi tệp một trang tính rồi gửi lại.`,
  )

/** A sheet as it is heard: where we are, and what has been read. */
interface Hearing {
  readonly rows: SheetRow[]
  readonly hiddenColumns: (readonly [from: number, to: number])[]
  /** The first range of merged cells. */
  merged: string | undefined
  row: number
  rowHidden: boolean
  cells: Cell[]
  column: number
  type: string
  style: number
  formula: boolean
  value: string[]
  inValue: boolean
  inGuide: boolean
}

async function readRows(part: Readable, book: Book): Promise<readonly SheetRow[]> {
  const at: Hearing = {
    ...{ rows: [], hiddenColumns: [], merged: undefined, row: 0, rowHidden: false, cells: [] },
    ...{ column: -1, type: '', style: 0, formula: false, value: [], inValue: false },
    inGuide: false,
  }
  const [opened, closed] = [openings(at), closings(at, book)]
  await hear(part, {
    open: (name, attributes) => opened[name]?.(attributes),
    close: (name) => closed[name]?.(),
    text: (text) => {
      if (at.inValue && !at.inGuide) at.value.push(text)
    },
  })
  if (at.merged === undefined) return at.rows
  const words = 'các ô bị gộp. Bỏ gộp ô (Unmerge Cells) rồi gửi lại.'
  throw refusal('spreadsheet-layout', words, at.merged)
}

const isTrue = (flag: string) => flag === '1' || flag === 'true'

function openings(
  at: Hearing,
): Readonly<Record<string, (attributes: Readonly<Record<string, string>>) => void>> {
  return {
    col: ({ hidden = '', min, max }) => {
      if (isTrue(hidden)) at.hiddenColumns.push([Number(min) - 1, Number(max) - 1])
    },
    row: ({ r, hidden = '' }) => {
      const row = r === undefined ? at.row + 1 : Number(r)
      if (!(row > at.row)) throw broken()
      at.row = row
      at.rowHidden = isTrue(hidden)
      at.column = -1
      at.cells = []
    },
    c: ({ r, t = 'n', s = '0' }) => {
      const place = r === undefined ? { column: at.column + 1, row: at.row } : placeOf(r)
      if (place?.row !== at.row || place.column <= at.column) throw broken()
      at.column = place.column
      at.type = t
      at.style = Number(s)
      at.formula = false
      at.value = []
    },
    f: () => (at.formula = true),
    v: () => (at.inValue = true),
    t: () => (at.inValue = true),
    rPh: () => (at.inGuide = true),
    mergeCell: ({ ref }) => (at.merged ??= ref),
  }
}

function closings(at: Hearing, book: Book): Readonly<Record<string, () => void>> {
  return {
    v: () => (at.inValue = false),
    t: () => (at.inValue = false),
    rPh: () => (at.inGuide = false),
    c: () => {
      const cell = cellAt(at, book)
      if (cell === undefined) return
      refuseHidden(at)
      at.cells.push(cell)
    },
    row: () => {
      if (at.cells.length === 0) return
      at.rows.push({ number: at.row, cells: at.cells })
      if (at.rows.length > LIMITS.rowsMax + 1) throw tooManyRows()
    },
  }
}

function refuseHidden(at: Hearing): void {
  const address = addressOf(at.column, at.row)
  if (at.column >= LIMITS.columnsMax) {
    const words = `có dữ liệu ngoài ${String(LIMITS.columnsMax)} cột đầu. Xóa các cột thừa rồi gửi lại.`
    throw refusal('spreadsheet-columns', words, address)
  }
  const inHidden = at.hiddenColumns.some(([from, to]) => at.column >= from && at.column <= to)
  if (!at.rowHidden && !inHidden) return
  const words = `nằm ở ${at.rowHidden ? 'dòng' : 'cột'} đang ẩn hoặc bị lọc. Bỏ ẩn, bỏ lọc rồi gửi lại.`
  throw refusal('spreadsheet-layout', words, address)
}

/** What the cell now ending holds; undefined when it is empty. A formula counts even when it has no value yet. */
function cellAt(at: Hearing, book: Book): Cell | undefined {
  const raw = at.value.join('')
  const read = at.formula ? { kind: 'formula' as const, text: raw } : valueOf(at, raw, book)
  const text = cleanText(read.text)
  if (text.length > LIMITS.textMax) throw broken()
  return text === '' && !at.formula ? undefined : { column: at.column, kind: read.kind, text }
}

function valueOf(at: Hearing, raw: string, book: Book): { kind: CellKind; text: string } {
  if (raw === '') return { kind: 'text', text: '' }
  switch (at.type) {
    case 's': {
      const text = /^[0-9]+$/.test(raw) ? book.sharedTexts[Number(raw)] : undefined
      if (text === undefined) throw broken()
      return { kind: 'text', text }
    }
    case 'inlineStr':
    case 'str':
      return { kind: 'text', text: unescapeCell(raw) }
    case 'b':
      return { kind: 'boolean', text: raw }
    case 'e':
      return { kind: 'error', text: raw }
    case 'd':
      return {
        kind: 'date',
        text: raw.replace(/^(\d{4})-(\d\d)-(\d\d)(T00:00:00.*)?$/, '$3/$2/$1'),
      }
    default:
      if (book.dateStyles[at.style] !== true) return { kind: 'number', text: raw }
      return { kind: 'date', text: dayOfSerial(raw, book.calendar) ?? raw }
  }
}
