import { invariant } from './errors.ts'
import { readRecords } from './spreadsheet-csv.ts'
import type { CsvRecord } from './spreadsheet-csv.ts'
import { protect, unprotect } from './spreadsheet-injection.ts'
import { noteOf } from './spreadsheet-notes.ts'
import type { Notes } from './spreadsheet-notes.ts'
import { csvCell } from './spreadsheet-write-csv.ts'
import type { Delimiter } from './spreadsheet.ts'

/** Without it Excel takes the file for Windows-1252, and nobody could read the notes. */
const BYTE_ORDER_MARK = '\ufeff'

/**
 * A CSV file with notes in a column of their own: delimiter, quotes, line ends and every cell stay as the file has them,
 * but for those that a spreadsheet would run.
 */
export function annotateCsv(bytes: Buffer, notes: Notes): Buffer {
  const { text, delimiter, records } = readRecords(bytes)
  const out = [BYTE_ORDER_MARK]
  let at = 0
  for (const [index, record] of records.entries()) {
    const { written } = record
    invariant(text.startsWith(written, at), 'records stand in the file one after the other')
    const end = /\r?\n?/y
    end.lastIndex = at + written.length
    const [lineEnd = ''] = end.exec(text) ?? []
    out.push(
      annotated(record, noteOf(notes, index + 1), { delimiter, column: notes.column }),
      lineEnd,
    )
    at += written.length + lineEnd.length
  }
  invariant(at === text.length, 'the records are the whole file')
  return Buffer.from(out.join(''))
}

function annotated(
  { cells, written }: CsvRecord,
  note: string,
  { delimiter, column }: { readonly delimiter: Delimiter; readonly column: number },
): string {
  const kept = split(written, delimiter).map((own, index) => {
    const cell = unprotect(cells[index] ?? '')
    return protect(cell) === (cells[index] ?? '') ? own : csvCell(cell, delimiter)
  })
  while (note !== '' && kept.length < column) kept.push('')
  if (note !== '' || kept.length > column) kept[column] = csvCell(note, delimiter)
  return kept.join(delimiter)
}

/** The cells of a record as they are written, quotes and all. */
function split(written: string, delimiter: Delimiter): readonly string[] {
  const cells: string[] = []
  const cell = new RegExp(`(?:"(?:[^"]|"")*"|[^${delimiter}]*)(?:${delimiter}|$)`, 'ys')
  for (let last = false; !last;) {
    const [found = ''] = cell.exec(written) ?? []
    last = !found.endsWith(delimiter)
    cells.push(last ? found : found.slice(0, -1))
  }
  invariant(cells.join(delimiter) === written, 'cells stand in the record one after the other')
  return cells
}
