import { describe, expect, test } from '@jest/globals'
import {
  indexOfNumber,
  maskNumber,
  openNumber,
  readAccountNumber,
  sealNumber,
} from '../../src/registry/account-number.ts'
import { ACCOUNT_TAIL } from '../../src/registry/blind-fields.ts'
import { refusalOf } from '../support/outcome.ts'
import { vault } from '../support/vault.ts'

const BANK = '970405'
const read = (bankCode: string | null, number: string) => {
  try {
    return readAccountNumber({ bankCode, number })
  } catch (error) {
    return refusalOf(error)
  }
}

test.each([
  [BANK, '0001234567', '0001234567'],
  [BANK, '0001 2345 67', '0001234567'],
  [BANK, '000.1234-567', '0001234567'],
  [BANK, 'ab123456', 'AB123456'],
  [BANK, '12345', 'account-number'],
  [BANK, '12345678901234567890', 'account-number'],
  [BANK, '1,23457E+11', 'account-number'],
  [BANK, 'Đ123456', 'account-number'],
  [null, '0905123456', '0905123456'],
  [null, '+84 905 123 456', '0905123456'],
  [null, '905123456', 'account-number'],
  [null, '0234382256', 'account-number'],
  [null, '09051234567', 'account-number'],
])('of %s: %s is read as %s', (bankCode, written, wanted) => {
  expect(read(bankCode, written)).toBe(wanted)
})

test('a refusal does not repeat the number', () => {
  expect(() => readAccountNumber({ bankCode: BANK, number: '12345' })).toThrow(/^[^1-5]*6 đến 19/)
})

describe('a sealed number', () => {
  const number = '0001234567'
  const { sealed, index, tail } = sealNumber(vault, 'a', { bankCode: BANK, number })

  test('opens in its own row only', () => {
    expect(openNumber(vault, 'a', sealed)).toBe(number)
    expect(() => openNumber(vault, 'b', sealed)).toThrow('number_sealed của b')
  })

  test('is found by bank and number, and by its tail', () => {
    expect(indexOfNumber(vault, { bankCode: BANK, number })).toEqual(index)
    expect(indexOfNumber(vault, { bankCode: '970436', number })).not.toEqual(index)
    expect(indexOfNumber(vault, { bankCode: null, number })).not.toEqual(index)
    expect(vault.hasIndex(ACCOUNT_TAIL, '4567', tail)).toBe(true)
  })

  test('is shown by its tail', () => {
    expect(maskNumber(number)).toBe('••••4567')
  })
})
