import type { PaperRow, PaperTable } from './paper.ts'
import { cellOf, drawCells, drawGrid, PAD, placed } from './pdf-cells.ts'
import type { Cell, Grid } from './pdf-cells.ts'
import type { Face, PdfEngine, Tagged } from './pdf-engine.ts'
import { lineHeight } from './pdf-page.ts'
import type { Pages } from './pdf-page.ts'
import { sumsOf } from './tally.ts'

/** More columns than this are set smaller, and more than that smaller still. */
const WIDE = 9
const WIDER = 14
const sizeOf = ({ columns: { length } }: PaperTable): number =>
  length > WIDER ? 7.5 : length > WIDE ? 8.5 : 10.5

type Sums = readonly (bigint | null)[]

/** A table on its way down the pages. */
interface Drawing {
  readonly pages: Pages
  readonly engine: PdfEngine
  readonly table: PaperTable
  readonly grid: Grid
  readonly size: number
  readonly body: Tagged
  /** Sums of the page, and of the pages before it. */
  page: ReturnType<typeof sumsOf>
  before: Sums
}

/**
 * Draws a table row by row. Its head stands on every page; a row is never cut; each page but the last ends with its sums
 * and with those of all pages so far, the last with the sums that the database declared.
 */
export async function drawTable(
  pages: Pages,
  parent: Tagged,
  { table, rows }: { readonly table: PaperTable; readonly rows: AsyncIterable<PaperRow> },
): Promise<void> {
  const { engine } = pages
  const root = engine.doc.struct('Table')
  parent.add(root)
  const drawing = begin(pages, root, table)
  let none = true
  for await (const row of rows) {
    none = false
    drawRow(drawing, row)
    await engine.flush()
  }
  if (none) drawRow(drawing, { kind: 'group', text: table.empty }, 0)
  if (isSummed(table)) {
    pages.room(sumHeight(drawing))
    drawSums(drawing, table.sumLabel, { sums: table.sums, parent: drawing.body })
  }
  if (table.closing !== undefined) drawRow(drawing, { kind: 'note', cells: table.closing })
  pages.interrupted = null
  drawGrid(engine, drawing.grid)
  drawing.body.end()
  root.end()
}

const isSummed = ({ sums }: PaperTable): boolean => sums.some((sum) => sum !== null)

function begin(pages: Pages, root: Tagged, table: PaperTable): Drawing {
  const { engine } = pages
  const [head, body] = [engine.doc.struct('THead'), engine.doc.struct('TBody')]
  const grid = { columns: placed(table.columns, pages), across: [], bands: [] }
  const size = sizeOf(table)
  const sums = { page: sumsOf(table), before: table.sums.map((sum) => (sum === null ? null : 0n)) }
  const drawing = { pages, engine, table, grid, size, body, ...sums }
  root.add(head)
  const cells = headCells(engine, grid.columns, size)
  pages.room(startHeight(pages, table))
  drawHead(drawing, cells, head)
  head.end()
  root.add(body)
  pages.interrupted = {
    leave: () => leavePage(drawing),
    // What stands on every page is read aloud once.
    enter: () => drawHead(drawing, cells, null),
  }
  return drawing
}

/** Lines that follow a head on its page: a heading with the row below it, or a row of some lines. */
const START_LINES = 5

/** What a table takes before it may go on overleaf, in points: its head does not stand alone at the bottom. */
export function startHeight(pages: Pages, table: PaperTable): number {
  const size = sizeOf(table)
  const head = heightOf(headCells(pages.engine, placed(table.columns, pages), size))
  const lines = table.count === 0 ? 1 : START_LINES
  return head + lines * lineHeight({ size }) + 2 * PAD + reserveOf({ table, size })
}

const headCells = (
  engine: Drawing['engine'],
  columns: Drawing['grid']['columns'],
  size: number,
): readonly Cell[] =>
  columns.map((column) =>
    cellOf(engine, { ...column, align: 'center' }, column.header, { font: 'bold', size }),
  )

const heightOf = (cells: readonly Cell[]): number =>
  Math.max(...cells.map(({ lines, face }) => Math.max(1, lines.length) * lineHeight(face))) +
  2 * PAD

function drawHead({ pages, engine, grid }: Drawing, cells: readonly Cell[], parent: Tagged | null) {
  const height = heightOf(cells)
  const place = { y: pages.y, height, downFrom: 0 }
  drawCells(engine, grid, cells, { parent, type: 'TH', place, middle: true })
  pages.y += height
}

/** A page of a table with sums ends with two rows of them. */
const reserveOf = (drawing: Pick<Drawing, 'table' | 'size'>): number =>
  isSummed(drawing.table) ? 2 * sumHeight(drawing) : 0
const sumHeight = ({ size }: Pick<Drawing, 'size'>): number => lineHeight({ size }) + 2 * PAD

/** `below`: lines that must fit below it. A heading does not stand alone at the bottom. */
function drawRow(drawing: Drawing, row: PaperRow, below = row.kind === 'group' ? 3 : 0): void {
  const { pages, engine, grid, size, body: parent } = drawing
  const cells = row.kind === 'group' ? groupCells(drawing, row.text) : rowCells(drawing, row)
  const height = heightOf(cells)
  pages.room(height + below * lineHeight({ size }) + reserveOf(drawing))
  if (row.kind === 'line') drawing.page.add(row.cells)
  const downFrom = row.kind === 'group' ? grid.columns.length : 0
  drawCells(engine, grid, cells, { parent, type: 'TD', place: { y: pages.y, height, downFrom } })
  pages.y += height
}

function rowCells(
  { engine, grid, size }: Drawing,
  row: Extract<PaperRow, { kind: 'line' | 'note' }>,
): readonly Cell[] {
  const face: Face = { font: row.kind === 'note' ? 'bold' : 'regular', size }
  return grid.columns.map((column, at) => cellOf(engine, column, row.cells[at] ?? null, face))
}

function groupCells({ pages, engine, size }: Drawing, text: string): readonly Cell[] {
  const column = { header: '', width: 0, x: pages.left, space: pages.width }
  return [cellOf(engine, column, text, { font: 'bold', size })]
}

function leavePage(drawing: Drawing): void {
  const { table, engine, grid } = drawing
  const page = drawing.page.found()
  drawing.before = drawing.before.map((sum, at) => (sum === null ? null : sum + (page[at] ?? 0n)))
  drawing.page = sumsOf(table)
  if (isSummed(table) && grid.bands.length > 0) {
    drawSums(drawing, 'Cộng trang này', { sums: page, parent: null })
    drawSums(drawing, 'Cộng từ đầu bảng', { sums: drawing.before, parent: null })
  }
  drawGrid(engine, grid)
}

/** Sums in their columns; the label stands across those before. */
function drawSums(
  drawing: Drawing,
  label: string,
  { sums, parent }: { readonly sums: Sums; readonly parent: Tagged | null },
): void {
  const { pages, engine, grid, size } = drawing
  const face = { font: 'bold', size } as const
  const downFrom = sums.findIndex((sum) => sum !== null)
  const until = grid.columns[downFrom]?.x ?? pages.left
  const across = { header: '', width: 0, x: pages.left, space: until - pages.left }
  const values = grid.columns
    .slice(downFrom)
    .map((column, at) => cellOf(engine, column, sums[downFrom + at] ?? null, face))
  const place = { y: pages.y, height: sumHeight(drawing), downFrom }
  const cells = [cellOf(engine, across, label, face), ...values]
  drawCells(engine, grid, cells, { parent, type: 'TD', place })
  pages.y += place.height
}
