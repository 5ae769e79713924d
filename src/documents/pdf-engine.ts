import { once } from 'node:events'
import type { Writable } from 'node:stream'
import PDFDocument from 'pdfkit'
import { fonts } from './fonts.ts'
import type { FontName } from './fonts.ts'

/** Bytes that are gathered before they are written. */
const PIECE_BYTES = 64 * 1024

/** What pdfkit 0.20.2 has inside and does not say in its types; the version is pinned for it. */
interface Inside {
  readonly _fontFamilies: Readonly<Record<string, { layoutCache: object }>>
  _offset: number
  _write: (data: string | Uint8Array) => void
  readonly page: { readonly structParentTreeKey: number }
  getStructParentTree(): {
    get(key: number): unknown
    add(key: number, value: unknown): unknown
  }
  ref(data: unknown): { end(): void }
}

/** A structure element: what tags a part of the text for whoever cannot see it. */
export type Tagged = PDFKit.PDFStructureElement

export interface Face {
  readonly font: FontName
  readonly size: number
}

/** A tagged PDF that is written as it grows. */
export interface PdfEngine {
  readonly doc: PDFKit.PDFDocument
  /** One line of text by its left edge and top, in points. */
  readonly line: (text: string, at: { readonly x: number; readonly y: number }, face: Face) => void
  /** How wide a line is, in points. */
  readonly widthOf: (text: string, face: Face) => number
  /** Lets go of what only the page that ends needs: the way from its marks to their structure, and layouts of words. */
  readonly releasePage: () => void
  /** Writes what has grown and waits until it is taken. */
  readonly flush: (all?: boolean) => Promise<void>
}

/**
 * Opens a PDF on `out`. pdfkit’s own buffer, an object for each of a million short lines, is taken out of its way, and what
 * it would keep until the end goes with each page: memory does not grow with the pages. `createdAt` is the one time in
 * the file, so that the same paper has the same bytes. Throws DomainError `font-missing`.
 */
export function openPdf(
  out: Writable,
  of: {
    readonly layout: 'portrait' | 'landscape'
    readonly title: string
    readonly author: string
    readonly keywords: string
    readonly createdAt: Date
  },
): PdfEngine {
  const files = fonts()
  const doc = new PDFDocument({
    ...{ size: 'A4', layout: of.layout, margin: 0, autoFirstPage: false, font: '' },
    ...{ pdfVersion: '1.7', tagged: true, displayTitle: true, lang: 'vi-VN' },
    info: {
      ...{ Title: of.title, Author: of.author, Keywords: of.keywords },
      ...{ CreationDate: of.createdAt, Creator: 'An Sinh Ledger', Producer: 'An Sinh Ledger' },
    },
  })
  for (const [name, bytes] of Object.entries(files)) doc.registerFont(name, bytes)
  const inside = doc as unknown as Inside
  const pieces = gather(doc, inside)
  const use = ({ font, size }: Face) => doc.font(font).fontSize(size)
  return {
    doc,
    line: (text, { x, y }, face) => void use(face).text(text, x, y, { lineBreak: false }),
    widthOf: (text, face) => use(face).widthOfString(text),
    releasePage: () => releasePage(inside),
    flush: async (all = false) => {
      const bytes = pieces.take(all ? 1 : PIECE_BYTES)
      if (bytes !== null && !out.write(bytes)) await once(out, 'drain')
    },
  }
}

/** Takes what pdfkit writes; the header is in its buffer already. */
function gather(doc: PDFKit.PDFDocument, inside: Inside) {
  const header = doc.read() as Buffer
  let pieces: Uint8Array[] = [header]
  let length = header.length
  inside._write = (data) => {
    const piece = typeof data === 'string' ? Buffer.from(`${data}\n`, 'latin1') : data
    pieces.push(piece)
    length += piece.length
    inside._offset += piece.length
  }
  return {
    take: (atLeast: number): Buffer | null => {
      if (length < atLeast) return null
      const bytes = Buffer.concat(pieces)
      pieces = []
      length = 0
      return bytes
    },
  }
}

function releasePage(inside: Inside): void {
  const tree = inside.getStructParentTree()
  const key = inside.page.structParentTreeKey
  const marks = inside.ref(tree.get(key))
  marks.end()
  tree.add(key, marks)
  for (const font of Object.values(inside._fontFamilies))
    font.layoutCache = Object.create(null) as object
}
