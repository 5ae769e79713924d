import { randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { PassThrough } from 'node:stream'
import { ZipFile } from 'yazl'
import type { GivenFile } from '../../src/lib/spreadsheet.ts'

const SHEET = 'xl/worksheets/sheet1.xml'

/** Files that are built to break a reader, each with its name. */
export async function hostileFiles(): Promise<
  readonly { readonly what: string; readonly file: GivenFile }[]
> {
  const tight = Buffer.alloc(300 * 1_048_576, 'a')
  const rows = Array.from({ length: 1_000_000 }, (_, i) => `<row r="${String(i + 1)}"/>`).join('')
  const lines = Buffer.from('a,b\n'.repeat(1_000_000))
  const bomb = await bookOf(tight)
  const small = Buffer.from('<a/>')
  const lying = Buffer.from(bomb)
  for (let at = lying.indexOf(SHEET); at !== -1; at = lying.indexOf(SHEET, at + 1)) {
    if (lying.readUInt32LE(at - 30) === 0x04034b50) lying.writeUInt32LE(1000, at - 8)
    if (lying.readUInt32LE(at - 46) === 0x02014b50) lying.writeUInt32LE(1000, at - 22)
  }
  return [
    { what: 'bomb of 300 MB', file: { name: 'a.xlsx', bytes: bomb } },
    { what: 'bomb that says 1 kB', file: { name: 'a.xlsx', bytes: lying } },
    {
      what: 'a million rows',
      file: { name: 'a.xlsx', bytes: await bookOf(Buffer.from(`<a>${rows}</a>`)) },
    },
    { what: 'a million lines', file: { name: 'a.csv', bytes: lines } },
    { what: 'eleven megabytes', file: { name: 'a.csv', bytes: Buffer.alloc(11 * 1_048_576, 'a') } },
    { what: 'macros', file: { name: 'a.xlsx', bytes: await bookOf(small, 'xl/vbaProject.bin') } },
    { what: 'another file', file: { name: 'a.xlsx', bytes: randomBytes(1_048_576) } },
  ]
}

async function bookOf(sheet: Buffer, more?: string): Promise<Buffer> {
  const zip = new ZipFile()
  zip.addBuffer(Buffer.from('<Types/>'), '[Content_Types].xml')
  zip.addBuffer(Buffer.from('<workbook/>'), 'xl/workbook.xml')
  zip.addBuffer(sheet, SHEET)
  if (more !== undefined) zip.addBuffer(Buffer.from('x'), more)
  zip.end()
  return buffer(zip.outputStream.pipe(new PassThrough()))
}
