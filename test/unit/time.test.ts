import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  addDays,
  addMonths,
  formatDate,
  localDate,
  month,
  monthOf,
  stopwatch,
} from '../../src/lib/time.ts'

const refused = (code: string) => expect.objectContaining({ name: 'DomainError', code })
const day = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2199-12-31'), noInvalidDate: true })
  .map((at) => localDate(at.toISOString().slice(0, 10)))

describe('localDate', () => {
  test.each(['2023-08-05', '2024-02-29', '2000-02-29', '1999-12-31'])('takes %s', (text) => {
    expect(localDate(text)).toBe(text)
  })

  test.each([
    '2023-02-29',
    '1900-02-29',
    '2023-02-30',
    '2023-13-01',
    '2023-00-10',
    '2023-8-5',
    '05/08/2023',
    '2023-08-05T00:00:00Z',
    '2023-08-05\n',
    '20230805',
    'infinity',
    '',
  ])('refuses %j', (text) => {
    expect(() => localDate(text)).toThrow(refused('date-format'))
  })
})

describe('month', () => {
  test('is its first day', () => {
    expect(month('2023-08')).toBe('2023-08-01')
    expect(monthOf(localDate('2023-08-31'))).toBe('2023-08-01')
  })

  test.each(['2023-13', '2023-00', '2023-8', '2023-08-01', ''])('refuses %j', (text) => {
    expect(() => month(text)).toThrow(refused('month-format'))
  })

  test('moves over the ends of years', () => {
    expect(addMonths(month('2023-12'), 1)).toBe('2024-01-01')
    expect(addMonths(month('2024-01'), -1)).toBe('2023-12-01')
    expect(addMonths(month('2023-08'), 17)).toBe('2025-01-01')
  })

  test('moves there and back', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: -600, max: 600 }), (on, months) => {
        expect(addMonths(addMonths(monthOf(on), months), -months)).toBe(monthOf(on))
      }),
    )
  })
})

describe('addDays', () => {
  test('moves over the ends of months and leap days', () => {
    expect(addDays(localDate('2024-02-28'), 1)).toBe('2024-02-29')
    expect(addDays(localDate('2023-12-31'), 1)).toBe('2024-01-01')
    expect(addDays(localDate('2023-03-01'), -1)).toBe('2023-02-28')
  })

  test('moves there and back, in the order of days', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 1, max: 5_000 }), (on, days) => {
        expect(addDays(addDays(on, days), -days)).toBe(on)
        expect(addDays(on, days) > on).toBe(true)
      }),
    )
  })
})

test('a day as papers write it', () => {
  expect(formatDate(localDate('2023-08-05'))).toBe('05/08/2023')
})

test('the stopwatch runs forward', () => {
  const elapsed = stopwatch()
  expect(elapsed()).toBeGreaterThanOrEqual(0)
})
