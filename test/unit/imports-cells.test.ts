import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { DomainError } from '../../src/lib/errors.ts'
import type { Cell, CellKind } from '../../src/lib/spreadsheet.ts'
import { readAmount, readDay, readDigits, readWords } from '../../src/registry/imports-cells.ts'
import { foldHeader } from '../../src/registry/imports-columns.ts'

const cell = (text: string, kind: CellKind = 'text'): Cell => ({ column: 0, kind, text })

/** What a reader makes of a cell, or what it says of it: never the cell itself. */
function said<T>(read: (cell: Cell) => T, text: string, kind: CellKind = 'text'): T | string {
  try {
    return read(cell(text, kind))
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    if (/\d{5}/.test(text)) expect(error.message).not.toContain(text)
    return error.message
  }
}

describe('money as officers write it', () => {
  test.each([
    ...[
      '500000',
      '500.000',
      '500,000',
      '500 000',
      '500.000 đ',
      '500.000đ',
      '500.000 ₫',
      '500000 VND',
    ],
  ])('%s is five hundred thousand', (text) => {
    expect(said(readAmount, text)).toBe(500_000n)
  })

  test.each([
    ...[
      '500.00',
      '500,5',
      '5e5',
      '5E5',
      '0x10',
      'Infinity',
      '-500.000',
      '500.000.00',
      '1.500,000',
      '0500000',
    ],
    ...['500.000,00', '', '500..000', '5.000.00', '１００.000', '1 000.000', '9999999999999999'],
  ])('%s is refused', (text) => {
    expect(said(readAmount, text)).toMatch(/Số tiền|Ô trống/)
  })

  test('a 500 was a 500.000 that Excel took for a decimal number', () => {
    expect(said(readAmount, '500', 'number')).toMatch(/dưới 1\.000 đồng/)
    expect(said(readAmount, '500000', 'number')).toBe(500_000n)
  })

  test('any whole amount comes back from every way of writing it, and from no other number', () => {
    const amounts = fc.bigInt({ min: 1_000n, max: 999_999_999_999_999n })
    const separators = fc.constantFrom('', '.', ',', ' ')
    fc.assert(
      fc.property(amounts, separators, (amount, separator) => {
        const written = String(amount).replace(/\B(?=(\d{3})+(?!\d))/g, separator)
        expect(said(readAmount, written)).toBe(amount)
        const group = written.lastIndexOf(separator)
        if (separator === '' || group <= 0) return
        const short = written.slice(0, -1)
        expect(typeof said(readAmount, short)).toBe('string')
      }),
    )
  })
})

describe('digits that a spreadsheet damages', () => {
  const id = readDigits((text) => text, { length: 12 })
  const account = readDigits((text) => text, { length: null })

  test.each<[string, typeof id, string, CellKind, RegExp]>([
    [
      'an identity number typed as a number',
      id,
      '246145000123',
      'number',
      /kiểu Số.*Văn bản \(Text\)/,
    ],
    ['its zero lost, as a number', id, '46145000123', 'number', /mất số 0 ở đầu.*Văn bản \(Text\)/],
    [
      'its zero lost, as text',
      id,
      '46145000123',
      'text',
      /Mất số 0 ở đầu: có 11 chữ số, phải có 12/,
    ],
    ['two zeros lost', id, '1145000123', 'text', /Mất số 0 ở đầu: có 10/],
    ['scientific notation', id, '4.6145E+10', 'text', /dạng khoa học/],
    ['scientific notation with a comma', account, '1,09876543210987E+16', 'text', /dạng khoa học/],
    [
      'scientific notation of a number',
      account,
      '1.0987654321098765E16',
      'number',
      /dạng khoa học/,
    ],
    ['sixteen digits as a number', account, '1098765432109876', 'number', /15 chữ số/],
    ['sixteen digits rounded, as text', account, '1098765432109870', 'text', /15 chữ số/],
    ['a date', id, '05/08/1945', 'date', /kiểu Số/],
    ['a formula', id, '046145000123', 'formula', /công thức/],
    ['an error', id, '#N/A', 'error', /báo lỗi/],
    ['a truth', id, '1', 'boolean', /TRUE/],
    ['a direction mark', id, '046145\u202e000123', 'text', /ký tự ẩn/],
    ['broken letters', readWords, 'Nguy\ufffdn', 'text', /ký tự hỏng/],
  ])('%s is refused with the reason', (_, read, text, kind, reason) => {
    expect(said(read, text, kind)).toMatch(reason)
  })

  test.each([
    ['046145000123', id],
    ['046 145 000 123', id],
    ['0000123456789', account],
    ['1098765432109876', account],
    ['AB0123456789', account],
  ])('%s as text is taken', (text, read) => {
    expect(said(read, text)).toBe(text)
  })
})

describe('days', () => {
  test.each([
    ['05/08/1945', 'text', '1945-08-05'],
    ['5/8/1945', 'text', '1945-08-05'],
    ['05-08-1945', 'text', '1945-08-05'],
    ['05.08.1945', 'text', '1945-08-05'],
    ['05/08/1945', 'date', '1945-08-05'],
    ['16654', 'number', '1945-08-05'],
    ['45139', 'text', '2023-08-01'],
  ] as const)('%s as %s', (text, kind, day) => {
    expect(said(readDay, text, kind)).toBe(day)
  })

  test.each([
    ...[
      '1945',
      '30/02/2023',
      '13/13/2023',
      '08/1945',
      '05/08/45',
      '2023-08-05',
      '45139.5',
      '100000',
      '05/08/1945 12:00',
    ],
  ])('%s is refused', (text) => {
    expect(said(readDay, text)).toMatch(/Ngày phải là/)
  })
})

test('headers are the same whatever their case, marks, stars and brackets', () => {
  for (const header of [
    'Số CCCD',
    'SỐ CCCD *',
    'so cccd',
    'Số CCCD (12 số)',
    'Số  CCCD:'.normalize('NFD'),
  ]) {
    expect(foldHeader(header)).toBe('so cccd')
  }
})
