import type { Delimiter } from './spreadsheet.ts'
import { protect } from './spreadsheet-injection.ts'
import { asText } from './spreadsheet-table.ts'
import type { Table, Value } from './spreadsheet-table.ts'

const BYTE_ORDER_MARK = '\ufeff'
const LINE_END = '\r\n'

/**
 * A table as CSV, piece by piece: UTF-8 with a byte order mark (Excel takes it for Windows-1252 without), money and days
 * as Vietnamese papers write them, nothing that a spreadsheet would run. `info` stands before it under the title
 * “Thông tin”, with an empty line between; the reader knows it.
 */
export async function* csvOf(
  { columns, rows }: Table,
  info: readonly (readonly [string, Value])[] = [],
): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK
  if (info.length > 0) {
    yield csvLine(['Thông tin', ''], ',')
    for (const [what, value] of info) yield recordOf([what, value])
    yield LINE_END
  }
  yield csvLine(
    columns.map(({ header }) => header),
    ',',
  )
  for await (const row of rows) yield recordOf(row)
}

/** Money is ours, and no formula with a sign before it; texts are anybody’s. */
const recordOf = (row: readonly Value[]): string =>
  row
    .map((value) => (typeof value === 'bigint' ? asText(value) : csvCell(asText(value), ',')))
    .join(',') + LINE_END

/** One record of a CSV file with its line end. */
export const csvLine = (cells: readonly string[], delimiter: Delimiter): string =>
  cells.map((cell) => csvCell(cell, delimiter)).join(delimiter) + LINE_END

/** A cell of a CSV file, protected, and quoted where it must be (RFC 4180). */
export function csvCell(cell: string, delimiter: Delimiter): string {
  const text = protect(cell)
  const quoted = /["\r\n]|^\s|\s$/.test(text) || text.includes(delimiter)
  return quoted ? `"${text.replaceAll('"', '""')}"` : text
}
