import type { Act } from '../../src/lib/act.ts'
import type { ExportRequest } from '../../src/registry/exports.ts'
import type { ExportName } from '../../src/registry/exports-tables.ts'
import { registry } from '../../src/registry/registry.ts'
import { exported } from './exported.ts'
import type { ExportedFile, WriteExport } from './exported.ts'
import { exportDay, exportPerson, exportTown } from './export-town.ts'
import type { ExportTown } from './export-town.ts'
import { officerOf } from './people.ts'
import { preparer } from './town.ts'
import { vault } from './vault.ts'

/** How many rows of each export an officer of the town's first commune sees. */
export const COUNTS: Readonly<Record<ExportName, number>> = {
  ...{ people: 3, enrolments: 3, accounts: 2, deaths: 1 },
}
export const NAMES = ['people', 'enrolments', 'accounts', 'deaths'] as const
export const FORMATS = ['xlsx', 'csv'] as const

/** An export as CSV of all that an officer of the first commune sees, with the count that it has, unless told otherwise. */
export const asking = (what: ExportName, more: Partial<ExportRequest> = {}): ExportRequest => ({
  ...{ what, format: 'csv', communeId: null, on: exportDay, shown: { count: COUNTS[what] } },
  ...more,
})

/** An export town in which a death is reported, and the officer of its first commune. */
export interface ExportDesk {
  readonly town: ExportTown
  readonly officer: Act
  readonly writing: (request: ExportRequest, by?: Act) => WriteExport
  readonly fileOf: (request: ExportRequest, by?: Act) => Promise<ExportedFile>
}

export async function exportDesk(): Promise<ExportDesk> {
  const town = await exportTown()
  const officer = officerOf(town.here.id)
  const report = { personId: exportPerson(1), diedOn: exportDay, certificate: '45/TLKT' }
  await town.database.app.transact(preparer, (tx) => registry.deaths.report(tx, preparer, report))
  const writing =
    (request: ExportRequest, by = officer): WriteExport =>
    (tx, out) =>
      registry.exports.write(tx, vault, by, out, request)
  const fileOf = (request: ExportRequest, by = officer) =>
    exported(town.database, by, request.format, writing(request, by))
  return { town, officer, writing, fileOf }
}
