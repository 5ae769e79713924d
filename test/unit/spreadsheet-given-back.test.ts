import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { annotate } from '../../src/lib/spreadsheet-annotate.ts'
import { readCsvSheet } from '../../src/lib/spreadsheet-csv.ts'
import { readXlsx } from '../../src/lib/spreadsheet-xlsx.ts'
import type { Delimiter, Sheet } from '../../src/lib/spreadsheet.ts'
import { partsOf } from '../support/filled-template.ts'
import { numberCell, sheetXml, workbook } from '../support/workbook.ts'

const textsOf = ({ rows }: Sheet) => rows.map(({ cells }) => cells.map(({ text: t }) => t))

describe('a file given back', () => {
  const notes = (column: number, byRow: readonly [number, string][]) =>
    ({ column, headerRow: 1, header: 'Lỗi', byRow: new Map(byRow) }) as const

  test('XLSX: the column is added, in order, and every other cell stays byte for byte', async () => {
    const xml = sheetXml([
      ['Số định danh', 'Tên', '', { xml: ' s="1"/>'.replace('/>', '>') }],
      [numberCell('46145000123'), 'x'],
      ['046', '=1'],
    ]).replace(/<c r="D1"[^>]*><\/c>/, '<c r="D1" s="1"/>')
    const bytes = await workbook({ sheets: [{ xml }], parts: { 'xl/media/a.png': 'picture' } })
    const file = { name: 'a.xlsx', bytes }
    const given = await annotate(file, await readXlsx(bytes), notes(2, [[3, '=A3: "sai" & hỏng']]))
    expect(await partsOf(given, 'C')).toEqual(await partsOf(bytes))
    const sheet = await readXlsx(given)
    expect(
      sheet.rows.map(({ cells }) => cells.map(({ column, kind, text: t }) => [column, kind, t])),
    ).toEqual([
      [
        [0, 'text', 'Số định danh'],
        [1, 'text', 'Tên'],
        [2, 'text', 'Lỗi'],
      ],
      [
        [0, 'number', '46145000123'],
        [1, 'text', 'x'],
      ],
      [
        [0, 'text', '046'],
        [1, 'text', '=1'],
        [2, 'text', '=A3: "sai" & hỏng'],
      ],
    ])
    const again = await annotate({ name: 'a.xlsx', bytes: given }, sheet, notes(2, [[2, 'khác']]))
    expect((await readXlsx(again)).rows.map(({ cells }) => cells[2]?.text)).toEqual([
      'Lỗi',
      'khác',
      undefined,
    ])
    const cleared = await annotate({ name: 'a.xlsx', bytes: given }, sheet, notes(2, []))
    expect((await readXlsx(cleared)).rows[0]?.cells[2]?.text).toBe('Lỗi')
  })

  test.each([',', ';', '\t'] satisfies Delimiter[])(
    'CSV with %j: its delimiter stays, cells are protected once',
    async (d) => {
      const bytes = Buffer.from(
        ['a', 'b'].join(d) + '\n' + ["'=1", '=2'].join(d) + '\n' + ['"x"', '3'].join(d) + '\n',
      )
      const given = await annotate(
        { name: 'a.csv', bytes },
        readCsvSheet(bytes),
        notes(2, [[3, 'sai, "hẳn"; rồi']]),
      )
      const sheet = readCsvSheet(given)
      expect(sheet.delimiter).toBe(d)
      expect(textsOf(sheet)).toEqual([
        ['a', 'b', 'Lỗi'],
        ['=1', '=2'],
        ['x', '3', 'sai, "hẳn"; rồi'],
      ])
      const lines = [
        ['a', 'b', 'Lỗi'],
        ["'=1", "'=2"],
        ['"x"', '3', '"sai, ""hẳn""; rồi"'],
      ]
      expect(given.toString()).toBe(`\ufeff${lines.map((line) => line.join(d) + '\n').join('')}`)
      const again = await annotate({ name: 'a.csv', bytes: given }, sheet, notes(2, []))
      expect(textsOf(readCsvSheet(again))).toEqual([
        ['a', 'b', 'Lỗi'],
        ['=1', '=2'],
        ['x', '3'],
      ])
    },
  )

  test('CSV: quotes, blanks, marks and line ends stay byte for byte, the notes stand behind', async () => {
    const written = fc.constantFrom(
      ...[
        'x',
        '',
        ' b ',
        '"c"',
        '"d ""e"""',
        '"dòng\nhai"',
        '"f\r\ng"',
        '0010',
        'Đào'.normalize('NFD'),
      ],
    )
    const rowsOf = fc.array(fc.array(written, { minLength: 2, maxLength: 4 }), { maxLength: 6 })
    const files = fc.record({
      ...{ rows: rowsOf, delimiter: fc.constantFrom(',', ';', '\t'), mark: fc.boolean() },
      ...{ end: fc.constantFrom('\n', '\r\n'), ended: fc.boolean() },
    })
    await fc.assert(
      fc.asyncProperty(files, async ({ rows, delimiter, mark, end, ended }) => {
        const lines = [['A', 'B', 'C', 'D'], ...rows].map((cells) => cells.join(delimiter))
        const text = (all: readonly string[]) => all.join(end) + (ended ? end : '')
        const bytes = Buffer.from((mark ? '\ufeff' : '') + text(lines))
        const found = notes(4, [[3, 'C3: sai']])
        const given = await annotate({ name: 'a.csv', bytes }, readCsvSheet(bytes), found)
        const noted = lines.map((line, index) => {
          if (index === 0) return `${line}${delimiter}Lỗi`
          const width = rows[index - 1]?.length ?? 0
          return index === 2 ? line + delimiter.repeat(5 - width) + 'C3: sai' : line
        })
        expect(given.toString()).toBe(`\ufeff${text(noted)}`)
      }),
    )
  })
})
