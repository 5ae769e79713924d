import { Readable } from 'node:stream'
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { DomainError } from './errors.ts'
import { formatVnd } from './money.ts'
import type { Value, WrittenColumn } from './spreadsheet-table.ts'
import { csvOf } from './spreadsheet-write-csv.ts'
import { writeXlsx } from './spreadsheet-write-xlsx.ts'

/** What leaves as a file: how its lines are read a page at a time, what stands in a row, what a line is worth. */
export interface Exported<Line> {
  readonly title: string
  readonly columns: readonly WrittenColumn[]
  /** The lines after one, or the first; fewer than `limit` when no more follow. */
  readonly page: (after: Line | null, limit: number) => Promise<readonly Line[]>
  /** The cells of a line at a place from 1. */
  readonly row: (line: Line, place: number) => readonly Value[]
  /** Of a line, in đồng; null when the export has no money. */
  readonly amount: ((line: Line) => bigint) | null
}

export type ExportFormat = 'xlsx' | 'csv'

/** How many lines, and their sum in đồng; null without money. */
export interface ExportTotal {
  readonly count: number
  readonly sum: bigint | null
}

/** What is said about an export beside its rows. */
export type ExportInfo = readonly (readonly [string, Value])[]

/** Lines read at a time. */
const PAGE_LINES = 2_000
/** Rows after which progress is told. */
const TOLD_ROWS = 100

/** An export, whatever its lines are. */
export interface Export {
  readonly title: string
  /** Reads all lines, page by page, and says how many they are and what they sum up to. */
  total(): Promise<ExportTotal>
  /**
   * Writes the export to `out`, page by page: memory does not grow with the rows. `info` stands beside them, in a sheet or
   * a block “Thông tin”. When the rows are not those that `total` counted, it fails with DomainError `export-changed` and
   * `out` is destroyed: a file that is cut short never looks whole. So both must read one moment.
   */
  write(file: ExportTarget): Promise<void>
}

interface ExportTarget {
  readonly format: ExportFormat
  readonly out: Writable
  readonly total: ExportTotal
  readonly info: ExportInfo
  /** Told now and then how many rows are written. */
  readonly onRows?: ((rows: number) => void) | undefined
}

/** Makes an export of its declaration. */
export function exportOf<Line>(of: Exported<Line>): Export {
  const total = async () => {
    const tally = tallyOf(of)
    for await (const line of linesOf(of)) tally.add(line)
    return tally.total()
  }
  return { title: of.title, total, write: (target) => writeAll(of, target) }
}

async function writeAll<Line>(of: Exported<Line>, target: ExportTarget) {
  const { format, out, info } = target
  const table = { name: of.title, columns: of.columns, rows: rowsOf(of, target) }
  if (format === 'csv') await pipeline(Readable.from(csvOf(table, info)), out)
  else await writeXlsx(out, [table, { name: 'Thông tin', columns: INFO, rows: info }])
}

const INFO = [
  { header: 'Mục', width: 32 },
  { header: 'Nội dung', width: 70 },
]

async function* rowsOf<Line>(of: Exported<Line>, { total, onRows }: ExportTarget) {
  const tally = tallyOf(of)
  for await (const line of linesOf(of)) {
    const place = tally.add(line)
    if (place % TOLD_ROWS === 0) onRows?.(place)
    yield of.row(line, place)
  }
  const written = tally.total()
  if (written.count === total.count && written.sum === total.sum) return
  const words = `Xuất được ${wordsOf(written)} thay vì ${wordsOf(total)}: xuất lại.`
  throw new DomainError('conflict', 'export-changed', words)
}

/** A total in words: “3 dòng, 1.080.000 đồng”. */
export const wordsOf = ({ count, sum }: ExportTotal): string =>
  `${formatVnd(BigInt(count))} dòng${sum === null ? '' : `, ${formatVnd(sum)} đồng`}`

async function* linesOf<Line>({ page }: Exported<Line>): AsyncGenerator<Line> {
  for (let after: Line | null = null; ;) {
    const lines: readonly Line[] = await page(after, PAGE_LINES)
    yield* lines
    after = lines.at(-1) ?? null
    if (lines.length < PAGE_LINES) return
  }
}

function tallyOf<Line>({ amount }: Exported<Line>) {
  let count = 0
  let sum = 0n
  return {
    /** Counts a line; returns its place. */
    add: (line: Line): number => {
      sum += amount?.(line) ?? 0n
      return (count += 1)
    },
    total: (): ExportTotal => ({ count, sum: amount === null ? null : sum }),
  }
}
