import { PassThrough } from 'node:stream'
import type { Writable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, expect, test } from '@jest/globals'
import { loadFonts } from '../../src/documents/fonts.ts'
import type { Paper, PaperTable, Stamp, Written } from '../../src/documents/paper.ts'
import { renderPdf } from '../../src/documents/render-pdf.ts'
import { renderCsv, renderXlsx } from '../../src/documents/render-sheets.ts'
import { line, rowsOf } from '../../src/documents/tally.ts'
import { readXlsx } from '../../src/lib/spreadsheet-xlsx.ts'
import { localDate } from '../../src/lib/time.ts'
import { refusalOf } from '../support/outcome.ts'
import * as p from '../support/pdf.ts'

const COLUMNS = [
  { header: 'STT', width: 10, align: 'right' },
  { header: 'Họ và tên', width: 60 },
  { header: 'Số tiền', width: 30, align: 'right' },
] as const

const HEAD = { block: 3n, head: 'ab'.repeat(32), sealedAt: '2023-08-03T01:02:03.000000Z' }
const VIEW: Stamp = { head: HEAD, madeBy: 'Lê Văn Mẫu', issue: null }

/** A paper of one table: names and amounts. */
function paperOf(
  rows: readonly (readonly [string, bigint])[],
  more: Partial<PaperTable> = {},
): Paper {
  const cells = rows.map(([name, amount], at) => [String(at + 1), name, amount])
  const total = rows.reduce((sum, [, amount]) => sum + amount, 0n)
  const table: PaperTable = {
    ...{ name: 'Bảng', columns: COLUMNS, rows: () => rowsOf(cells), count: rows.length },
    ...{ sums: [null, null, total], sumLabel: 'Tổng cộng', empty: 'Không có dòng nào.', ...more },
  }
  return {
    ...{ kind: 'payout-list', symbol: 'DS-UBND', title: 'DANH SÁCH', subtitle: ['Tháng 8'] },
    agency: { superior: null, name: 'ỦY BAN NHÂN DÂN\nXÃ MẪU', place: 'Mẫu' },
    ...{ layout: 'portrait', total, communeId: 1, info: [], blocks: [{ kind: 'table', table }] },
    query: { id: 'test.v1', parameters: { tháng: '08/2023' } },
    signatures: [{ position: ['NGƯỜI LẬP'], name: null }],
    recipients: ['Tổ chức chi trả', 'Lưu: VT'],
  }
}

type Writer = (out: Writable, paper: Paper, stamp: Stamp) => Promise<Written>

async function written(write: Writer, paper: Paper, stamp = VIEW): Promise<Buffer> {
  const out = new PassThrough()
  const [bytes] = await Promise.all([buffer(out), write(out, paper, stamp)])
  return bytes
}

const many = (count: number) =>
  Array.from({ length: count }, (_, at) => [`Nguyễn Văn ${String(at + 1)}`, 1_000n] as const)

describe('a long table', () => {
  test('repeats its head, ends each page with its sums, and cuts no row', async () => {
    const pages = p.pagesOf(await written(renderPdf, paperOf(many(200))))
    expect(pages.length).toBeGreaterThan(3)
    let so = 0
    for (const [at, page] of pages.entries()) {
      const numbers = [...page.matchAll(/(\d+) Nguyễn Văn \1 1\.000/g)].map(([, n]) => Number(n))
      if (numbers.length === 0) continue
      expect(numbers).toEqual(numbers.map((_, index) => so + index + 1))
      so += numbers.length
      expect(page).toContain('STT Họ và tên Số tiền')
      const last = so === 200
      if (!last) {
        expect(page).toContain(`Cộng trang này ${String(numbers.length)}.000`)
        expect(page).toContain(`Cộng từ đầu bảng ${String(so)}.000`)
      }
      expect(page.includes('Tổng cộng 200.000')).toBe(last)
      // The number of the page stands first, from the second on.
      expect(page.startsWith(`${String(at + 1)} `)).toBe(at > 0)
    }
    expect(so).toBe(200)
  })

  test('without a line says so, and is a whole paper', async () => {
    const text = p.textOf(await written(renderPdf, paperOf([])))
    expect(text).toContain('Không có dòng nào. Tổng cộng 0')
    expect(text).toContain('NGƯỜI LẬP (Ký, ghi rõ họ tên)')
    expect(text).toContain('Nơi nhận: - Tổ chức chi trả; - Lưu: VT.')
  })

  test('stands with its caption and its first row, wherever the page ends', async () => {
    for (let before = 26; before < 38; before += 1) {
      const first = paperOf(many(before))
      const second = paperOf(many(before % 2), { caption: 'Bảng thứ hai' })
      const paper = { ...first, blocks: [...first.blocks, ...second.blocks] }
      const pages = p.pagesOf(await written(renderPdf, paper))
      const [page = ''] = pages.filter((one) => one.includes('Bảng thứ hai'))
      const shown = page.slice(page.indexOf('Bảng thứ hai'))
      expect([before, shown]).toEqual([
        before,
        expect.stringMatching(/^Bảng thứ hai STT Họ và tên Số tiền (Không có dòng nào|1 Nguyễn)/),
      ])
    }
  })

  test.each([
    ['a line that was not counted', { count: 2 }],
    ['a line that is missing', { count: 4 }],
    ['another sum', { sums: [null, null, 1n] }],
  ])('with %s is refused, and the file is not ended', async (_, more) => {
    const out = new PassThrough()
    out.resume()
    const refused = renderPdf(out, paperOf(many(3), more), VIEW).catch(refusalOf)
    expect(await refused).toBe('document-changed')
    expect(out.writableEnded).toBe(false)
  })
})

