import { CsvError, parse } from 'csv-parse/sync'
import { addressOf, cleanText, LIMITS } from './spreadsheet.ts'
import type { Cell, Delimiter, Sheet, SheetRow } from './spreadsheet.ts'
import { tooManyRows } from './spreadsheet-guard.ts'
import { unprotect } from './spreadsheet-injection.ts'
import { refusal } from './spreadsheet-refusal.ts'

/**
 * Reads a CSV file that guardFile has let through: UTF-8 with or without a byte order mark; comma, semicolon or tab,
 * whichever the header has most of. Rows count as Excel counts them: a line break inside quotes begins none. Throws the
 * refusals of spreadsheet-refusal.ts.
 */
export function readCsvSheet(bytes: Buffer): Sheet {
  const { delimiter, records } = readRecords(bytes)
  const rows: SheetRow[] = []
  for (const [index, { cells: texts }] of records.entries()) {
    const number = index + 1
    const cells = texts.flatMap((text, column) => cellOf(text, { column, row: number }))
    if (cells.length > 0) rows.push({ number, cells })
    if (rows.length > LIMITS.rowsMax + 1) throw tooManyRows()
  }
  return { format: 'csv', delimiter, rows }
}

/** A record of a CSV file: its cells, and the text in which the file has them, without the line end. */
export interface CsvRecord {
  readonly cells: readonly string[]
  readonly written: string
}

/** The text of a CSV file without its byte order mark, its records in order, and what separates their cells. */
export function readRecords(bytes: Buffer): {
  readonly text: string
  readonly delimiter: Delimiter
  readonly records: readonly CsvRecord[]
} {
  const text = bytes.toString('utf8').replace(/^\ufeff/, '')
  const delimiter = delimiterOf(text)
  try {
    const parsed = parse(text, {
      ...{ delimiter, relax_column_count: true, relax_quotes: false, skip_empty_lines: false },
      ...{ max_record_size: LIMITS.columnsMax * LIMITS.textMax, raw: true },
    }) as unknown as readonly { readonly record: readonly string[]; readonly raw: string }[]
    // csv-parse leaves some of the line end in what it calls raw.
    const records = parsed.map(({ record, raw }) => ({
      ...{ cells: record, written: raw.replace(/\r?\n?$/, '') },
    }))
    return { text, delimiter, records }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const row = typeof error['records'] === 'number' ? error['records'] + 1 : 1
    const column = typeof error['index'] === 'number' ? error['index'] : 0
    const words = 'dấu nháy kép (") mở mà không đóng đúng chỗ. Lưu lại tệp bằng Excel rồi gửi lại.'
    throw refusal('spreadsheet-broken', words, addressOf(column, row))
  }
}

const DELIMITERS: readonly Delimiter[] = [',', ';', '\t']

function delimiterOf(text: string): Delimiter {
  const header =
    /^(?:[^"\r\n]|"(?:[^"]|"")*")*/.exec(text)?.[0].replace(/"(?:[^"]|"")*"/g, '') ?? ''
  const counted = DELIMITERS.map((delimiter) => ({
    delimiter,
    count: header.split(delimiter).length - 1,
  }))
  const [most] = counted.toSorted((a, b) => b.count - a.count)
  if (most !== undefined && most.count > 0) return most.delimiter
  const words =
    'dòng tiêu đề không có dấu phẩy, chấm phẩy hay tab giữa các cột. Lưu lại bằng Excel kiểu “CSV UTF-8” rồi gửi lại.'
  throw refusal('spreadsheet-delimiter', words, 'A1')
}

function cellOf(raw: string, at: { column: number; row: number }): readonly Cell[] {
  const text = unprotect(cleanText(raw))
  if (text === '') return []
  const address = addressOf(at.column, at.row)
  if (at.column >= LIMITS.columnsMax) {
    const words = `có dữ liệu ngoài ${String(LIMITS.columnsMax)} cột đầu. Xóa các cột thừa rồi gửi lại.`
    throw refusal('spreadsheet-columns', words, address)
  }
  if (text.length > LIMITS.textMax) {
    throw refusal('spreadsheet-columns', 'có quá nhiều chữ trong một ô.', address)
  }
  return [{ column: at.column, kind: 'text', text }]
}
