import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  formatCoverage,
  formatVnd,
  parseVnd,
  sumVnd,
  timesCoefficient,
  vnd,
} from '../../src/lib/money.ts'

const refused = (code: string) => expect.objectContaining({ name: 'DomainError', code })
const amount = fc.bigInt({ min: 0n, max: 10n ** 15n })
const parse = (text: unknown) => () => parseVnd(text)

describe('parseVnd', () => {
  test.each(['0', '1', '540000', '1000000000000000'])('reads %s', (text) => {
    expect(parseVnd(text)).toBe(BigInt(text))
  })

  test.each([
    ['a fraction', '1.5'],
    ['an exponent', '5e5'],
    ['dots for thousands', '500.000'],
    ['commas for thousands', '500,000'],
    ['a sign', '-1'],
    ['a plus', '+1'],
    ['a leading zero', '0540000'],
    ['blanks', ' 540000'],
    ['a line feed at the end', '540000\n'],
    ['hexadecimal', '0x10'],
    ['an underscore', '540_000'],
    ['other digits', '５４００００'],
    ['nothing', ''],
    ['seventeen digits', '10000000000000000'],
    ['a number', 540000],
    ['a fraction that is a number', 1.5],
    ['a bigint', 540000n],
    ['null', null],
    ['undefined', undefined],
  ])('refuses %s', (_, text) => {
    expect(parse(text)).toThrow(refused('money-format'))
  })

  test('refuses more than 10^15 đồng', () => {
    expect(parse('1000000000000001')).toThrow(refused('money-range'))
  })

  test('reads back what was written as digits', () => {
    fc.assert(fc.property(amount, (n) => parseVnd(n.toString()) === n))
  })
})

test('an amount is between 0 and 10^15 đồng', () => {
  expect(vnd(0n)).toBe(0n)
  expect(() => vnd(-1n)).toThrow(refused('money-range'))
  expect(() => vnd(10n ** 15n + 1n)).toThrow(refused('money-range'))
})

test('sums', () => {
  expect(sumVnd([])).toBe(0n)
  expect(sumVnd([540_000n, 360_000n])).toBe(900_000n)
  expect(() => sumVnd([10n ** 15n, 1n])).toThrow(refused('money-range'))
})

describe('timesCoefficient', () => {
  test.each([
    [360_000n, '1.5', 540_000n],
    [360_000n, '2.5', 900_000n],
    [500_000n, '1.0', 500_000n],
  ])('%s × %s = %s', (standard, coefficient, product) => {
    expect(timesCoefficient(standard, coefficient)).toBe(product)
  })

  test('refuses a product with a fraction, and does not lose one beyond the digits of a double', () => {
    expect(() => timesCoefficient(1n, '1.5')).toThrow(refused('money-fraction'))
    expect(timesCoefficient(333_333_333_333_333n, '3.0')).toBe(999_999_999_999_999n)
  })
})

describe('formatVnd', () => {
  test.each([
    [0n, '0'],
    [999n, '999'],
    [1_000n, '1.000'],
    [540_000n, '540.000'],
    [32_391_000_000n, '32.391.000.000'],
    [-1_000n, '-1.000'],
  ])('%s → %s', (n, text) => {
    expect(formatVnd(n)).toBe(text)
  })

  test('keeps every digit and groups them by three', () => {
    fc.assert(
      fc.property(amount, (n) => {
        expect(formatVnd(n)).toMatch(/^\d{1,3}(\.\d{3})*$/)
        expect(formatVnd(n).replaceAll('.', '')).toBe(n.toString())
      }),
    )
  })
})

describe('formatCoverage', () => {
  test.each([
    [47_090, 59_991, '78,49%'],
    [137, 141, '97,16%'],
    [59_990, 59_991, '99,99%'],
    [141, 141, '100,00%'],
    [0, 141, '0,00%'],
    [1, 10_000, '0,01%'],
    [1, 10_001, '0,00%'],
    [0, 0, '–'],
  ])('%d of %d is %s', (n, d, text) => {
    expect(formatCoverage(n, d)).toBe(text)
  })

  const fraction = fc.nat(60_000).chain((d) => fc.tuple(fc.nat(d), fc.constant(Math.max(d, 1))))

  test('is truncated: never above the true value and less than 0,01 % below it', () => {
    fc.assert(
      fc.property(fraction, ([n, d]) => {
        const hundredths = BigInt(formatCoverage(n, d).replace(/[,%]/g, ''))
        expect(hundredths * BigInt(d) <= 10_000n * BigInt(n)).toBe(true)
        expect((hundredths + 1n) * BigInt(d) > 10_000n * BigInt(n)).toBe(true)
      }),
    )
  })

  test('says 100,00% only when all are covered', () => {
    fc.assert(fc.property(fraction, ([n, d]) => (formatCoverage(n, d) === '100,00%') === (n === d)))
  })
})
