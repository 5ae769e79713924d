import { isUtf8 } from 'node:buffer'
import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { CsvError, parse } from 'csv-parse/sync'
import type { z } from 'zod'
import { DomainError } from './errors.ts'

/** One cell to correct. `row` is counted as Excel does: the header is row 1. */
export interface CsvFault {
  readonly file: string
  readonly row: number
  readonly column: string
  readonly fault: string
}

const FAULTY_ROWS_SHOWN = 15

/**
 * Reads a CSV file (UTF-8, RFC 4180, a header) whose columns are the schema's keys in snake_case,
 * in any order. Takes the path and a strict schema of the cells as text; returns the rows in the
 * order of the file, so that row `i` is Excel's row `i + 2`. Throws one DomainError that names
 * file, row, column and remedy of the first 15 bad rows, or that the file is missing, not UTF-8 or
 * not CSV. The cells themselves are not repeated: they may be personal data.
 */
export function readCsv<Shape extends z.ZodRawShape>(
  path: string,
  schema: z.ZodObject<Shape, z.core.$strict>,
): readonly z.output<z.ZodObject<Shape, z.core.$strict>>[] {
  const file = basename(path)
  const [header = [], ...records] = parseRecords(file, readText(path))
  const keyOf = new Map(Object.keys(schema.shape).map((key) => [columnOf(key), key]))
  refuseCsv(headerFaults(file, header, [...keyOf.keys()]))
  const rows: z.output<typeof schema>[] = []
  const faults: CsvFault[] = []
  for (const [index, record] of records.entries()) {
    const at = { file, row: index + 2 }
    if (record.length !== header.length) {
      faults.push({ ...at, column: '(all)', fault: widthFault(record.length, header.length) })
      continue
    }
    const cells = header.map((column, position) => [keyOf.get(column), record[position]])
    const result = schema.safeParse(Object.fromEntries(cells))
    if (result.success) rows.push(result.data)
    else faults.push(...result.error.issues.map((issue) => ({ ...at, ...asFault(issue) })))
  }
  refuseCsv(faults)
  return rows
}

/**
 * Takes the faults found in one or more files; returns when there are none, else throws one
 * DomainError that lists those of the first 15 bad rows and counts the other rows.
 */
export function refuseCsv(faults: readonly CsvFault[]): void {
  if (faults.length === 0) return
  const rowOf = (fault: CsvFault) => `${fault.file}:${String(fault.row)}`
  const badRows = [...new Set(faults.map(rowOf))]
  const listed = new Set(badRows.slice(0, FAULTY_ROWS_SHOWN))
  const shown = faults.filter((fault) => listed.has(rowOf(fault)))
  const lines = shown.map(
    ({ file, row, column, fault }) => `  ${file} row ${String(row)}, column ${column}: ${fault}`,
  )
  const hidden = badRows.length - listed.size
  if (hidden > 0) lines.push(`  … and ${String(hidden)} more rows`)
  const message = ['Nothing was read. Correct these cells and try again:', ...lines].join('\n')
  throw new DomainError('invalid', 'csv-invalid', message, { faults: shown })
}

function readText(path: string): string {
  const file = basename(path)
  if (!existsSync(path)) {
    const message = `${file} is missing from its folder: put it back from version control.`
    throw new DomainError('not-found', 'csv-missing', message, { path })
  }
  const bytes = readFileSync(path)
  if (!isUtf8(bytes)) {
    const message = `${file} is not UTF-8 text: save it again as "CSV UTF-8".`
    throw new DomainError('invalid', 'csv-not-utf8', message, { path })
  }
  return bytes.toString('utf8')
}

function parseRecords(file: string, text: string): readonly (readonly string[])[] {
  try {
    return parse(text, { bom: true, relax_column_count: true })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const row = typeof error['records'] === 'number' ? error['records'] + 1 : 1
    const fault = `has a quote that does not close where it should (${error.code}): put it right`
    refuseCsv([{ file, row, column: '(all)', fault }])
    throw error
  }
}

function headerFaults(
  file: string,
  header: readonly string[],
  expected: readonly string[],
): readonly CsvFault[] {
  const fault = (column: string, words: string) => ({ file, row: 1, column, fault: words })
  const missing = expected.filter((column) => !header.includes(column))
  const unknown = header.filter((column) => !expected.includes(column))
  const twice = header.filter((column, position) => header.indexOf(column) !== position)
  return [
    ...missing.map((column) => fault(column, 'the column is missing: add it to the header')),
    ...unknown.map((column) => fault(column, 'the column is not known: remove or rename it')),
    ...twice.map((column) => fault(column, 'the column stands twice: remove one')),
  ]
}

const widthFault = (found: number, expected: number): string =>
  `has ${String(found)} cells where the header has ${String(expected)}: add or remove commas`

const asFault = (issue: z.core.$ZodIssue): Pick<CsvFault, 'column' | 'fault'> => ({
  column: columnOf(String(issue.path[0] ?? '(all)')),
  fault: issue.message,
})

/** `validFrom` is the column `valid_from`, `amountAt360000` is `amount_at_360000`. */
const columnOf = (key: string): string =>
  key.replace(/[A-Z]|(?<=[a-z])\d/g, (start) => `_${start.toLowerCase()}`)
