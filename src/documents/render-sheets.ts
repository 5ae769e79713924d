import { Readable } from 'node:stream'
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { formatVnd } from '../lib/money.ts'
import { visible } from './clean-text.ts'
import type { Table, Value } from '../lib/spreadsheet-table.ts'
import { csvLine, csvOf } from '../lib/spreadsheet-write-csv.ts'
import { writeXlsx } from '../lib/spreadsheet-write-xlsx.ts'
import type { Paper, PaperRow, PaperTable, Stamp, Written } from './paper.ts'
import { headWords } from './pdf-evidence.ts'
import { openTally, tablesOf } from './tally.ts'
import type { Tally } from './tally.ts'

/**
 * Writes a paper as a workbook, a sheet a table and the sheet “Thông tin”, row by row. Texts are typed as texts, so that
 * none is ever a formula. Throws DomainError `document-changed`; `out` is then destroyed.
 */
export async function renderXlsx(out: Writable, paper: Paper, stamp: Stamp): Promise<Written> {
  const tally = openTally()
  const tables = tablesOf(paper).map((table) => asSheet(table, tally))
  const info = { name: 'Thông tin', columns: INFO, rows: infoOf(paper, stamp) }
  await writeXlsx(out, [...tables, info])
  return tally.written()
}

/** Writes a paper as CSV: the block “Thông tin”, then its tables with an empty line between. As `renderXlsx` else. */
export async function renderCsv(out: Writable, paper: Paper, stamp: Stamp): Promise<Written> {
  const tally = openTally()
  await pipeline(Readable.from(csvTables(paper, stamp, tally)), out)
  return tally.written()
}

async function* csvTables(paper: Paper, stamp: Stamp, tally: Tally): AsyncGenerator<string> {
  const [first = NOTHING, ...more] = tablesOf(paper).map((table) => asSheet(table, tally))
  yield* csvOf(first, infoOf(paper, stamp))
  for (const table of more) {
    yield `\r\n${csvLine([table.name], ',')}`
    const marked = csvOf(table)
    // The byte order mark stands at the beginning of the file alone.
    await marked.next()
    yield* marked
  }
}

const NOTHING: Table = { name: 'Bảng', columns: [], rows: [] }

const asSheet = (table: PaperTable, tally: Tally): Table => ({
  name: table.name,
  columns: table.columns.map(({ header, sheetWidth }) => ({
    header,
    ...(sheetWidth !== undefined && { width: sheetWidth }),
  })),
  rows: cellsOf(table, tally.passing(table)),
})

async function* cellsOf(
  { closing }: PaperTable,
  rows: AsyncIterable<PaperRow>,
): AsyncGenerator<readonly Value[]> {
  for await (const row of rows) yield (row.kind === 'group' ? [row.text] : row.cells).map(clean)
  if (closing !== undefined) yield closing.map(clean)
}

/** As on paper: without marks that turn what stands beside them around. */
const clean = (value: Value): Value => (typeof value === 'string' ? visible(value) : value)

const INFO = [
  { header: 'Mục', width: 32 },
  { header: 'Nội dung', width: 70 },
]

/** Filters, count, sum, time and user; the time is the head’s, so that the same paper has the same bytes. */
function infoOf(paper: Paper, stamp: Stamp): readonly (readonly [string, Value])[] {
  const { query, total } = paper
  const filters = Object.entries(query.parameters).map(
    ([name, value]) => [`Bộ lọc: ${name}`, value] as const,
  )
  const count = tablesOf(paper)[0]?.count ?? 0
  const items: readonly (readonly [string, Value])[] = [
    ['Nội dung', [paper.title, ...paper.subtitle].join(' – ')],
    ['Truy vấn', query.id],
    ...filters,
    ['Số dòng', formatVnd(BigInt(count))],
    ...(total === null ? [] : [['Tổng số tiền (đồng)', total] as const]),
    ...paper.info,
    ['Thời điểm số liệu', headWords(stamp)],
    ['Người lập', stamp.madeBy],
  ]
  return items.map(([what, value]) => [what, clean(value)])
}
