import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCsv, refuseCsv } from '../lib/csv.ts'
import { DomainError, invariant } from '../lib/errors.ts'
import type { LocalDate } from '../lib/time.ts'
import { crossFaults } from './reference-checks.ts'
import { inForce, newUnit, oldUnit, REFERENCE_FILES } from './reference-rows.ts'
import type { CommuneKey } from './reference-rows.ts'
import { oneOffSchema, stopReasonSchema } from './reference-law-schemas.ts'
import * as schemas from './reference-schemas.ts'
import type { Commune, ReferenceTables, StandardLevel } from './reference-schemas.ts'

/**
 * All reference data as read from one folder. Every amount is whole đồng; every date a LocalDate.
 */
export type Reference = ReferenceTables & {
  /**
   * `cat` of the files in the order of `LC_ALL=C ls`, through `sha256sum`: one byte more is another
   * version.
   */
  readonly version: string
}

/**
 * Reads the reference data. Takes the folder of the CSV files; returns every table, checked row by
 * row and against each other, with the version. Throws one DomainError that names file, row, column
 * and remedy of what is wrong; a damaged file is never read in part. Rules: Decree 20/2021 Art 4-6
 * (amount = level × coefficient), the resolutions 1264, 1314 and 1675 (units and successions);
 * sources in prisma/reference/README.md.
 */
export function readReference(folder: string): Reference {
  const at = (name: keyof typeof REFERENCE_FILES) => join(folder, REFERENCE_FILES[name])
  const tables: ReferenceTables = {
    communes: readCsv(at('communes'), schemas.communeSchema),
    succession: readCsv(at('succession'), schemas.successionSchema),
    banks: readCsv(at('banks'), schemas.bankSchema),
    categories: readCsv(at('categories'), schemas.categorySchema),
    subcases: readCsv(at('subcases'), schemas.subcaseSchema),
    levels: readCsv(at('levels'), schemas.levelSchema),
    oneOffs: readCsv(at('oneOffs'), oneOffSchema),
    stopReasons: readCsv(at('stopReasons'), stopReasonSchema),
    failureReasons: readCsv(at('failureReasons'), schemas.failureSchema),
    accountMap: readCsv(at('accountMap'), schemas.accountMapSchema),
    idPlaces: readCsv(at('idPlaces'), schemas.idPlaceSchema),
    holidays: readCsv(at('holidays'), schemas.holidaySchema),
  }
  refuseCsv(crossFaults(tables))
  return { ...tables, version: versionOf(folder) }
}

/**
 * Takes the reference and a day; returns the national standard level in force on that
 * day. Throws DomainError `not-found` before 2015. Source: Decree 20/2021 Art 4.2, Decree 76/2024.
 */
export function standardOn(reference: Reference, date: LocalDate): StandardLevel {
  const level = reference.levels.find((row) => row.scope === 'national' && inForce(row, date))
  if (level !== undefined) return level
  const message = `No standard level is known for ${date}: add it to ${REFERENCE_FILES.levels}.`
  throw new DomainError('not-found', 'standard-unknown', message, { date })
}

/**
 * Takes the reference, a unit and a day on or after the unit's first; returns the
 * units in force on that day that it has become: itself while it stands. Throws DomainError
 * `not-found` for an unknown unit, `invalid` for an earlier day. Source: 1314/NQ-UBTVQH15
 * (2025-01-01), 1675/NQ-UBTVQH15 (2025-07-01).
 */
export function successorsOf(
  reference: Reference,
  unit: CommuneKey,
  date: LocalDate,
): readonly Commune[] {
  const named = `${unit.code} of ${unit.validFrom}`
  const commune = reference.communes.find((candidate) => sameUnit(candidate, unit))
  if (commune === undefined) {
    throw new DomainError('not-found', 'commune-unknown', `No unit has the key ${named}.`, { unit })
  }
  if (date < commune.validFrom) {
    const message = `The unit ${named} did not exist yet on ${date}: ask for a later day.`
    throw new DomainError('invalid', 'commune-not-yet', message, { unit, date })
  }
  if (inForce(commune, date)) return [commune]
  const next = reference.succession.filter((row) => sameUnit(oldUnit(row), unit))
  invariant(next.length > 0, `the ended unit ${named} has a successor`)
  return next.flatMap((row) => successorsOf(reference, newUnit(row), date))
}

const sameUnit = (one: CommuneKey, other: CommuneKey): boolean =>
  one.code === other.code && one.validFrom === other.validFrom

function versionOf(folder: string): string {
  const hash = createHash('sha256')
  for (const file of Object.values(REFERENCE_FILES).sort()) {
    hash.update(readFileSync(join(folder, file)))
  }
  return hash.digest('hex')
}
