import { describe, expect, test } from '@jest/globals'
import { LIMITS } from '../../src/lib/spreadsheet.ts'
import { good, guarded } from '../support/damage.ts'
import { workbook, zipOf } from '../support/workbook.ts'

/** A zip whose directory and headers tell of fewer bytes than a part unpacks to. */
async function lying(bytes: Promise<Buffer>, part: string, size: number): Promise<Buffer> {
  const zip = Buffer.from(await bytes)
  const name = Buffer.from(part)
  for (let at = zip.indexOf(name); at !== -1; at = zip.indexOf(name, at + 1)) {
    if (zip.readUInt32LE(at - 30) === 0x04034b50) zip.writeUInt32LE(size, at - 8)
    if (zip.readUInt32LE(at - 46) === 0x02014b50) zip.writeUInt32LE(size, at - 22)
  }
  return zip
}

describe('a file is refused before anything of it is parsed:', () => {
  const bomb = Buffer.alloc(LIMITS.partBytesMax, 'a')
  const sheet = 'xl/worksheets/sheet1.xml'
  const manyRows = Array.from({ length: 1_000_000 }, (_, i) => `<row r="${String(i + 1)}"/>`)
  const ole = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(512)])
  const encrypted = Buffer.concat([ole, Buffer.from('EncryptedPackage', 'utf16le')])
  test.each<[string, string, string, () => Buffer | Promise<Buffer>]>([
    ['nothing in it', 'spreadsheet-size', 'a.xlsx', () => Buffer.alloc(0)],
    ['over 10 MB', 'spreadsheet-size', 'a.csv', () => Buffer.alloc(LIMITS.fileBytesMax + 1, 'a')],
    ['an old .xls', 'spreadsheet-type', 'a.xls', () => ole],
    ['an old .xls under a new name', 'spreadsheet-type', 'a.xlsx', () => ole],
    ['a password', 'spreadsheet-locked', 'a.xlsx', () => encrypted],
    ['.xlsm by name', 'spreadsheet-macro', 'a.xlsm', () => workbook(good)],
    [
      'a macro under .xlsx',
      'spreadsheet-macro',
      'a.xlsx',
      () => workbook({ ...good, parts: { 'xl/vbaProject.bin': 'x' } }),
    ],
    [
      'a macro workbook without its macro',
      'spreadsheet-macro',
      'a.xlsx',
      () =>
        workbook({
          ...good,
          parts: {
            '[Content_Types].xml':
              '<Types x="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/>',
          },
        }),
    ],
    [
      'a link to another file',
      'spreadsheet-external',
      'a.xlsx',
      () => workbook({ ...good, parts: { 'xl/externalLinks/externalLink1.xml': '<x/>' } }),
    ],
    [
      'a connection',
      'spreadsheet-external',
      'a.xlsx',
      () => workbook({ ...good, parts: { 'xl/connections.xml': '<x/>' } }),
    ],
    [
      'an embedded object',
      'spreadsheet-external',
      'a.xlsx',
      () => workbook({ ...good, parts: { 'xl/embeddings/oleObject1.bin': 'x' } }),
    ],
    ['a zip that is no workbook', 'spreadsheet-broken', 'a.xlsx', () => zipOf({ 'a.txt': 'a' })],
    [
      'a workbook cut short',
      'spreadsheet-broken',
      'a.xlsx',
      async () => (await workbook(good)).subarray(0, 900),
    ],
    [
      'a bomb',
      'spreadsheet-bomb',
      'a.xlsx',
      () => workbook({ ...good, parts: { 'xl/media/a.bin': bomb } }),
    ],
    [
      'a part larger than any list',
      'spreadsheet-bomb',
      'a.xlsx',
      () => workbook({ ...good, parts: { 'xl/media/a.bin': Buffer.concat([bomb, bomb]) } }),
    ],
    [
      'a bomb that lies about its size',
      'spreadsheet-bomb',
      'a.xlsx',
      () =>
        lying(workbook({ sheets: [{ xml: `<a>${bomb.toString('latin1')}</a>` }] }), sheet, 1000),
    ],
    [
      'six hundred parts',
      'spreadsheet-bomb',
      'a.xlsx',
      () =>
        workbook({
          ...good,
          parts: Object.fromEntries(
            Array.from({ length: 600 }, (_, i) => [`xl/media/${String(i)}`, 'x']),
          ),
        }),
    ],
    [
      'a million rows',
      'spreadsheet-rows',
      'a.xlsx',
      () => workbook({ sheets: [{ xml: `<a>${manyRows.join('')}</a>` }] }),
    ],
    ['a million lines', 'spreadsheet-rows', 'a.csv', () => Buffer.from('a,b\n'.repeat(1_000_000))],
    [
      'a document type',
      'spreadsheet-broken',
      'a.xlsx',
      () => workbook({ sheets: [{ xml: '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>' }] }),
    ],
    [
      'a script before the workbook',
      'spreadsheet-type',
      'a.xlsx',
      async () => Buffer.concat([Buffer.from('<script>'), await workbook(good)]),
    ],
    [
      'something after the workbook',
      'spreadsheet-broken',
      'a.xlsx',
      async () => Buffer.concat([await workbook(good), Buffer.from('<script>')]),
    ],
    ['a workbook called CSV', 'spreadsheet-type', 'a.csv', () => workbook(good)],
    ['a page called XLSX', 'spreadsheet-type', 'a.xlsx', () => Buffer.from('<html></html>')],
    ['another kind of file', 'spreadsheet-type', 'a.pdf', () => Buffer.from('%PDF-1.7')],
    ['16-bit Unicode', 'spreadsheet-encoding', 'a.csv', () => Buffer.from('\ufeffa,b', 'utf16le')],
    ['binary called CSV', 'spreadsheet-type', 'a.csv', () => Buffer.from('a,b\n\0,c')],
    [
      'Windows-1258, first in C2',
      'spreadsheet-encoding C2',
      'a.csv',
      () => Buffer.concat([Buffer.from('a,b,c\n1,2,Nguy'), Buffer.from([0xea]), Buffer.from('n')]),
    ],
  ])('%s', async (_, refusal, name, bytes) => {
    expect(await guarded(name, bytes())).toBe(refusal)
  })

  test('and a good one is let through', async () => {
    expect(await guarded('a.xlsx', workbook(good))).toBe('taken')
    expect(await guarded('a.csv', Buffer.from('a;b'))).toBe('taken')
  })
})

test('a part that says less than it unpacks to is stopped while it is read', async () => {
  const bytes = lying(workbook(good), 'xl/worksheets/sheet1.xml', 100)
  expect(await guarded('a.xlsx', bytes)).toBe('spreadsheet-bomb')
})
