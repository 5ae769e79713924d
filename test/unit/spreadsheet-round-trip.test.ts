import { buffer, text } from 'node:stream/consumers'
import { PassThrough, Readable } from 'node:stream'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { readCsvSheet } from '../../src/lib/spreadsheet-csv.ts'
import { protect, unprotect } from '../../src/lib/spreadsheet-injection.ts'
import { asText } from '../../src/lib/spreadsheet-table.ts'
import type { Value } from '../../src/lib/spreadsheet-table.ts'
import { csvLine, csvOf } from '../../src/lib/spreadsheet-write-csv.ts'
import { writeXlsx } from '../../src/lib/spreadsheet-write-xlsx.ts'
import { readXlsx } from '../../src/lib/spreadsheet-xlsx.ts'
import { cleanText } from '../../src/lib/spreadsheet.ts'
import type { Delimiter, Sheet } from '../../src/lib/spreadsheet.ts'
import { localDate } from '../../src/lib/time.ts'
import type { LocalDate } from '../../src/lib/time.ts'
import { readAmount, readDay } from '../../src/registry/imports-cells.ts'

/** What a spreadsheet would run, and what looks like our protection of it. */
const dangerous = fc.constantFrom(
  ...[
    '=1+1',
    '+84905000123',
    '-1+1|cmd',
    '@SUM(A1)',
    '＝1',
    '\t=1',
    "'=1",
    "''=1",
    "'x",
    '_x000A_',
    '=HYPERLINK("a","b")',
  ],
)
const plain = fc.string({ unit: 'binary', maxLength: 12 })
const names = fc.constantFrom(
  'Nguyễn Thị Ánh Mẫu',
  'Trần Văn Đào Mẫu'.normalize('NFD'),
  '046145000123',
  '0010',
)
const texts = fc
  .oneof(
    dangerous,
    names,
    plain,
    fc.tuple(dangerous, plain).map(([a, b]) => a + b),
  )
  // A carriage return alone, and what XML and CSV readers make of line ends, is not a cell of ours.
  .map((one) => cleanText(one.replace(/[\r\n\ufeff]/g, ' ')))
  .filter((one) => one !== '')
const tables = fc.integer({ min: 1, max: 4 }).chain((width) =>
  fc.array(fc.array(texts, { minLength: width, maxLength: width }), {
    minLength: 1,
    maxLength: 5,
  }),
)

const columnsOf = (width: number) =>
  Array.from({ length: width }, (_, i) => ({ header: `Cột ${String(i)}` }))

async function xlsx(rows: readonly (readonly Value[])[]): Promise<Sheet> {
  const out = new PassThrough()
  const bytes = buffer(out)
  await writeXlsx(out, [{ name: 'Mẫu', columns: columnsOf(rows[0]?.length ?? 1), rows }])
  return readXlsx(await bytes)
}
async function csv(rows: readonly (readonly Value[])[]): Promise<Sheet> {
  const table = { name: 'Mẫu', columns: columnsOf(rows[0]?.length ?? 1), rows }
  const written = await text(Readable.from(csvOf(table, [['Số dòng', String(rows.length)]])))
  return readCsvSheet(Buffer.from(written))
}
const textsOf = ({ rows }: Sheet, from: number) =>
  rows.filter(({ number }) => number >= from).map(({ cells }) => cells.map(({ text: t }) => t))

describe('what is written comes back equal', () => {
  test('from XLSX, every cell as text', async () => {
    await fc.assert(
      fc.asyncProperty(tables, async (rows) => {
        const sheet = await xlsx(rows)
        expect(textsOf(sheet, 2)).toEqual(rows)
        expect(new Set(sheet.rows.flatMap(({ cells }) => cells.map(({ kind }) => kind)))).toEqual(
          new Set(['text']),
        )
      }),
    )
  })

  test('from CSV, with nothing in it that a spreadsheet runs', async () => {
    await fc.assert(
      fc.asyncProperty(
        tables.filter((rows) => (rows[0]?.length ?? 0) > 1),
        async (rows) => {
          const sheet = await csv(rows)
          expect(textsOf(sheet, 5)).toEqual(rows)
        },
      ),
    )
    for (const delimiter of [',', ';', '\t'] satisfies Delimiter[]) {
      fc.assert(
        fc.property(texts, (one) => {
          const written = csvLine([one, ''], delimiter).replace(/^"/, '')
          expect(written).not.toMatch(/^\s*[=+\-@＝＋－＠]/u)
        }),
      )
    }
  })

  test('money and days too, from both', async () => {
    const days = fc
      .date({ min: new Date('1900-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
      .map((day) => localDate(day.toISOString().slice(0, 10)))
    const amounts = fc.bigInt({ min: 1_000n, max: 999_999_999_999_999n })
    await fc.assert(
      fc.asyncProperty(days, amounts, async (day: LocalDate, amount) => {
        for (const sheet of [await xlsx([[{ day }, amount]]), await csv([[{ day }, amount]])]) {
          const [one, other] = sheet.rows.at(-1)?.cells ?? []
          if (one === undefined || other === undefined) throw new Error('two cells')
          expect([readDay(one), readAmount(other)]).toEqual([day, amount])
        }
      }),
      { numRuns: 60 },
    )
    expect([asText(-500_000n), asText(null)]).toEqual(['-500.000', ''])
  })

  test('protection is taken back exactly', () => {
    fc.assert(
      fc.property(fc.oneof(dangerous, texts, fc.string()), (one) => {
        expect(unprotect(protect(one))).toBe(one)
      }),
    )
  })
})
