import { describe, expect, test } from '@jest/globals'
import type { LocalDate } from '../../src/lib/time.ts'
import {
  maskDigits,
  readIdNumber,
  readOldIdNumber,
  readPhone,
} from '../../src/registry/id-number.ts'
import { readReference } from '../../src/registry/reference.ts'

const places = new Set(readReference('prisma/reference').idPlaces.map(({ code }) => code))
const born = (sex: 'female' | 'male', year: number) => ({
  ...{ sex, birthDate: `${String(year)}-05-06` as LocalDate },
})

/** What the reading of a number comes to: the number, or the words of the refusal. */
function outcome(work: () => string): string {
  try {
    return work()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

describe('an identity number', () => {
  test.each([
    ['046145900001', born('female', 1945)],
    ['046045900001', born('male', 1945)],
    ['001145900001', born('female', 1945)],
    ['096310900001', born('female', 2010)],
    ['046210900001', born('male', 2010)],
    ['046500900001', born('female', 2100)],
    ['046 145.900-001', born('female', 1945)],
    ['123145900001', born('female', 1945)],
  ])('%s is taken of %o', (number, of) => {
    expect(readIdNumber(number, of, places)).toBe(number.replace(/\D/g, ''))
  })

  test.each([
    ['eleven digits', '04614590000', born('female', 1945), /đúng 12 chữ số/],
    ['nine digits', '191234567', born('female', 1945), /chứng minh nhân dân cũ/],
    ['a letter', '04614590000A', born('female', 1945), /đúng 12 chữ số/],
    ['a scientific number', '4.6145E+10', born('female', 1945), /đúng 12 chữ số/],
    ['a place that is none', '003145900001', born('female', 1945), /3 số đầu/],
    ['the place 000', '000145900001', born('female', 1945), /3 số đầu/],
    ['the other sex', '046145900001', born('male', 1945), /số thứ 4 .*giới tính/],
    ['another year', '046146900001', born('female', 1945), /năm sinh/],
    ['another century', '046345900001', born('female', 1945), /năm sinh/],
  ])('with %s is refused, and says so', (_, number, of, words) => {
    const said = outcome(() => readIdNumber(number, of, places))
    expect(said).toMatch(words)
    expect(said).toMatch(/^Số định danh /)
    expect(said).not.toContain(number)
  })

  test('may name any of the 63 provinces', () => {
    expect(places.size).toBe(63)
    const taken = [...places].filter((code) =>
      readIdNumber(`${code}145900001`, born('female', 1945), places).startsWith(code),
    )
    expect(taken).toHaveLength(63)
  })
})

test.each([
  ['191234567', '191234567'],
  ['191 234 567', '191234567'],
])('an old number %s is read', (given, wanted) => {
  expect(readOldIdNumber(given)).toBe(wanted)
})

test.each(['19123456', '1912345678', '19123456A'])('an old number %s is refused', (given) => {
  expect(outcome(() => readOldIdNumber(given))).toMatch(/đúng 9 chữ số/)
})

test.each([
  ['0912 345 678', '0912345678'],
  ['+84912345678', '0912345678'],
  ['0084912345678', '0912345678'],
  ['0234.3822222', '02343822222'],
])('a phone number %s is %s', (given, wanted) => {
  expect(readPhone(given)).toBe(wanted)
})

test.each(['912345678', '0012345678', '091234567', 'x'])('a phone %s is refused', (given) => {
  expect(outcome(() => readPhone(given))).toMatch(/Số điện thoại/)
})

test.each([
  ['046145901234', '046*****1234'],
  ['191234567', '191***567'],
  ['0912345678', '091****678'],
])('%s is shown as %s', (number, wanted) => {
  expect(maskDigits(number)).toBe(wanted)
})
