import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { SaxesParser } from 'saxes'
import { ZipFile } from 'yazl'
import { addressOf, placeOf } from './spreadsheet.ts'
import type { GivenFile, Sheet } from './spreadsheet.ts'
import { noteOf } from './spreadsheet-notes.ts'
import type { Notes } from './spreadsheet-notes.ts'
import { annotateCsv } from './spreadsheet-annotate-csv.ts'
import { broken } from './spreadsheet-refusal.ts'
import { textCell } from './spreadsheet-write-xlsx.ts'
import { readXlsxPart } from './spreadsheet-xlsx.ts'
import { openPackage } from './spreadsheet-zip.ts'

/**
 * The same file with notes in a column of their own, everything else byte for byte as it was: XLSX for XLSX, CSV for CSV.
 * Takes the file as it was given and as it was read. Notes are such that no spreadsheet runs them; in CSV that goes for
 * the cells, too, and a byte order mark is put before them if there was none.
 */
export async function annotate(file: GivenFile, sheet: Sheet, notes: Notes): Promise<Buffer> {
  return sheet.format === 'csv' ? annotateCsv(file.bytes, notes) : annotateXlsx(file.bytes, notes)
}

async function annotateXlsx(bytes: Buffer, notes: Notes): Promise<Buffer> {
  const { part } = await readXlsxPart(bytes)
  const parts = await openPackage(bytes)
  const zip = new ZipFile()
  for (const name of parts.names) {
    const content = await buffer(await parts.stream(name))
    const kept = name === part ? Buffer.from(splice(content.toString('utf8'), notes)) : content
    zip.addBuffer(kept, name)
  }
  zip.end()
  return buffer(zip.outputStream.pipe(new PassThrough()))
}

/** A change of the sheet's text: what stands from `from` to `to` becomes `text`. */
interface Cut {
  readonly from: number
  readonly to: number
  readonly text: string
}

/** Puts the notes into the text of the sheet, in the order of the columns, and touches nothing else. */
function splice(xml: string, notes: Notes): string {
  const cuts = cutsOf(xml, notes)
  const kept = cuts.map(({ from, text }, index) => xml.slice(cuts[index - 1]?.to ?? 0, from) + text)
  return kept.join('') + xml.slice(cuts.at(-1)?.to ?? 0)
}

function cutsOf(xml: string, notes: Notes): readonly Cut[] {
  const cuts: Cut[] = []
  const parser = new SaxesParser({ position: true, xmlns: false })
  const at = { row: 0, column: -1, from: 0, noted: false, prefix: '' }
  const tagStart = () => xml.lastIndexOf('<', parser.position - 1)
  const note = (from: number, to: number) => {
    const text = noteOf(notes, at.row)
    const address = addressOf(notes.column, at.row)
    cuts.push({ from, to, text: text === '' ? '' : textCell(address, text, 0, at.prefix) })
    at.noted = true
  }
  parser.on('opentag', ({ name, attributes, isSelfClosing }) => {
    const local = name.slice(name.indexOf(':') + 1)
    if (local === 'row') {
      const { r } = attributes
      Object.assign(at, { row: r === undefined ? at.row + 1 : Number(r), column: -1 })
      Object.assign(at, { noted: isSelfClosing, prefix: name.slice(0, -local.length) })
    }
    if (local !== 'c') return
    const { r } = attributes
    at.column = (r === undefined ? undefined : placeOf(r))?.column ?? at.column + 1
    at.from = tagStart()
    if (at.column > notes.column && !at.noted) note(at.from, at.from)
  })
  parser.on('closetag', ({ name, isSelfClosing }) => {
    const local = name.slice(name.indexOf(':') + 1)
    if (local === 'c' && at.column === notes.column) note(at.from, parser.position)
    if (local !== 'row' || at.noted || isSelfClosing) return
    note(tagStart(), tagStart())
  })
  parser.on('error', () => {
    throw broken()
  })
  parser.write(xml).close()
  return cuts
}
