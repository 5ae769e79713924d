import type { Face, PdfEngine, Tagged } from './pdf-engine.ts'

/** Points of a millimetre. */
export const MM = 72 / 25.4

/** Margins of Decree 30/2020, Appendix I: top and bottom 20–25 mm, left 30–35, right 15–20. */
const MARGIN = { top: 20 * MM, bottom: 20 * MM, left: 30 * MM, right: 15 * MM }

/** From one line of a paragraph to the next, in sizes of its letters. */
const LEADING = 1.18

/** Face and alignment of a text. */
export interface TextStyle extends Face {
  readonly align?: 'left' | 'center' | 'right'
}

/** Where a text stands: its left edge and width, in points. */
export interface Place {
  readonly x: number
  readonly width: number
}

/** What a part of the paper does at the end of a page that interrupts it, and at the top of the next. */
export interface Interrupted {
  readonly leave: () => void
  readonly enter: () => void
}

/** The pages of a paper, and where the next thing stands. */
export interface Pages {
  readonly engine: PdfEngine
  readonly left: number
  readonly width: number
  readonly bottom: number
  /** From the top of the page, in points. */
  y: number
  interrupted: Interrupted | null
  /** Begins a new page unless there is room for a height. */
  readonly room: (height: number) => void
}

/** Begins the first page. `foot` stands small at the bottom of every page. */
export function openPages(engine: PdfEngine, foot: string): Pages {
  const { doc } = engine
  let number = 0
  const start = () => {
    doc.addPage()
    number += 1
    pages.y = MARGIN.top
    artifact(engine, 'Pagination', () => {
      const whole = { x: MARGIN.left, width: doc.page.width - MARGIN.left - MARGIN.right }
      // From the second page on, in the middle of the top margin, size 13 (Decree 30/2020, App. I).
      const top = { font: 'regular', size: 13, align: 'center' } as const
      if (number > 1) textLine(engine, String(number), { ...whole, y: 9 * MM }, top)
      const y = doc.page.height - 13 * MM
      textLine(engine, foot, { ...whole, y }, { font: 'italic', size: 8 })
    })
  }
  const pages: Pages = {
    ...{ engine, left: MARGIN.left, width: 0, bottom: 0, y: 0, interrupted: null },
    room: (height) => {
      if (pages.y + height <= pages.bottom) return
      pages.interrupted?.leave()
      engine.releasePage()
      start()
      pages.interrupted?.enter()
    },
  }
  start()
  const { width, height } = doc.page
  return Object.assign(pages, {
    width: width - MARGIN.left - MARGIN.right,
    bottom: height - MARGIN.bottom,
  })
}

/** What belongs to the page and not to the text: nobody is read it aloud. */
export function artifact(
  { doc }: PdfEngine,
  type: 'Pagination' | 'Layout',
  draw: () => void,
): void {
  doc.markContent('Artifact', { type })
  draw()
  doc.endMarkedContent()
}

/** A part of the structure with what it is drawn by. */
export function tagged(
  { doc }: PdfEngine,
  parent: Tagged,
  of: { readonly type: string; readonly draw: () => void; readonly scope?: 'Column' },
): void {
  const { type, draw, scope } = of
  // Its types lag behind: pdfkit 0.20 takes the scope of a head.
  const options: PDFKit.Mixins.StructureElementOptions & { scope?: 'Column' } = {}
  if (scope !== undefined) options.scope = scope
  parent.add(doc.struct(type, options, draw))
}

/** One line in its place, aligned. */
export function textLine(
  engine: PdfEngine,
  text: string,
  { x, y, width }: Place & { readonly y: number },
  { align = 'left', ...face }: TextStyle,
): void {
  if (text === '') return
  const free = align === 'left' ? 0 : width - engine.widthOf(text, face)
  engine.line(text, { x: x + (align === 'center' ? free / 2 : free), y }, face)
}

/** A text cut into lines that are no wider than `width`: between words, and inside a word only when it is too long. */
export function wrap(
  engine: PdfEngine,
  text: string,
  width: number,
  face: Face,
): readonly string[] {
  if (text === '') return []
  if (engine.widthOf(text, face) <= width) return [text]
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (engine.widthOf(longer, face) <= width) {
      line = longer
      continue
    }
    if (line !== '') lines.push(line)
    const [rest = '', ...full] = piecesOf(engine, word, width, face).toReversed()
    lines.push(...full.toReversed())
    line = rest
  }
  return [...lines, line]
}

/** A word in pieces that fit; most are one. */
function piecesOf(engine: PdfEngine, word: string, width: number, face: Face): readonly string[] {
  if (engine.widthOf(word, face) <= width) return [word]
  const pieces: string[] = []
  let piece = ''
  for (const letter of word) {
    if (piece !== '' && engine.widthOf(piece + letter, face) > width) {
      pieces.push(piece)
      piece = ''
    }
    piece += letter
  }
  return [...pieces, piece]
}

export const lineHeight = ({ size }: Pick<Face, 'size'>): number => size * LEADING

/** A paragraph of its own, which no page break cuts. Moves on below it. */
export function paragraph(
  pages: Pages,
  parent: Tagged,
  text: string,
  style: TextStyle & { readonly place?: Place; readonly type?: string },
): void {
  const { engine } = pages
  const { place = { x: pages.left, width: pages.width }, type = 'P' } = style
  const lines = wrap(engine, text, place.width, style)
  if (lines.length === 0) return
  pages.room(lines.length * lineHeight(style))
  tagged(engine, parent, {
    type,
    draw: () => {
      for (const line of lines) {
        textLine(engine, line, { ...place, y: pages.y }, style)
        pages.y += lineHeight(style)
      }
    },
  })
}
