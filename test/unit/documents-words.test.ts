import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { inWords } from '../../src/documents/amount-words.ts'
import { printed } from '../../src/documents/clean-text.ts'
import { longDate } from '../../src/documents/pdf-frame.ts'
import { localDate } from '../../src/lib/time.ts'

describe('amounts in words', () => {
  test.each([
    [540_000n, 'Năm trăm bốn mươi nghìn đồng'],
    [1_250_000n, 'Một triệu hai trăm năm mươi nghìn đồng'],
    [1_005_000n, 'Một triệu không trăm lẻ năm nghìn đồng'],
    [21_000_000n, 'Hai mươi mốt triệu đồng'],
    [10_000_000n, 'Mười triệu đồng'],
    [24_015_005n, 'Hai mươi tư triệu không trăm mười lăm nghìn không trăm lẻ năm đồng'],
    [
      28_075_788_000n,
      'Hai mươi tám tỷ không trăm bảy mươi lăm triệu bảy trăm tám mươi tám nghìn đồng',
    ],
    [0n, 'Không đồng'],
  ])('%s is “%s”', (amount, words) => {
    expect(inWords(amount)).toBe(words)
  })

  test('read back to the amount that they say', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n }), (amount) => {
        expect(amountOf(inWords(amount))).toBe(amount)
      }),
      { numRuns: 500, examples: [[10n ** 15n], [10n ** 9n], [1_000_000_001n], [104n], [115n]] },
    )
  })
})

const DIGITS = new Map<string, bigint>([
  ...['không', 'một', 'hai', 'ba', 'bốn', 'năm', 'sáu', 'bảy', 'tám', 'chín'].map(
    (word, at) => [word, BigInt(at)] as const,
  ),
  ...([
    ['mốt', 1n],
    ['tư', 4n],
    ['lăm', 5n],
  ] as const),
])
const SCALES = new Map([
  ['nghìn', 1_000n],
  ['triệu', 1_000_000n],
])

/** Reads Vietnamese number words as a listener does: digits, their places, thousands and millions, and tỷ over all of it. */
function amountOf(words: string): bigint {
  let [total, below, group, digit] = [0n, 0n, 0n, 0n]
  for (const word of words
    .toLowerCase()
    .replace(/ đồng$/, '')
    .split(' ')) {
    const [value, scale] = [DIGITS.get(word), SCALES.get(word)]
    if (value !== undefined) digit = value
    else if (word === 'mười') group += 10n
    else if (word === 'mươi' || word === 'trăm') {
      group += digit * (word === 'trăm' ? 100n : 10n)
      digit = 0n
    } else if (scale !== undefined) {
      below += (group + digit) * scale
      ;[group, digit] = [0n, 0n]
    } else if (word === 'tỷ') {
      total = (total + below + group + digit) * 1_000_000_000n
      ;[below, group, digit] = [0n, 0n, 0n]
    } else if (word !== 'lẻ') throw new Error(`a word of a number: ${word}`)
  }
  return total + below + group + digit
}

describe('a text on paper', () => {
  test('is in NFC and has nothing that cannot be seen', () => {
    expect(printed('Nguyễn Thị Ánh'.normalize('NFD'))).toBe('Nguyễn Thị Ánh')
    expect(printed('\u202eĐức\u0000 \u200bMinh\u2066\t\r\nÁnh\ufeff')).toBe('Đức Minh Ánh')
    expect(printed('(a\\b)')).toBe('(a\\b)')
    expect(printed('＝１＋Ａ漢')).toBe('=1+A漢')
  })

  test('of ten thousand letters is cut where everybody sees it, and not inside a letter', () => {
    const long = printed('Ộ'.repeat(10_240))
    expect([long.length, long.endsWith('Ộ…')]).toEqual([400, true])
    expect(printed('\u{1d11e}'.repeat(400))).toMatch(/^(\u{1d11e})+…$/u)
  })
})

test.each([
  ['2022-06-08', 'ngày 08 tháng 6 năm 2022'],
  ['2023-02-11', 'ngày 11 tháng 02 năm 2023'],
  ['2023-12-01', 'ngày 01 tháng 12 năm 2023'],
])('the day %s is “%s”', (day, words) => {
  expect(longDate(localDate(day))).toBe(words)
})
