import { setTimeout as delay } from 'node:timers/promises'
import { PassThrough, Writable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, expect, test } from '@jest/globals'
import { exportOf, wordsOf } from '../../src/lib/spreadsheet-export.ts'
import type { Exported } from '../../src/lib/spreadsheet-export.ts'
import { readCsvSheet } from '../../src/lib/spreadsheet-csv.ts'
import { refusalOf } from '../support/outcome.ts'
import { readXlsx } from '../../src/lib/spreadsheet-xlsx.ts'

const FORMATS = ['xlsx', 'csv'] as const

/** As many lines as `count` says at the moment, each worth its number; counts the pages that were read. */
function linesOf(count: () => number) {
  const read = { pages: 0 }
  const of: Exported<number> = {
    title: 'Dòng',
    columns: [{ header: 'Số' }, { header: 'Chữ' }],
    page: (after, limit) => {
      read.pages += 1
      const from = (after ?? 0) + 1
      const size = Math.max(0, Math.min(limit, count() - from + 1))
      return Promise.resolve(Array.from({ length: size }, (_, at) => from + at))
    },
    row: (line, place) => [String(place), `dòng ${String(line)} ${'x'.repeat(200)}`],
    amount: (line) => BigInt(line),
  }
  return { file: exportOf(of), read }
}

describe.each(FORMATS)('an export as %s', (format) => {
  test.each([0, 1, 1_999, 2_000, 2_001, 6_000])('has all of %d lines, once', async (count) => {
    const { file } = linesOf(() => count)
    const total = await file.total()
    expect(total).toEqual({ count, sum: (BigInt(count) * BigInt(count + 1)) / 2n })
    const out = new PassThrough()
    const [bytes] = await Promise.all([buffer(out), file.write({ format, out, total, info: [] })])
    const { rows } = format === 'csv' ? readCsvSheet(bytes) : await readXlsx(bytes)
    expect(rows.slice(1).map(({ cells }) => cells[0]?.text)).toEqual(
      Array.from({ length: count }, (_, at) => String(at + 1)),
    )
  })

  test('waits for whoever reads the file instead of reading ahead', async () => {
    const { file, read } = linesOf(() => 400_000)
    const total = { count: 400_000, sum: 80_000_200_000n }
    const stuck = new Writable({ write: () => undefined })
    const writing = file.write({ format, out: stuck, total, info: [] })
    await delay(1_500)
    expect(read.pages).toBeGreaterThan(0)
    expect(read.pages).toBeLessThan(60)
    stuck.destroy()
    await expect(writing).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' })
  })

  test.each([
    ['fewer', 2_999],
    ['more', 3_001],
  ])('of %s lines than were counted fails, and is no whole file', async (_, now) => {
    let count = 3_000
    const { file } = linesOf(() => count)
    const total = await file.total()
    count = now
    const out = new PassThrough()
    out.on('error', () => undefined).resume()
    const writing = file.write({ format, out, total, info: [] })
    const ends = writing.then(() => 'written', refusalOf)
    expect(await Promise.race([ends, delay(5_000, 'hangs', { ref: false })])).toBe('export-changed')
    expect(out.destroyed).toBe(true)
    expect(out.writableFinished).toBe(false)
  })
})

test('a total in words', () => {
  expect(wordsOf({ count: 1_200, sum: 540_000n })).toBe('1.200 dòng, 540.000 đồng')
  expect(wordsOf({ count: 0, sum: null })).toBe('0 dòng')
})
