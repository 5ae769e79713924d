import type { CsvFault } from '../lib/csv.ts'
import { addDays } from '../lib/time.ts'
import type { LocalDate } from '../lib/time.ts'
import type { Commune, CommuneSuccession, ReferenceTables } from './reference-schemas.ts'

/** The file of each table, in the folder of the reference data. */
export const REFERENCE_FILES = {
  communes: 'communes.csv',
  succession: 'commune_succession.csv',
  banks: 'banks.csv',
  categories: 'benefit_categories.csv',
  subcases: 'benefit_subcases.csv',
  levels: 'standard_levels.csv',
  oneOffs: 'one_off_programmes.csv',
  stopReasons: 'stop_reasons.csv',
  failureReasons: 'failure_reasons.csv',
  accountMap: 'account_map.csv',
  idPlaces: 'id_place_codes.csv',
  holidays: 'holidays.csv',
} as const satisfies Record<keyof ReferenceTables, string>

export type Table = keyof ReferenceTables
interface Period {
  readonly validFrom: LocalDate
  readonly validTo: LocalDate | null
}

/**
 * Takes a row with a period and a day; returns whether it is in force on that day, both ends
 * included.
 */
export const inForce = (row: Period, date: string): boolean =>
  row.validFrom <= date && (row.validTo === null || date <= row.validTo)

/** The code alone names no unit: all 40 codes of 2025-07-01 are re-used ones. */
export type CommuneKey = Pick<Commune, 'code' | 'validFrom'>

/** Takes a row of the succession; returns the key of the unit that ended. */
export const oldUnit = (row: CommuneSuccession): CommuneKey => ({
  code: row.oldCode,
  validFrom: row.oldValidFrom,
})

/** Takes a row of the succession; returns the key of the unit that it became. */
export const newUnit = (row: CommuneSuccession): CommuneKey => ({
  code: row.newCode,
  validFrom: row.newValidFrom,
})

/**
 * Takes where (the first row of data has index 0) and what in words; returns the fault with Excel's
 * row.
 */
export const fault = (table: Table, index: number, column: string, words: string): CsvFault => ({
  file: REFERENCE_FILES[table],
  row: index + 2,
  column,
  fault: words,
})

/** Takes what must hold and the fault if it does not; returns that fault or nothing. */
export const unless = (holds: boolean, found: CsvFault): readonly CsvFault[] =>
  holds ? [] : [found]

/**
 * Takes rows and their key (null: has none); returns a fault for each row whose key an earlier row
 * has.
 */
export function repeated<Row>(
  table: Table,
  column: string,
  rows: readonly Row[],
  keyOf: (row: Row) => string | null,
): readonly CsvFault[] {
  const first = new Map<string, number>()
  return rows.flatMap((row, index) => {
    const key = keyOf(row)
    if (key === null) return []
    const earlier = first.get(key) ?? index
    first.set(key, earlier)
    const words = `repeats the key of row ${String(earlier + 2)}: keep one`
    return unless(earlier === index, fault(table, index, column, words))
  })
}

interface Placed<Row> {
  readonly row: Row
  readonly index: number
}

/** The rows of each key in order of time, each with its place in the file. */
function timelines<Row extends Period>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): readonly (readonly Placed<Row>[])[] {
  const lines = new Map<string, Placed<Row>[]>()
  for (const [index, row] of rows.entries()) {
    lines.set(keyOf(row), [...(lines.get(keyOf(row)) ?? []), { row, index }])
  }
  return [...lines.values()].map((line) =>
    line.toSorted((a, b) => (a.row.validFrom < b.row.validFrom ? -1 : 1)),
  )
}

/**
 * Takes rows with periods and their key; returns a fault where a row ends before it starts, or
 * starts before the earlier row of its key has ended.
 */
export const periodFaults = <Row extends Period>(
  table: Table,
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): readonly CsvFault[] =>
  timelines(rows, keyOf).flatMap((line) =>
    line.flatMap(({ row, index }, place) => {
      const before = line[place - 1]?.row
      const forwards = row.validTo === null || row.validFrom <= row.validTo
      const alone = before === undefined || !inForce(before, row.validFrom)
      const overlap = 'overlaps an earlier row: end that one before'
      return [
        ...unless(forwards, fault(table, index, 'valid_to', 'is before valid_from')),
        ...unless(alone, fault(table, index, 'valid_from', overlap)),
      ]
    }),
  )

/**
 * As periodFaults, and moreover a fault where a row does not follow the earlier one of its key on
 * the next day, where the first one starts later than the day after `since`, or where the last one
 * has an end.
 */
export const unbroken = <Row extends Period>(
  table: Table,
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  since?: string,
): readonly CsvFault[] => [
  ...periodFaults(table, rows, keyOf),
  ...timelines(rows, keyOf).flatMap((line) =>
    line.flatMap(({ row, index }, place) => {
      const before = line[place - 1]?.row
      const coveredTo = before === undefined ? since : (before.validTo ?? undefined)
      const follows = coveredTo === undefined || addDays(row.validFrom, -1) <= coveredTo
      const goesOn = place < line.length - 1 || row.validTo === null
      const gap = 'leaves days before it without a row: close the gap'
      return [
        ...unless(follows, fault(table, index, 'valid_from', gap)),
        ...unless(
          goesOn,
          fault(table, index, 'valid_to', 'must be empty in the last row of a key'),
        ),
      ]
    }),
  ),
]
