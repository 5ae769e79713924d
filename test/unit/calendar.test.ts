import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { addDays, addMonths, localDate, month, monthOf, weekdayOf } from '../../src/lib/time.ts'
import type { LocalDate } from '../../src/lib/time.ts'
import { cycleDays, isWorkingDay, tasksOn, workingDayFrom } from '../../src/payouts/calendar.ts'
import { readReference } from '../../src/registry/reference.ts'

const holidays = new Set(readReference('prisma/reference').holidays.map(({ day }) => day))
const day = (text: string) => localDate(text)

test.each([
  ['2023-08-04', 5],
  ['2023-08-06', 7],
  ['2024-02-29', 4],
])('%s is day %i of the week', (text, weekday) => {
  expect(weekdayOf(day(text))).toBe(weekday)
})

describe('the days of a benefit month', () => {
  test.each([
    // The 25th of July 2023 is a Tuesday; the 1st of August, too; the 20th is a Sunday.
    ['2023-08', '2023-07-10', '2023-07-24', '2023-08-01', '2023-08-10', '2023-08-18'],
    // The 1st to the 4th of September are National Day and its weekend.
    ['2023-09', '2023-08-10', '2023-08-24', '2023-09-05', '2023-09-08', '2023-09-19'],
    // Tết 2024 closes the offices from the 8th to the 14th of February.
    ['2024-02', '2024-01-10', '2024-01-24', '2024-02-01', '2024-02-07', '2024-02-19'],
    // Tết 2025 falls on the last days of January.
    ['2025-02', '2025-01-10', '2025-01-24', '2025-02-03', '2025-02-10', '2025-02-19'],
    ['2025-05', '2025-04-10', '2025-04-24', '2025-05-05', '2025-05-09', '2025-05-19'],
  ])('%s', (of, listBuilding, handOver, windowOpens, windowCloses, serviceReport) => {
    expect(cycleDays(month(of), holidays)).toEqual({
      ...{ listBuilding, handOver, windowOpens, windowCloses, serviceReport },
    })
  })

  const anyMonth = fc.integer({ min: 0, max: 240 }).map((n) => addMonths(month('2021-07'), n))
  const anyHolidays = fc
    .uniqueArray(fc.integer({ min: 0, max: 7_700 }), { maxLength: 400 })
    .map((days) => new Set(days.map((n) => addDays(day('2021-06-01'), n))))

  test('are working days before their deadlines, whatever the holidays', () => {
    fc.assert(
      fc.property(anyMonth, anyHolidays, (of, closed) => {
        const days = cycleDays(of, closed)
        for (const one of Object.values(days) as LocalDate[])
          expect(isWorkingDay(one, closed)).toBe(true)
        expect(days.handOver < addDays(addMonths(of, -1), 24)).toBe(true)
        expect(days.serviceReport < addDays(of, 19)).toBe(true)
        expect(days.windowOpens >= of).toBe(true)
      }),
    )
  })

  test('each task comes once a month, and representations are looked at daily', () => {
    fc.assert(
      fc.property(anyMonth, (of) => {
        const found: string[] = []
        for (let on: LocalDate = of; monthOf(on) === of; on = addDays(on, 1))
          found.push(...tasksOn(on, holidays).map(({ task }) => task))
        const once = found.filter((task) => task !== 'representation').toSorted()
        expect(once).toEqual(['hand-over', 'list-building', 'payment-window', 'service-report'])
        expect(found.length - 3).toBeGreaterThanOrEqual(28)
      }),
    )
  })
})

test('a closed day gives way to the next open one', () => {
  expect(workingDayFrom(day('2023-09-01'), holidays)).toBe('2023-09-05')
  expect(workingDayFrom(day('2023-09-05'), holidays)).toBe('2023-09-05')
})
