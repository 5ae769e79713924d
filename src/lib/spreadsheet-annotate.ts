import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { SaxesParser } from 'saxes'
import { ZipFile } from 'yazl'
import { addressOf, placeOf } from './spreadsheet.ts'
import type { GivenFile, Sheet } from './spreadsheet.ts'
import { readRecords } from './spreadsheet-csv.ts'
import { unprotect } from './spreadsheet-injection.ts'
import { broken } from './spreadsheet-refusal.ts'
import { csvLine } from './spreadsheet-write-csv.ts'
import { textCell } from './spreadsheet-write-xlsx.ts'
import { readXlsxPart } from './spreadsheet-xlsx.ts'
import { openPackage } from './spreadsheet-zip.ts'

/** What is written beside the rows of a file: a column with a header, and a text by row number. */
export interface Notes {
  /** The column that they stand in; what stood there before is replaced. */
  readonly column: number
  readonly headerRow: number
  readonly header: string
  readonly byRow: ReadonlyMap<number, string>
}

/**
 * The same file with notes in a column of their own, all other cells as they were: XLSX for XLSX, CSV for CSV with its
 * own delimiter. Takes the file as it was given and as it was read. Notes and, in CSV, every cell are such that no
 * spreadsheet runs them.
 */
export async function annotate(file: GivenFile, sheet: Sheet, notes: Notes): Promise<Buffer> {
  return sheet.format === 'csv' ? annotateCsv(file.bytes, notes) : annotateXlsx(file.bytes, notes)
}

const textOf = ({ headerRow, header, byRow }: Notes, row: number): string =>
  row === headerRow ? header : (byRow.get(row) ?? '')

function annotateCsv(bytes: Buffer, notes: Notes): Buffer {
  const { delimiter, records } = readRecords(bytes)
  const lines = records.map((record, index) => {
    const cells = record.map((text) => unprotect(text.normalize('NFC')))
    const text = textOf(notes, index + 1)
    while (text !== '' && cells.length < notes.column) cells.push('')
    if (text !== '' || cells.length > notes.column) cells[notes.column] = text
    return csvLine(cells, delimiter)
  })
  return Buffer.from(`\ufeff${lines.join('')}`)
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
    const text = textOf(notes, at.row)
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
