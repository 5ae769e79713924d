import { buffer } from 'node:stream/consumers'
import { PassThrough } from 'node:stream'
import { ZipFile } from 'yazl'
import { addressOf } from '../../src/lib/spreadsheet.ts'

/** A workbook made by hand, so that a test can make it wrong in one place. */
export interface Made {
  readonly sheets: readonly {
    readonly name?: string
    readonly state?: string
    readonly xml: string
  }[]
  /** Parts beside the usual ones, or instead of them. */
  readonly parts?: Readonly<Record<string, string | Buffer>>
  readonly date1904?: boolean
}

const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
const R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

/** The bytes of a workbook. Style 1 shows a day. */
export async function workbook({ sheets, parts = {}, date1904 = false }: Made): Promise<Buffer> {
  const tabs = sheets.map(
    ({ name, state }, i) =>
      `<sheet name="${name ?? `Sheet${String(i + 1)}`}" sheetId="${String(i + 1)}"${state === undefined ? '' : ` state="${state}"`} r:id="rId${String(i + 1)}"/>`,
  )
  const relations = sheets.map(
    (_, i) =>
      `<Relationship Id="rId${String(i + 1)}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${String(i + 1)}.xml"/>`,
  )
  const all: Record<string, string | Buffer> = {
    '[Content_Types].xml': '<Types/>',
    'xl/workbook.xml': `<workbook ${MAIN} ${R}><workbookPr${date1904 ? ' date1904="1"' : ''}/><sheets>${tabs.join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships>${relations.join('')}</Relationships>`,
    'xl/styles.xml': `<styleSheet ${MAIN}><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
    ...Object.fromEntries(
      sheets.map(({ xml }, i) => [`xl/worksheets/sheet${String(i + 1)}.xml`, xml]),
    ),
    ...parts,
  }
  return zipOf(all)
}

/** A zip file of these parts, in their order. */
export async function zipOf(parts: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [name, content] of Object.entries(parts)) zip.addBuffer(Buffer.from(content), name)
  zip.end()
  return buffer(zip.outputStream.pipe(new PassThrough()))
}

/** A cell: text, or its XML after the address, e.g. ` t="b"><v>1</v>`. */
export type MadeCell = string | { readonly xml: string }

/** The XML of a sheet with these rows from row 1 on; `before` and `after` stand around the rows. */
export function sheetXml(
  rows: readonly (readonly MadeCell[])[],
  { before = '', after = '' }: { readonly before?: string; readonly after?: string } = {},
): string {
  const written = rows.map((cells, row) => {
    const texts = cells.map((cell, column) => cellXml(addressOf(column, row + 1), cell))
    return `<row r="${String(row + 1)}">${texts.join('')}</row>`
  })
  return `<worksheet ${MAIN}>${before}<sheetData>${written.join('')}</sheetData>${after}</worksheet>`
}

function cellXml(address: string, cell: MadeCell): string {
  if (cell === '') return ''
  if (typeof cell === 'object') return `<c r="${address}"${cell.xml}</c>`
  const text = cell.replace(/&/g, '&amp;').replace(/</g, '&lt;')
  return `<c r="${address}" t="inlineStr"><is><t xml:space="preserve">${text}</t></is></c>`
}

/** A number as Excel stores it. */
export const numberCell = (digits: string): MadeCell => ({ xml: `><v>${digits}</v>` })
/** A number that a style shows as a day. */
export const dayCell = (serial: string): MadeCell => ({ xml: ` s="1"><v>${serial}</v>` })
/** A formula with the value that Excel last had for it. */
export const formulaCell = (formula: string, value: string): MadeCell => ({
  xml: `><f>${formula}</f><v>${value}</v>`,
})
