import { PassThrough, Readable } from 'node:stream'
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import { addressOf } from './spreadsheet.ts'
import { serialOfDay } from './spreadsheet-dates.ts'
import { asText } from './spreadsheet-table.ts'
import type { Table, Value, WrittenColumn } from './spreadsheet-table.ts'
import { escapeXml } from './spreadsheet-xml.ts'
import { formatDate } from './time.ts'

/** The same workbook has the same bytes whenever it is written. */
const WRITTEN_AT = new Date('1980-01-02T00:00:00Z')

/** Style numbers of the workbook's styles, below. */
const STYLE = { text: 1, money: 2, day: 3, header: 4 } as const

/**
 * Writes a workbook of one sheet a table, row by row: memory does not grow with the rows. Texts are typed as text, so
 * that none is ever a formula or a number; money and days are numbers that Excel shows as 500.000 and 05/08/2023.
 * Resolves when `out` has ended; fails when a table's rows do, and `out` is then destroyed.
 */
export async function writeXlsx(out: Writable, tables: readonly Table[]): Promise<void> {
  const zip = new ZipFile()
  // zlib's own buffers are small; what is written waits for `out`.
  const stream = zip.outputStream.pipe(new PassThrough())
  const fail = (error: Error) => stream.destroy(error)
  zip.on('error', fail)
  for (const [name, text] of Object.entries(partsOf(tables))) {
    zip.addBuffer(Buffer.from(text), name, { mtime: WRITTEN_AT })
  }
  for (const [index, table] of tables.entries()) {
    const part = `xl/worksheets/sheet${String(index + 1)}.xml`
    zip.addReadStreamLazy(part, { mtime: WRITTEN_AT }, (give) => {
      // yazl does not listen to what it reads: unheard, a failing row would end the process.
      give(null, Readable.from(sheetOf(table), { objectMode: false }).on('error', fail))
    })
  }
  zip.end()
  await pipeline(stream, out)
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

function partsOf(tables: readonly Table[]): Readonly<Record<string, string>> {
  const ids = tables.map((_, index) => index + 1)
  const sheets = tables.map(
    ({ name }, index) =>
      `<sheet name="${escapeXml(name)}" sheetId="${String(index + 1)}" r:id="rId${String(index + 1)}"/>`,
  )
  const relations = ids.map(
    (id) =>
      `<Relationship Id="rId${String(id)}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${String(id)}.xml"/>`,
  )
  const types = ids.map(
    (id) =>
      `<Override PartName="/xl/worksheets/sheet${String(id)}.xml" ContentType="${TYPE}.worksheet+xml"/>`,
  )
  return {
    '[Content_Types].xml': `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${TYPE}.styles+xml"/>${types.join('')}</Types>`,
    '_rels/.rels': `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${sheets.join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${XML}<Relationships xmlns="${PACKAGE}/relationships">${relations.join('')}<Relationship Id="rId${String(ids.length + 1)}" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
    'xl/styles.xml': STYLES,
  }
}

/** Format 49 is text, 3 is #,##0 (dots in Vietnamese), 14 the day as the reader's Excel shows it: 164 says how. */
const STYLES = `${XML}<styleSheet xmlns="${MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Times New Roman"/></font><font><b/><sz val="11"/><name val="Times New Roman"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="5">${[
  [0, 0],
  [49, 0],
  [3, 0],
  [164, 0],
  [49, 1],
]
  .map(
    ([format, font]) =>
      `<xf numFmtId="${String(format)}" fontId="${String(font)}" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>`,
  )
  .join('')}</cellXfs></styleSheet>`

const PIECE_CHARS = 64 * 1024

async function* sheetOf({ columns, rows }: Table): AsyncGenerator<string> {
  const texts = columns.map(({ header }) => header)
  let piece = `${XML}<worksheet xmlns="${MAIN}">${VIEW}${colsOf(columns)}<sheetData>${rowOf(1, texts, STYLE.header)}`
  let number = 1
  for await (const row of rows) {
    number += 1
    piece += rowOf(number, row, STYLE.text)
    if (piece.length < PIECE_CHARS) continue
    yield piece
    piece = ''
  }
  yield `${piece}</sheetData></worksheet>`
}

/** The header stays in sight. */
const VIEW =
  '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'

/** A whole column is text, so that what is typed into it later keeps its zeros. */
const colsOf = (columns: readonly WrittenColumn[]) =>
  `<cols>${columns
    .map(({ header, width = Math.max(12, header.length + 2) }, index) => {
      const at = String(index + 1)
      return `<col min="${at}" max="${at}" width="${String(width)}" style="${String(STYLE.text)}" customWidth="1"/>`
    })
    .join('')}</cols>`

function rowOf(number: number, values: readonly Value[], textStyle: number): string {
  const cells = values.map((value, column) => cellOf(addressOf(column, number), value, textStyle))
  return `<row r="${String(number)}">${cells.join('')}</row>`
}

/** The first day after Excel's 29 February 1900: earlier ones are text. */
const FIRST_SAFE_DAY = '1900-03-01'

function cellOf(address: string, value: Value, textStyle: number): string {
  if (value === null || value === '') return ''
  if (typeof value === 'bigint') {
    return `<c r="${address}" s="${String(STYLE.money)}"><v>${String(value)}</v></c>`
  }
  if (typeof value === 'object' && value.day >= FIRST_SAFE_DAY) {
    const serial = serialOfDay(formatDate(value.day))
    return `<c r="${address}" s="${String(STYLE.day)}"><v>${String(serial)}</v></c>`
  }
  return textCell(address, asText(value), textStyle)
}

/** A cell that is text whatever it looks like. */
export function textCell(address: string, text: string, style: number, prefix = ''): string {
  const [c, is, t] = [`${prefix}c`, `${prefix}is`, `${prefix}t`]
  const styled = style === 0 ? '' : ` s="${String(style)}"`
  return `<${c} r="${address}"${styled} t="inlineStr"><${is}><${t} xml:space="preserve">${escapeXml(text)}</${t}></${is}></${c}>`
}
