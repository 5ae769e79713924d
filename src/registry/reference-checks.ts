import type { CsvFault } from '../lib/csv.ts'
import { timesCoefficient } from '../lib/money.ts'
import { addDays } from '../lib/time.ts'
import {
  fault,
  inForce,
  newUnit,
  oldUnit,
  periodFaults,
  REFERENCE_FILES,
  repeated,
  unbroken,
  unless,
} from './reference-rows.ts'
import type { CommuneKey, Table } from './reference-rows.ts'
import type {
  BenefitCategory,
  Commune,
  ReferenceTables,
  StandardLevel,
} from './reference-schemas.ts'

/** Units in force on the first day of each map: 1264/NQ-UBTVQH14, 1314 and 1675/NQ-UBTVQH15. */
const UNITS_ON = [
  ['2021-07-01', 141],
  ['2025-01-01', 133],
  ['2025-07-01', 40],
] as const

/** The eve of the first level the product may need: Decree 136/2013 Art 4, from 2015. */
const LEVELS_AFTER = '2014-12-31'

/** Takes the rows of all files; returns what contradicts itself between rows or between files. */
export const crossFaults = (tables: ReferenceTables): readonly CsvFault[] => [
  ...empty(tables),
  ...repeated('communes', 'valid_from', tables.communes, unitKey),
  ...repeated('banks', 'code', tables.banks, (bank) => bank.code),
  ...repeated('banks', 'bin', tables.banks, (bank) => bank.bin),
  ...repeated('subcases', 'point', tables.subcases, (row) =>
    [row.article, row.clause, row.point].join(' '),
  ),
  ...repeated('failureReasons', 'code', tables.failureReasons, (reason) => reason.code),
  ...repeated('idPlaces', 'code', tables.idPlaces, (place) => place.code),
  ...periodFaults('categories', tables.categories, (category) => category.code),
  ...levelFaults(tables.levels),
  ...repeated('oneOffs', 'code', tables.oneOffs, (gift) => gift.code),
  ...repeated('stopReasons', 'code', tables.stopReasons, (reason) => reason.code),
  ...unbroken('accountMap', tables.accountMap, (row) => row.accountCode),
  ...repeated('holidays', 'day', tables.holidays, (holiday) => holiday.day),
  ...unitCounts(tables.communes),
  ...successionEnds(tables),
  ...successionWhole(tables),
  ...tables.categories.flatMap(amountFaults),
  ...tables.categories.flatMap(neutralFaults),
]

/** The national level never has a gap; a level of the city may come and go. */
const levelFaults = (levels: readonly StandardLevel[]): readonly CsvFault[] => [
  ...periodFaults('levels', levels, ({ scope }) => scope),
  ...unbroken('levels', levels, ({ scope }) => scope, LEVELS_AFTER)
    .filter(({ row }) => levels[row - 2]?.scope === 'national')
    .filter(({ fault: words }) => !words.startsWith('overlaps') && !words.startsWith('is before')),
]

/** Art 8.1.b: a code that only confidential categories had would reveal what it stands for. */
function neutralFaults(
  { confidential, neutralCode }: BenefitCategory,
  index: number,
  all: readonly BenefitCategory[],
): readonly CsvFault[] {
  const alone = !all.some((row) => !row.confidential && row.neutralCode === neutralCode)
  const words = 'must be shared with a category that is not confidential'
  return unless(
    !confidential || (neutralCode !== null && !alone),
    fault('categories', index, 'neutral_code', words),
  )
}

const empty = (tables: ReferenceTables): readonly CsvFault[] =>
  (Object.keys(REFERENCE_FILES) as readonly Table[]).flatMap((table) =>
    unless(tables[table].length > 0, fault(table, 0, '(all)', 'is not there: put the rows back')),
  )

const unitKey = (unit: CommuneKey): string => `${unit.code} of ${unit.validFrom}`

const unitCounts = (communes: readonly Commune[]): readonly CsvFault[] =>
  UNITS_ON.flatMap(([date, expected]) => {
    const found = communes.filter((commune) => inForce(commune, date)).length
    const words = `${String(found)} units are in force on ${date}, the law has ${String(expected)}`
    return unless(
      found === expected,
      fault('communes', -1, 'valid_from', `${words}: add or remove rows`),
    )
  })

/**
 * Both ends of a succession exist, and the old unit ends on the eve of the day on which the new one
 * starts.
 */
function successionEnds({ communes, succession }: ReferenceTables): readonly CsvFault[] {
  const units = new Map(communes.map((commune) => [unitKey(commune), commune]))
  return succession.flatMap((row, index) => {
    const at = (column: string, words: string) => fault('succession', index, column, words)
    const old = units.get(unitKey(oldUnit(row)))
    const starts = row.effectiveDate === row.newValidFrom
    const ends = old === undefined || old.validTo === addDays(row.effectiveDate, -1)
    return [
      ...unless(old !== undefined, at('old_code', 'no such unit in communes.csv')),
      ...unless(units.has(unitKey(newUnit(row))), at('new_code', 'no such unit in communes.csv')),
      ...unless(starts, at('effective_date', "must be the new unit's valid_from")),
      ...unless(ends, at('effective_date', "must be the day after the old unit's valid_to")),
    ]
  })
}

/**
 * Every ended unit has exactly one successor, whole (no unit was split in 2025); every later unit
 * has an origin.
 */
function successionWhole({ communes, succession }: ReferenceTables): readonly CsvFault[] {
  const left = new Set(succession.map((row) => unitKey(oldUnit(row))))
  const reached = new Set(succession.map((row) => unitKey(newUnit(row))))
  const add = 'add it to commune_succession.csv'
  return [
    ...repeated('succession', 'old_code', succession, (row) => unitKey(oldUnit(row))),
    ...succession.flatMap(({ share }, index) =>
      unless(share === '1.0', fault('succession', index, 'share', 'must be 1.0: none was split')),
    ),
    ...communes.flatMap((unit, index) => {
      const at = (column: string, words: string) => fault('communes', index, column, words)
      const goesOn = unit.validTo === null || left.has(unitKey(unit))
      const hasOrigin = unit.validFrom === UNITS_ON[0][0] || reached.has(unitKey(unit))
      return [
        ...unless(goesOn, at('valid_to', `has ended without a successor: ${add}`)),
        ...unless(hasOrigin, at('valid_from', `comes from no earlier unit: ${add}`)),
      ]
    }),
  ]
}

/**
 * The printed amounts are level × coefficient and whole (Decree 20/2021 Art 4); a fixed amount has
 * neither.
 */
function amountFaults(category: BenefitCategory, index: number): readonly CsvFault[] {
  const { coefficient, fixedAmountVnd } = category
  const at = (column: string, words: string) => fault('categories', index, column, words)
  if ((coefficient === null) === (fixedAmountVnd === null)) {
    return [at('coefficient', 'fill exactly one of coefficient and fixed_amount_vnd')]
  }
  const printed = [
    ['amount_at_360000', 360_000n, category.amountAt360000],
    ['amount_at_500000', 500_000n, category.amountAt500000],
  ] as const
  return printed.flatMap(([column, level, amount]) => {
    const due = coefficient === null ? null : timesCoefficient(level, coefficient)
    return unless(
      amount === due,
      at(column, due === null ? 'must be empty' : `must be ${String(due)}`),
    )
  })
}
