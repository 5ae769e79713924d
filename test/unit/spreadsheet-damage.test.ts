import { describe, expect, test } from '@jest/globals'
import { readSpreadsheet } from '../../src/lib/read-spreadsheet.ts'
import { good, goodRows as rows, readAs, readHere, refusedBy } from '../support/damage.ts'
import { dayCell, formulaCell, numberCell, sheetXml, workbook } from '../support/workbook.ts'
import type { Made } from '../support/workbook.ts'

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
    const started = readSpreadsheet({ name: 'a.xlsx', bytes }, { heapMb: 16 })
    expect(await refusedBy(started)).toBe('spreadsheet-time')
  })

  test('is ended when it takes too long', async () => {
    const file = { name: 'a.xlsx', bytes: await workbook(good) }
    expect(await refusedBy(readSpreadsheet(file, { parseMsMax: 1 }))).toBe('spreadsheet-time')
  })
})
