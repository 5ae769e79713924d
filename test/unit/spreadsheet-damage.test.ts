import { describe, expect, test } from '@jest/globals'
import { DomainError } from '../../src/lib/errors.ts'
import { readSpreadsheet } from '../../src/lib/read-spreadsheet.ts'
import { LIMITS } from '../../src/lib/spreadsheet.ts'
import type { GivenFile, Sheet } from '../../src/lib/spreadsheet.ts'
import { readCsvSheet } from '../../src/lib/spreadsheet-csv.ts'
import { guardFile } from '../../src/lib/spreadsheet-guard.ts'
import { readXlsx } from '../../src/lib/spreadsheet-xlsx.ts'
import { dayCell, formulaCell, numberCell, sheetXml, workbook, zipOf } from '../support/workbook.ts'
import type { Made } from '../support/workbook.ts'

const rows = [
  ['Số định danh', 'Họ và tên'],
  ['046145000123', 'Nguyễn Thị Ánh Mẫu'],
]
const good: Made = { sheets: [{ xml: sheetXml(rows) }] }

/** The code of the refusal and the cell that it names; the message must be there in Vietnamese. */
async function refusedBy(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'taken'
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    expect(error.message).toMatch(/[ạảầấậẩẫáàãếềệểêễịìíỉộồốổốơớờợởùúũủưừứựđ]/)
    const { cell } = error.extra
    if (typeof cell === 'string') expect(error.message).toContain(`Ô ${cell}`)
    return typeof cell === 'string' ? `${error.code} ${cell}` : error.code
  }
}

const guarded = async (name: string, bytes: Buffer | Promise<Buffer>) =>
  refusedBy(guardFile({ name, bytes: await bytes }))
const readAs = async (name: string, bytes: Buffer | Promise<Buffer>) =>
  refusedBy(readHere({ name, bytes: await bytes }))

/** Guards and parses in this process: a process a file is slow for a table of them. One test below starts one. */
async function readHere(file: GivenFile): Promise<Sheet> {
  return (await guardFile(file)) === 'xlsx' ? readXlsx(file.bytes) : readCsvSheet(file.bytes)
}

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

describe('what an officer cannot see, or two people read differently, is refused with its place:', () => {
  const made = (xml: string, more: Partial<Made> = {}) => workbook({ sheets: [{ xml }], ...more })
  test.each<[string, string, () => Promise<Buffer>]>([
    [
      'merged cells',
      'spreadsheet-layout A2:B2',
      () => made(sheetXml(rows, { after: '<mergeCells><mergeCell ref="A2:B2"/></mergeCells>' })),
    ],
    [
      'a hidden row',
      'spreadsheet-layout A2',
      () => made(sheetXml(rows).replace('<row r="2"', '<row r="2" hidden="1"')),
    ],
    [
      'a hidden column',
      'spreadsheet-layout B1',
      () => made(sheetXml(rows, { before: '<cols><col min="2" max="2" hidden="1"/></cols>' })),
    ],
    [
      'a hidden sheet',
      'spreadsheet-sheets',
      () =>
        workbook({ sheets: [{ xml: sheetXml(rows) }, { state: 'veryHidden', xml: sheetXml([]) }] }),
    ],
    [
      'data on two sheets',
      'spreadsheet-sheets',
      () => workbook({ sheets: [{ xml: sheetXml(rows) }, { xml: sheetXml(rows) }] }),
    ],
    [
      'a column too far',
      'spreadsheet-columns BI1',
      () => made(sheetXml([Array.from({ length: 61 }, (_, i) => (i === 60 ? 'x' : ''))])),
    ],
    [
      'a cell that says it is elsewhere',
      'spreadsheet-broken',
      () => made(sheetXml(rows).replace('r="B2"', 'r="B9"')),
    ],
    ['a cell twice', 'spreadsheet-broken', () => made(sheetXml(rows).replace('r="B2"', 'r="A2"'))],
    ['an entity of its own', 'spreadsheet-broken', () => made('<a>&b;</a>')],
  ])('%s', async (_, refusal, bytes) => {
    expect(await readAs('a.xlsx', bytes())).toBe(refusal)
  })

  test.each([
    ['no delimiter that we know', 'a|b\n1|2', 'spreadsheet-delimiter A1'],
    ['a quote that does not close', 'a,b\n1,"2', 'spreadsheet-broken'],
  ])('%s', async (_, text, refusal) => {
    expect(await readAs('a.csv', Buffer.from(text))).toMatch(new RegExp(`^${refusal}`))
  })
})

