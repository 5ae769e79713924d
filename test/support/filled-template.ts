import { buffer } from 'node:stream/consumers'
import { addressOf } from '../../src/lib/spreadsheet.ts'
import { textCell } from '../../src/lib/spreadsheet-write-xlsx.ts'
import { readXlsx } from '../../src/lib/spreadsheet-xlsx.ts'
import { openPackage } from '../../src/lib/spreadsheet-zip.ts'
import { zipOf } from './workbook.ts'

const SHEET = 'xl/worksheets/sheet1.xml'

/** The parts of a workbook by name, as their bytes say; without the texts in a column if one is named. */
export async function partsOf(bytes: Buffer, without?: string): Promise<Map<string, string>> {
  const book = await openPackage(bytes)
  const parts = new Map<string, string>()
  const notes = new RegExp(`<c r="${without ?? '-'}[0-9]+" t="inlineStr">.*?</c>`, 'g')
  for (const name of book.names) {
    const content = (await buffer(await book.stream(name))).toString('latin1')
    parts.set(name, content.replace(notes, ''))
  }
  return parts
}

/** A template with rows typed into it under its own headers, as text: by header, what is left out stays empty. */
export async function filled(
  template: Buffer,
  rows: readonly Readonly<Record<string, string>>[],
): Promise<Buffer> {
  const headers = (await readXlsx(template)).rows[0]?.cells ?? []
  const written = rows.map((row, index) => {
    const number = index + 2
    const cells = headers.flatMap(({ text, column }) => {
      const value = row[text]
      return value === undefined ? [] : [textCell(addressOf(column, number), value, 1)]
    })
    if (cells.length < Object.keys(row).length) throw new Error('A header is not in the template')
    return `<row r="${String(number)}">${cells.join('')}</row>`
  })
  const parts = await partsOf(template)
  const texts = [...parts].map(([name, bytes]) => {
    const text = Buffer.from(bytes, 'latin1').toString('utf8')
    const ended = `${written.join('')}</sheetData>`
    return [name, name === SHEET ? text.replace('</sheetData>', ended) : text] as const
  })
  return zipOf(Object.fromEntries(texts))
}