test('the same paper has the same bytes, and another cell is another hash', async () => {
  const [one, other] = [
    await written(renderPdf, paperOf(many(30))),
    await written(renderPdf, paperOf(many(30))),
  ]
  expect(one.equals(other)).toBe(true)
  const hashOf = async (paper: Paper) => {
    const out = new PassThrough()
    out.resume()
    return renderCsv(out, paper, VIEW)
  }
  const first = await hashOf(paperOf([['An', 1n]]))
  expect((await hashOf(paperOf([['Ân', 1n]]))).rowsHash).not.toBe(first.rowsHash)
  expect((await hashOf(paperOf([['An', 2n]]))).rowsHash).not.toBe(first.rowsHash)
})

const HOSTILE = [
  'Lê (Văn) \\ Mẫu) endobj',
  '\u202eĐức\u0000 Minh',
  `=HYPERLINK("http://x.vn";"Mẫu")`,
  '＋84\tlà số',
  'Ộ'.repeat(10_240),
  'Nguyễn Thị Ánh'.normalize('NFD'),
  '漢字 \u{1f600}',
].map((name) => [name, 1n] as const)

describe('hostile names', () => {
  test('are text in a PDF that does nothing', async () => {
    const pdf = await written(renderPdf, paperOf(HOSTILE))
    const text = p.textOf(pdf)
    expect(text).toContain('Lê (Văn) \\ Mẫu) endobj')
    expect(text).toContain('Đức Minh')
    expect(text).toContain('Nguyễn Thị Ánh')
    expect(text).toBe(text.normalize('NFC'))
    expect(text.replaceAll(' ', '')).toContain(`${'Ộ'.repeat(399)}…`)
    expect(p.objectsOf(pdf)).not.toMatch(p.ACTIVE)
  })

  test('are text in a workbook and in CSV', async () => {
    const xlsx = await readXlsx(await written(renderXlsx, paperOf(HOSTILE)))
    expect(xlsx.rows[3]?.cells[1]).toMatchObject({ kind: 'text', text: HOSTILE[2]?.[0] })
    const csv = (await written(renderCsv, paperOf(HOSTILE))).toString('utf8')
    expect(csv).toContain(`"'=HYPERLINK(`)
    expect(csv).toContain(`'＋84`)
    for (const what of [
      'Thông tin',
      'Bộ lọc: tháng',
      'Số dòng,7',
      'Người lập,Lê Văn Mẫu',
      'khối niêm phong 3',
    ])
      expect(csv).toContain(what)
  })
})

test('an issued paper has its number, day, code and QR, and what it replaces', async () => {
  const code = '7'.repeat(26)
  const issue = {
    ...{ code, number: 7, on: localDate('2023-02-01'), replaces: () => 'Thay thế văn bản số 06.' },
    address: (rows: string) => `ansinh:${code}:${rows}`,
  }
  const pdf = await written(renderPdf, paperOf(many(1)), { ...VIEW, issue })
  const text = p.textOf(pdf)
  for (const what of [
    'Số: 07/DS-UBND',
    'Mẫu, ngày 01 tháng 02 năm 2023',
    code,
    'Thay thế văn bản số 06.',
  ])
    expect(text).toContain(what)
  expect(p.objectsOf(pdf)).toContain('"/Figure"')
  expect(p.infoOf(pdf)['Keywords']).toBe(`ansinh-document:${code}`)
})

test('without its font there is no paper, and it says which', () => {
  expect(() => loadFonts((file) => `/nowhere/${file}`)).toThrow(/Tinos_400Regular/)
})

test('rows that are read while they are written wait for whoever takes the file', async () => {
  let read = 0
  const rows = async function* () {
    for (; read < 20_000; read += 1) yield Promise.resolve(line([String(read), 'An', 0n]))
  }
  const stuck = new PassThrough({ highWaterMark: 1 })
  void renderPdf(stuck, paperOf([], { rows, count: 20_000, sums: [null, null, 0n] }), VIEW)
  await new Promise((resolve) => setTimeout(resolve, 2_000))
  expect(read).toBeLessThan(10_000)
  stuck.destroy()
})