describe('cells keep what they were', () => {
  const cellsOf = async (made: Made) => {
    const { rows: read } = await readHere({ name: 'a.xlsx', bytes: await workbook(made) })
    return read.flatMap(({ number, cells }) => cells.map((c) => [number, c.column, c.kind, c.text]))
  }

  test('text, number, day, formula, truth and error are told apart', async () => {
    const cells = [
      ...['x', numberCell('1.0987654321098765E16'), dayCell('16654'), formulaCell('A1+1', '2')],
      ...[
        { xml: ' t="b"><v>1</v>' },
        { xml: ' t="e"><v>#N/A</v>' },
        dayCell('60'),
        dayCell('45.5'),
      ],
    ]
    expect(await cellsOf({ sheets: [{ xml: sheetXml([cells]) }] })).toEqual([
      [1, 0, 'text', 'x'],
      [1, 1, 'number', '1.0987654321098765E16'],
      [1, 2, 'date', '05/08/1945'],
      [1, 3, 'formula', '2'],
      [1, 4, 'boolean', '1'],
      [1, 5, 'error', '#N/A'],
      [1, 6, 'date', '60'],
      [1, 7, 'date', '45.5'],
    ])
  })

  test('in the calendar of 1904 too', async () => {
    const made = { sheets: [{ xml: sheetXml([[dayCell('0'), dayCell('1462')]]) }], date1904: true }
    expect(await cellsOf(made)).toEqual([
      [1, 0, 'date', '01/01/1904'],
      [1, 1, 'date', '02/01/1908'],
    ])
  })

  test('shared and rich texts are whole, pronunciation is no text, NFD becomes NFC', async () => {
    const shared =
      '<sst><si><t>Nguy</t></si><si><r><t>Ánh </t></r> <r><t>Mẫu</t></r><rPh><t>x</t></rPh></si><si><t>a_x000A_b</t></si></sst>'
    const xml = sheetXml([
      [
        { xml: ' t="s"><v>1</v>' },
        { xml: ' t="s"><v>2</v>' },
        'Nguyễn\u00a0Văn Mẫu '.normalize('NFD'),
      ],
    ])
    expect(await cellsOf({ sheets: [{ xml }], parts: { 'xl/sharedStrings.xml': shared } })).toEqual(
      [
        [1, 0, 'text', 'Ánh Mẫu'],
        [1, 1, 'text', 'a\nb'],
        [1, 2, 'text', 'Nguyễn Văn Mẫu'.normalize('NFC')],
      ],
    )
  })

  test('the guide that a template carries is passed over, and prefixed elements are read', async () => {
    const prefixed = sheetXml(rows)
      .replace(/<(\/?)([a-z])/g, '<$1x:$2')
      .replace('xmlns=', 'xmlns:x=')
    const made = { sheets: [{ xml: prefixed }, { name: 'Hướng dẫn', xml: sheetXml(rows) }] }
    expect(await cellsOf(made)).toHaveLength(4)
  })
})

describe('CSV', () => {
  const read = async (text: string) =>
    (await readHere({ name: 'a.csv', bytes: Buffer.from(text) })).rows.map(({ number, cells }) => [
      number,
      ...cells.map(({ text: t }) => t),
    ])

  test.each([
    [
      'comma',
      'a,b\n1,"2,5"\n',
      [
        [1, 'a', 'b'],
        [2, '1', '2,5'],
      ],
    ],
    [
      'semicolon',
      'a;b\n1;2,5\n',
      [
        [1, 'a', 'b'],
        [2, '1', '2,5'],
      ],
    ],
    [
      'tab',
      'a\tb\n1\t2;3\n',
      [
        [1, 'a', 'b'],
        [2, '1', '2;3'],
      ],
    ],
    [
      'a byte order mark and CRLF',
      '\ufeffa,b\r\n1,2\r\n',
      [
        [1, 'a', 'b'],
        [2, '1', '2'],
      ],
    ],
    [
      'a line break in quotes begins no row',
      'a,b\n"x\ny",2\n3,4',
      [
        [1, 'a', 'b'],
        [2, 'x\ny', '2'],
        [3, '3', '4'],
      ],
    ],
    [
      'an empty line counts',
      'a,b\n\n3,4',
      [
        [1, 'a', 'b'],
        [3, '3', '4'],
      ],
    ],
    [
      'a delimiter inside a quoted header',
      '"a;b;c",d\n1,2',
      [
        [1, 'a;b;c', 'd'],
        [2, '1', '2'],
      ],
    ],
  ])('with %s', async (_, text, expected) => {
    expect(await read(text)).toEqual(expected)
  })
})

describe('a process of its own', () => {
  test('answers with the rows, or with the refusal and its cell', async () => {
    const bytes = await workbook(good)
    const sheet = await readSpreadsheet({ name: 'a.xlsx', bytes })
    expect(sheet).toEqual(await readHere({ name: 'a.xlsx', bytes }))
    const hidden = sheetXml(rows).replace('<row r="2"', '<row r="2" hidden="1"')
    const refused = readSpreadsheet({
      name: 'a.xlsx',
      bytes: await workbook({ sheets: [{ xml: hidden }] }),
    })
    expect(await refusedBy(refused)).toBe('spreadsheet-layout A2')
  })

  test('dies alone of a file that needs more memory than it may have', async () => {
    const texts = Array.from({ length: 900_000 }, (_, i) => `<si><t>${String(i * 7919)}</t></si>`)
    const parts = { 'xl/sharedStrings.xml': `<sst>${texts.join('')}</sst>` }
    const bytes = await workbook({ ...good, parts })
    const started = readSpreadsheet({ name: 'a.xlsx', bytes }, { heapMb: 48 })
    expect(await refusedBy(started)).toBe('spreadsheet-time')
  })

  test('is ended when it takes too long', async () => {
    const file = { name: 'a.xlsx', bytes: await workbook(good) }
    expect(await refusedBy(readSpreadsheet(file, { parseMsMax: 1 }))).toBe('spreadsheet-time')
  })
})
