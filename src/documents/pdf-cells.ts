import { asText } from '../lib/spreadsheet-table.ts'
import type { Value } from '../lib/spreadsheet-table.ts'
import { printed } from './clean-text.ts'
import type { PaperColumn } from './paper.ts'
import type { Face, PdfEngine, Tagged } from './pdf-engine.ts'
import { artifact, lineHeight, tagged, textLine, wrap } from './pdf-page.ts'

/** Between a cell’s border and its text, in points. */
export const PAD = 2

/** A column in its place, in points. */
export interface Column extends PaperColumn {
  readonly x: number
  readonly space: number
}

/** Columns side by side over a width. */
export function placed(
  columns: readonly PaperColumn[],
  { left, width }: { readonly left: number; readonly width: number },
): readonly Column[] {
  const total = columns.reduce((sum, column) => sum + column.width, 0)
  let x = left
  return columns.map((column) => {
    const space = (column.width / total) * width
    x += space
    return { ...column, x: x - space, space }
  })
}

/** A cell whose text is cut into lines. */
export interface Cell {
  readonly column: Column
  readonly lines: readonly string[]
  readonly face: Face
}

/** Lays a value out. Money is never broken over lines: a sum too long for its column is set smaller. */
export function cellOf(engine: PdfEngine, column: Column, value: Value, face: Face): Cell {
  const space = column.space - 2 * PAD
  const text = asText(value)
  if (typeof value !== 'bigint') {
    return { column, lines: wrap(engine, printed(text), space, face), face }
  }
  const width = engine.widthOf(text, face)
  const size = width <= space ? face.size : (face.size * space) / width
  return { column, lines: [text], face: { ...face, size } }
}

/** A band of a table between two lines across, with lines down before columns from one on. */
interface Band {
  readonly top: number
  bottom: number
  readonly downFrom: number
}

/** What a table’s lines on a page are drawn from. */
export interface Grid {
  readonly columns: readonly Column[]
  readonly across: number[]
  readonly bands: Band[]
}

/** How a row of cells is drawn: from the top `y`, so high, with lines down from a column on. */
export interface RowPlace {
  readonly y: number
  readonly height: number
  readonly downFrom: number
}

/** Draws cells side by side as a row of the table, or as what the page alone has (`parent` null). */
export function drawCells(
  engine: PdfEngine,
  grid: Grid,
  cells: readonly Cell[],
  of: {
    readonly parent: Tagged | null
    readonly type: 'TD' | 'TH'
    readonly place: RowPlace
    readonly middle?: true
  },
): void {
  const { parent, type, place } = of
  const draw = (cell: Cell) => () => {
    const free = place.height - cell.lines.length * lineHeight(cell.face)
    drawLines(engine, cell, place.y + (of.middle === true ? free / 2 : PAD))
  }
  if (parent === null) artifact(engine, 'Pagination', () => cells.forEach((cell) => draw(cell)()))
  else drawTagged(engine, parent, cells, { type, draw })
  const { bands, across } = grid
  const last = bands.at(-1)
  if (last?.bottom === place.y && last.downFrom === place.downFrom) last.bottom += place.height
  else bands.push({ top: place.y, bottom: place.y + place.height, downFrom: place.downFrom })
  across.push(place.y + place.height)
}

function drawTagged(
  engine: PdfEngine,
  parent: Tagged,
  cells: readonly Cell[],
  { type, draw }: { readonly type: 'TD' | 'TH'; readonly draw: (cell: Cell) => () => void },
): void {
  const row = engine.doc.struct('TR')
  parent.add(row)
  for (const cell of cells) {
    if (cell.lines.length === 0) row.add(engine.doc.struct(type))
    else tagged(engine, row, { type, draw: draw(cell), ...(type === 'TH' && { scope: 'Column' }) })
  }
  row.end()
}

function drawLines(engine: PdfEngine, { column, lines, face }: Cell, top: number): void {
  let y = top
  for (const line of lines) {
    const place = { x: column.x + PAD, width: column.space - 2 * PAD, y }
    textLine(engine, line, place, { ...face, align: column.align ?? 'left' })
    y += lineHeight(face)
  }
}

/** Draws the lines of a table on the page that ends, and forgets them. */
export function drawGrid({ doc, ...engine }: PdfEngine, { columns, across, bands }: Grid): void {
  const [left, right] = [columns[0], columns.at(-1)]
  const [top, bottom] = [bands[0]?.top, bands.at(-1)?.bottom]
  if (left === undefined || right === undefined || top === undefined || bottom === undefined) return
  artifact({ doc, ...engine }, 'Layout', () => {
    doc.lineWidth(0.5)
    const end = right.x + right.space
    for (const y of [top, ...across]) doc.moveTo(left.x, y).lineTo(end, y)
    for (const x of [left.x, end]) doc.moveTo(x, top).lineTo(x, bottom)
    for (const band of bands) {
      for (const { x } of columns.slice(Math.max(1, band.downFrom))) {
        doc.moveTo(x, band.top).lineTo(x, band.bottom)
      }
    }
    doc.stroke()
  })
  across.length = 0
  bands.length = 0
}
